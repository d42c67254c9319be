"""The cycle that holds drills which go on: injects, alarms, what players did, and the end."""

import structlog
from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.drills.runs import working

ACTOR = "system:drill"
log = structlog.get_logger()


def run_once(installation: Installation) -> bool:
    """Do what is due for each drill that goes on; True when there may be more. Each has a unit of work of its own: one that fails is
    logged and tried again in the next round, the others go on."""
    with installation.database.read() as session:
        going_on = working.due(session)
    more = False
    for drill_id in going_on:
        more = _do(installation, drill_id) or more
    return more


def _do(installation: Installation, drill_id: int) -> bool:
    def work(session: Session) -> bool:
        return working.work(session, drill_id)

    try:
        return installation.database.background(work, actor=ACTOR)
    except Exception:
        log.exception("injects.failed", drill=drill_id)
        return False
