"""The cycle that looks at what is to be settled: reminders before the day, on it and after."""

from command.core.installation import Installation
from command.settlement import reminding

ACTOR = "system:settlement"


def run_once(installation: Installation) -> bool:
    """Remind whoever is to be reminded. Mostly there is nothing, and nothing is written then."""
    with installation.database.read() as session:
        if not reminding.waiting(session):
            return False
    installation.database.background(reminding.remind, actor=ACTOR)
    return False
