"""The cycle of duties handed over: the next one is told in time, and the duty officer where nobody accepts."""

from command.core.installation import Installation
from command.engine import reach
from command.handover import watch

ACTOR = "system:hand_over"


def run_once(installation: Installation) -> bool:
    """Tell whoever is to be told; True when there may be more. Mostly there is nothing, and nothing is written then."""
    with installation.database.read() as session:
        if not watch.due(session):
            return False
    ways = reach.reach_of(installation).ways.get("sms")
    word = ways is not None and ways.code
    return installation.database.background(lambda session: watch.run(session, word), actor=ACTOR) >= watch.CHUNK
