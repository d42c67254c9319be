"""The cycle that looks after bulletins: drafts made in time, mails followed to their end, time limits reported upward."""

from command.bulletins import watch
from command.core.installation import Installation

ACTOR = "system:bulletins"


def run_once(installation: Installation) -> bool:
    """One round; mostly there is nothing, and nothing is written then. True while there is more to do now."""
    return watch.run(installation, ACTOR)


def look_back(installation: Installation) -> bool:
    """The same for incidents that are over: their final reports drafted in time."""
    return watch.run_back(installation, ACTOR)
