"""The cycle that looks at the duties ahead: times that nobody holds and people with two duties at once are flagged in time."""

from command.core.installation import Installation
from command.oncall.duties import watch

ACTOR = "system:duty_watch"


def run_once(installation: Installation) -> bool:
    """Flag what is new. Mostly there is nothing, and nothing is written then."""
    with installation.database.read() as session:
        if not watch.unflagged(session):
            return False
    installation.database.background(watch.flag, actor=ACTOR)
    return False
