"""The cycle that looks at improvement actions: reminders before the day, on it and after, to a superior when late."""

from command.core.installation import Installation
from command.improvement import reminding

ACTOR = "system:improvement"


def run_once(installation: Installation) -> bool:
    """Remind whoever is to be reminded. Mostly there is nothing, and nothing is written then."""
    with installation.database.read() as session:
        if not reminding.waiting(session):
            return False
    installation.database.background(reminding.remind, actor=ACTOR)
    return False
