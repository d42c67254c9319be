"""Fast counters that are not in the journal: progress of notices, queues per lane, when an engine went round. Two a second at most."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.beats import EngineBeat
from command.messages.models import Delivery, GatewayState, Lane, State, Tally
from command.notices.models import Kind, Notice, NoticeState

QUEUED = (State.READY, State.LEASED, State.CALLING, State.IN_DOUBT)
LANES: Mapping[str, Lane] = {
    Kind.CORRECTION: Lane.CORRECTION,
    Kind.FIRST: Lane.FIRST,
    Kind.ALL_CLEAR: Lane.ALL_CLEAR,
    Kind.UPDATE: Lane.UPDATE,
    Kind.ADVISORY: Lane.UPDATE,
    Kind.SURVEY: Lane.SURVEY,
}


def of_boards(session: Session, boards: Collection[str]) -> dict[str, dict[str, Any]]:
    """The counters each board shows, whatever the number of boards in a few queries."""
    numbers = {board: board.removeprefix("incident:") for board in boards if board.startswith("incident:")}
    counts = notices(session, numbers.values()) if numbers else {}
    told: dict[str, dict[str, Any]] = {board: {"notices": counts.get(number, {})} for board, number in numbers.items()}
    shared = (board for board in boards if board not in numbers)
    return told | {board: system(session, exercise=board == "exercise") for board in shared}


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


def system(session: Session, *, exercise: bool) -> dict[str, Any]:
    """Messages waiting per lane, gateways that are held, and when an engine last went round.

    Notices are counted by their tallies and pages by the index of ready rows: never a scan of a million deliveries."""
    queued = session.execute(
        select(Notice.kind, func.sum(Tally.count))
        .join(Notice, Notice.id == Tally.notice_id)
        .where(Notice.state.in_((NoticeState.APPROVED, NoticeState.SENDING)), Notice.exercise.is_(exercise))
        .where(Tally.state.in_(QUEUED))
        .group_by(Notice.kind)
    )
    lanes: dict[str, int] = {}
    for kind, count in queued:
        lane = str(LANES[kind].value)
        lanes[lane] = lanes.get(lane, 0) + int(count)
    ready = literal_column("delivery.state") == literal_column("'ready'")
    pages = select(func.count()).where(ready, Delivery.lane == Lane.PAGE, Delivery.exercise.is_(exercise))
    lanes["0"] = session.scalar(pages) or 0
    seen = session.scalar(select(func.max(EngineBeat.seen_at)))
    held = session.scalars(
        select(GatewayState.gateway).where(
            (GatewayState.open_until > clock.now(session)) | GatewayState.stopped_reason.is_not(None)
        )
    )
    return {"lanes": lanes, "engine_at": seen.isoformat() if seen else None, "held": sorted(held)}
