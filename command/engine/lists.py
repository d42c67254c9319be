"""The cycle that forgets the numbers of lists that were removed and can be put back no more."""

from command.composing import lists
from command.core.installation import Installation

ACTOR = "system:lists"


def run_once(installation: Installation) -> bool:
    """Forget what is over. Mostly there is nothing, and nothing is written then."""
    with installation.database.read() as session:
        due = lists.to_forget(session)
    if due:
        installation.database.background(lists.forget, actor=ACTOR)
    return False
