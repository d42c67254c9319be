"""The cycle that forgets: the numbers of lists that were removed and can be put back no more, and what was said of numbers too long ago to
mark them."""

from command.composing import lists
from command.core.installation import Installation
from command.messages import bad

ACTOR = "system:lists"


def run_once(installation: Installation) -> bool:
    """Forget what is over. Mostly there is nothing, and nothing is written then."""
    with installation.database.read() as session:
        due, old = lists.to_forget(session), bad.too_old(session)
    if due:
        installation.database.background(lists.forget, actor=ACTOR)
    if old:
        return installation.database.background(bad.forget_old, actor=ACTOR) >= bad.FORGOTTEN_AT_ONCE
    return False
