"""The cycle that removes messages that are older than they are kept: at night, and only while nothing of tier I or II is open."""

from functools import partial

from command.core import clock
from command.core.installation import Installation
from command.retention import purging
from command.retention.rules import rule

ACTOR = "system:retention"


def run_once(installation: Installation) -> bool:
    """Remove a piece; True while there is more."""
    found = rule()
    with installation.database.read() as session:
        if not found.at_work(clock.now(session), installation.settings.zone) or purging.disturbed(session):
            return False
        if not purging.waiting(session, found):
            return False
    return installation.database.background(partial(purging.piece, rule=found), actor=ACTOR) is not None
