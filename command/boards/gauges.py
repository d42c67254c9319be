"""Fast counters that are not in the journal: progress of notices, queues per lane, when an engine went round. Two a second at most."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import false, func, literal_column, select, true
from sqlalchemy.orm import Session

from command.core import clock
from command.core.beats import EngineBeat
from command.core.heads import SignedHeads
from command.incidents.models import Incident
from command.messages.models import Delivery, GatewayState, Lane, Tally
from command.notices.models import Notice
from command.notices.queues import LANES, LIVE
from command.notices.queues import WAITING as QUEUED


def of_boards(session: Session, boards: Collection[str]) -> dict[str, dict[str, Any]]:
    """The counters each board shows, whatever the number of boards in a few queries."""
    numbers = {board: board.removeprefix("incident:") for board in boards if board.startswith("incident:")}
    counts = notices(session, numbers.values()) if numbers else {}
    told: dict[str, dict[str, Any]] = {board: {"notices": counts.get(number, {})} for board, number in numbers.items()}
    for board in boards:
        if board not in numbers:
            exercise = board == "exercise"  # a centre's board shows live incidents
            told[board] = system(session, exercise=exercise) | {"notices": under_way(session, exercise=exercise)}
    return told


def of_board(session: Session, board: str) -> dict[str, Any]:
    """The counters one board shows."""
    return of_boards(session, [board])[board]


def notices(session: Session, numbers: Collection[str]) -> dict[str, dict[str, dict[str, int]]]:
    """Deliveries by state for each notice of each incident, by its number."""
    rows = session.execute(
        select(Notice.incident_number, Tally.notice_id, Tally.state, Tally.count)
        .join(Notice, Notice.id == Tally.notice_id)
        .where(Notice.incident_number.in_(list(numbers)), Tally.count > 0)
        .order_by(Tally.notice_id, Tally.state)
    )
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for number, notice_id, state, count in rows:
        counts.setdefault(number, {}).setdefault(str(notice_id), {})[state] = count
    return counts


def under_way(session: Session, *, exercise: bool) -> dict[str, dict[str, int]]:
    """Deliveries by state for each notice that is being sent, by its id; none of a restricted incident."""
    rows = session.execute(
        select(Tally.notice_id, Tally.state, Tally.count)
        .join(Notice, Notice.id == Tally.notice_id)
        .join(Incident, Incident.id == Notice.incident_id)
        .where(Notice.state.in_(LIVE), Notice.exercise.is_(exercise), Incident.restricted.is_(False))
        .where(Tally.count > 0)
        .order_by(Tally.notice_id, Tally.state)
    )
    counts: dict[str, dict[str, int]] = {}
    for notice_id, state, count in rows:
        counts.setdefault(str(notice_id), {})[state] = count
    return counts


def system(session: Session, *, exercise: bool) -> dict[str, Any]:
    """Messages waiting per lane, how each gateway does, when an engine last went round and when the journal was last signed.

    Notices are counted by their tallies and pages by the index of ready rows: never a scan of a million deliveries."""
    queued = session.execute(
        select(Notice.kind, func.sum(Tally.count))
        .join(Notice, Notice.id == Tally.notice_id)
        .where(Notice.state.in_(LIVE), Notice.exercise.is_(exercise))
        .where(Tally.state.in_(QUEUED))
        .group_by(Notice.kind)
    )
    lanes: dict[str, int] = {}
    for kind, count in queued:
        lane = str(LANES[kind].value)
        lanes[lane] = lanes.get(lane, 0) + int(count)
    ready = literal_column("delivery.state") == literal_column("'ready'")
    pages = select(func.count()).where(
        ready, Delivery.lane == Lane.PAGE, Delivery.exercise == (true() if exercise else false())
    )
    lanes["0"] = session.scalar(pages) or 0
    seen = session.scalar(select(func.max(EngineBeat.seen_at)))
    signed = session.scalar(select(func.max(SignedHeads.at)))
    gateways = _gateways(session)
    return {
        "lanes": lanes,
        "engine_at": seen.isoformat() if seen else None,
        "signed_at": signed.isoformat() if signed else None,
        "gateways": gateways,
        "held": [name for name, state in gateways.items() if state != "up"],
    }


def _gateways(session: Session) -> dict[str, str]:
    """Each gateway that has been used: up, held (its breaker is open) or stopped."""
    now = clock.now(session)
    query = select(GatewayState.gateway, GatewayState.open_until, GatewayState.stopped_reason)
    found = {}
    for name, open_until, stopped in session.execute(query.order_by(GatewayState.gateway)).tuples():
        found[name] = "stopped" if stopped is not None else "held" if open_until and open_until > now else "up"
    return found
