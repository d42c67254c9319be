"""The cycles of duties handed over: the next one is told in time, the duty officer where nobody accepts; and whoever leaves with something
open is reminded."""

from command.core.installation import Installation
from command.engine import reach
from command.handover import endings, watch

ACTOR = "system:hand_over"


def run_once(installation: Installation) -> bool:
    """Tell whoever is to be told; True when there may be more. Mostly there is nothing, and nothing is written then."""
    with installation.database.read() as session:
        if not watch.due(session):
            return False
    ways = reach.reach_of(installation).ways.get("sms")
    word = ways is not None and ways.code
    return installation.database.background(lambda session: watch.run(session, word), actor=ACTOR) >= watch.CHUNK


def remind_once(installation: Installation) -> bool:
    """Look at the turns that end: whoever leaves is reminded, the duty officer told where nothing was handed over."""
    with installation.database.read() as session:
        if not endings.due(session):
            return False
    installation.database.background(endings.run, actor=ACTOR)
    return False
