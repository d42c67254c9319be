"""The cycle that puts on record when a hold of messages has ended by itself. Sending asks for the time, not for this record."""

from command.core.installation import Installation
from command.messages import holds

ACTOR = "system:holds"


def run_once(installation: Installation) -> bool:
    """Record what has lapsed. Mostly there is nothing, and nothing is written then."""
    with installation.database.read() as session:
        if not holds.lapsed(session):
            return False
    installation.database.background(holds.lapse, actor=ACTOR)
    return False
