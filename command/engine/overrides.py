"""The cycle that looks at overrides nobody has looked at in time: those who may are reminded."""

from command.authority import reminding
from command.core.installation import Installation

ACTOR = "system:overrides"


def run_once(installation: Installation) -> bool:
    """Remind whoever is to be reminded. Mostly there is nothing, and nothing is written then."""
    with installation.database.read() as session:
        if not reminding.waiting(session):
            return False
    installation.database.background(reminding.remind, actor=ACTOR)
    return False
