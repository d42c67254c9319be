"""The cycle that holds drills which go on: injects, alarms, what players did, and the end."""

from functools import partial

import structlog

from command.core.installation import Installation
from command.drills.runs import working

ACTOR = "system:drill"
log = structlog.get_logger()


def run_once(installation: Installation) -> bool:
    """Do what is due for each drill that goes on; True when there may be more. Each piece has a unit of work of its own: one that fails is
    logged and tried again in the next round, the others go on."""
    with installation.database.read() as session:
        pieces = working.due(session)
    more = False
    for drill_id, piece in pieces:
        more = _do(installation, drill_id, piece) or more
    return more


def _do(installation: Installation, drill_id: int, piece: working.Piece) -> bool:
    work = partial(working.work, drill_id=drill_id, piece=piece)
    try:
        return installation.database.background(work, actor=ACTOR)
    except Exception:
        log.exception("injects.failed", drill=drill_id, piece=str(piece))
        return False
