"""The cycle that holds phone drills: it begins those that are due, calls their people, pauses them for real incidents and ends them.

What is due is in rows and a run is changed under its lock, so two engines call nobody twice and a restart loses nothing."""

from functools import partial

import structlog
from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.incidents import grave
from command.messages import gateways
from command.oncall.paging import links, wording
from command.oncall.phone_drill import runs
from command.oncall.phone_drill.calling import Road

ACTOR = "system:phone_drill"
log = structlog.get_logger()


def run_once(installation: Installation) -> bool:
    """Do one piece of whatever is due; True when there may be more. Each plan and run has a unit of work of its own: one that fails is
    logged and tried again in the next round, the others go on."""
    with installation.database.read() as session:
        plans, going_on = runs.due(session, grave.going_on)
    made = road(installation)
    more = False
    for drill_id in plans:
        more = _do(installation, partial(_begin, drill_id=drill_id), drill_id) or more
    for run_id in going_on:
        more = _do(installation, partial(runs.work, run_id=run_id, road=made, grave=grave.going_on), run_id) or more
    return more


def _begin(session: Session, drill_id: int) -> bool:
    return runs.begin(session, drill_id, grave.going_on) is not None


def _do(installation: Installation, work: partial[bool], id: int) -> bool:
    try:
        return installation.database.background(work, actor=ACTOR)
    except Exception:
        log.exception("phone_drill.failed", id=id)
        return False


def road(installation: Installation) -> Road:
    """How drills leave this installation now."""
    carried = gateways.exercise_channels(installation)
    ways = {kind: wording.ways([gateways.capabilities(one)]) for kind, one in carried.items()}
    return Road(ways, links.maker(installation, "d", links.DRILL))
