"""The cycle that sums up settled incidents for the figures of the overview."""

from collections.abc import Callable
from functools import partial

from command.core.installation import Installation
from command.insights import kin, opening, summing

ACTOR = "system:summaries"


def run_once(installation: Installation, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Sum up what is settled and in no summary yet, a few incidents a transaction, until that is done or the engine stops; True while
    there is more.

    Any number of engines may run this at once: who comes second finds it done."""
    with installation.database.read() as session:
        found = kin.members(session)
    strays = kin.strays(found)
    more = bool(strays) and installation.database.background(partial(opening.again, ids=strays), actor=ACTOR)
    for families in summing.batches(found):
        if stopping():
            return True
        installation.database.background(partial(summing.sum_up, families=families), actor=ACTOR)
    return more
