"""The cycles of complaints: whoever is late is told, and rates that are surges are proposed."""

from command.complaints import reminding, surges
from command.core.installation import Installation

ACTOR = "system:complaints"


def run_once(installation: Installation) -> bool:
    """Tell of what is late. Mostly there is nothing, and nothing is written then."""
    with installation.database.read() as session:
        if not reminding.waiting(session):
            return False
    installation.database.background(reminding.remind, actor=ACTOR)
    return False


def look_once(installation: Installation) -> bool:
    """Look for surges, and at those there are."""
    with installation.database.read() as session:
        if not surges.anything(session):
            return False
    installation.database.background(surges.look, actor=ACTOR)
    return False
