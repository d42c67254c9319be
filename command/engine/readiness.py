"""The cycle that looks at what ends in the resource pools: owners are reminded in time, their superior where nothing was read."""

from command.core.installation import Installation
from command.readiness import reminding

ACTOR = "system:readiness"


def run_once(installation: Installation) -> bool:
    """Remind whoever is to be reminded. Mostly there is nothing, and nothing is written then."""
    with installation.database.read() as session:
        if not reminding.waiting(session):
            return False
    installation.database.background(reminding.remind, actor=ACTOR)
    return False
