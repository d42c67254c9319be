"""The cycle that looks whether commanders are there: one that is silent for too long is succeeded by rule."""

from functools import partial

import structlog
from sqlalchemy.orm import Session

from command.authority import succession
from command.core.installation import Installation

ACTOR = "system:succession"
log = structlog.get_logger()


def run_once(installation: Installation) -> bool:
    """Look at each incident that is due, in a unit of work of its own: one that fails is logged and looked at again, the others go on.
    Mostly there is nothing, and nothing is written then."""
    with installation.database.read() as session:
        waiting = succession.due(session)
    for incident_id in waiting:
        try:
            installation.database.background(partial(_step, incident_id=incident_id), actor=ACTOR)
        except Exception:
            log.exception("succession.failed", incident=incident_id)
    return False


def _step(session: Session, incident_id: int) -> None:
    succession.step(session, incident_id)
