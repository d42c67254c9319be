"""The cycle of the drill programme: times of series become drills ahead, drills are announced, and those that are due begin.

Rows decide: each piece is done behind the lock of its row, so two engines, a restart and an hour's downtime change nothing. The engine's
own clockwork (see `wait`) only makes it look at the very second at which the next drill is due."""

from collections.abc import Callable
from functools import partial

import structlog
from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import Installation
from command.drills.programme import firing
from command.drills.runs import starting

ACTOR = "system:drill_programme"
log = structlog.get_logger()


def run_once(installation: Installation) -> bool:
    """Do whatever is due; True when there may be more. Each piece has a unit of work of its own: one that fails is logged and tried again
    in the next round, the others go on."""
    with installation.database.read() as session:
        found = firing.due(session)
    more = False
    for programme_id in found.series:
        more = _do(installation, partial(firing.fire, programme_id=programme_id), programme_id) or more
    for drill_id in found.announced:
        _do(installation, partial(firing.announce, drill_id=drill_id), drill_id)
    for drill_id in found.drills:
        _do(installation, partial(firing.begin_due, drill_id=drill_id, begin=starting.begin), drill_id)
    return more


def wait(installation: Installation) -> float | None:
    """Seconds until the next drill is due; None while none is ahead."""
    with installation.database.read() as session:
        at = firing.next_instant(session)
        return (at - clock.instant(session)).total_seconds() if at is not None else None


def _do(installation: Installation, work: Callable[[Session], bool], id: int) -> bool:
    try:
        return installation.database.background(work, actor=ACTOR)
    except Exception:
        log.exception("drill_programme.failed", id=id)
        return False
