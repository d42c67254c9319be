"""Fast counters that are not in the journal: progress of notices, queues per lane, the engines' age. Two a second at most."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.beats import EngineBeat
from command.messages.models import Delivery, GatewayState, Tally
from command.notices.models import Notice

QUEUED = ("ready", "leased", "calling", "in_doubt")


def of_board(session: Session, board: str) -> dict[str, Any]:
    """The counters a board shows."""
    return notices(session, board) if board.startswith("incident:") else system(session)


def notices(session: Session, board: str) -> dict[str, Any]:
    """Deliveries by state for each notice of an incident."""
    number = board.removeprefix("incident:")
    rows = session.execute(
        select(Tally.notice_id, Tally.state, Tally.count)
        .join(Notice, Notice.id == Tally.notice_id)
        .where(Notice.incident_number == number, Tally.count > 0)
    )
    counts: dict[str, dict[str, int]] = {}
    for notice_id, state, count in rows:
        counts.setdefault(str(notice_id), {})[state] = count
    return {"notices": counts}


def system(session: Session) -> dict[str, Any]:
    """Queue per lane, gateways that are held, and how long ago an engine went round (seconds)."""
    lanes = session.execute(
        select(Delivery.lane, func.count()).where(Delivery.state.in_(QUEUED)).group_by(Delivery.lane)
    ).all()
    seen = session.scalar(select(func.max(EngineBeat.seen_at)))
    now = clock.now(session)
    held = session.scalars(
        select(GatewayState.gateway).where((GatewayState.open_until > now) | GatewayState.stopped_reason.is_not(None))
    )
    return {
        "lanes": {str(lane): count for lane, count in lanes},
        "engine_age": None if seen is None else max(0, round((now - seen).total_seconds())),
        "held": sorted(held),
    }
