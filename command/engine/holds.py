"""The cycle that puts on record when a hold of messages, or an order about a road, has ended by itself. Sending asks for the time, not
for this record."""

from command.core.installation import Installation
from command.messages import holds, road_orders

ACTOR = "system:holds"


def run_once(installation: Installation) -> bool:
    """Record what has lapsed. Mostly there is nothing, and nothing is written then."""
    with installation.database.read() as session:
        due = [each.lapse for each in (holds, road_orders) if each.lapsed(session)]
    for lapse in due:
        installation.database.background(lapse, actor=ACTOR)
    return False
