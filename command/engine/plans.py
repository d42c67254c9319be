"""The cycle that looks at plans: who has to read one, and which expire."""

from command.core.installation import Installation
from command.plans import reminding

ACTOR = "system:plans"


def run_once(installation: Installation) -> bool:
    """Tell whoever is to be told. Mostly there is nobody, and nothing is written then."""
    with installation.database.read() as session:
        if not reminding.waiting(session):
            return False
    installation.database.background(reminding.remind, actor=ACTOR)
    return False
