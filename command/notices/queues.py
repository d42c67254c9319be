"""How much waits in each lane and how long already, without reading a million deliveries: notices by their tallies, the rest by the indexes
of rows that are ready or held."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, false, func, select, true
from sqlalchemy.orm import Session

from command.core import clock
from command.messages import outbox
from command.messages.fates import RECEIPT_PATIENCE
from command.messages.models import Delivery, Lane, State, Tally
from command.notices.models import Kind, Notice, NoticeState

LIVE = (NoticeState.APPROVED, NoticeState.SENDING)
WAITING = (State.READY, State.LEASED, State.CALLING, State.IN_DOUBT)
HELD = (State.LEASED, State.CALLING, State.IN_DOUBT)
"""States of the index of rows that the sweep looks at again."""
LANES: Mapping[str, Lane] = {
    Kind.CORRECTION: Lane.CORRECTION,
    Kind.FIRST: Lane.FIRST,
    Kind.ALL_CLEAR: Lane.ALL_CLEAR,
    Kind.UPDATE: Lane.UPDATE,
    Kind.ADVISORY: Lane.UPDATE,
    Kind.SURVEY: Lane.SURVEY,
}
BY_TALLY = frozenset(LANES.values()) - {Lane.CORRECTION}
"""Lanes in which there is nothing but notices."""
READY = outbox.in_state(State.READY)


def waiting(session: Session) -> dict[tuple[int, str], int]:
    """Messages by lane and state, of exercises too. What is held has a lease that ends soon: what waits for its receipt is looked at a day
    later."""
    plain = Delivery.lane.in_([lane for lane in Lane if lane not in BY_TALLY])
    ready = select(Delivery.lane, func.count()).where(READY, outbox.EITHER, plain).group_by(Delivery.lane)
    counts: dict[tuple[int, str], int] = {(lane, State.READY): count for lane, count in session.execute(ready).tuples()}
    soon = clock.now(session) + timedelta(seconds=RECEIPT_PATIENCE / 2)
    held = outbox.in_state(*HELD) & (Delivery.lease_until <= soon) & plain
    query = select(Delivery.lane, Delivery.state, func.count()).where(held).group_by(Delivery.lane, Delivery.state)
    counts |= {(lane, state): count for lane, state, count in session.execute(query).tuples()}
    mine = (Notice.state.in_(LIVE), Tally.state.in_(WAITING))
    tallied = select(Notice.kind, Tally.state, func.sum(Tally.count)).join(Notice, Notice.id == Tally.notice_id)
    for kind, state, count in session.execute(tallied.where(*mine).group_by(Notice.kind, Tally.state)).tuples():
        if (lane := LANES[kind]) in BY_TALLY:
            counts[lane, state] = counts.get((lane, state), 0) + int(count)
    return counts


def of_notice(session: Session, notice_id: int) -> int:
    """Messages of one notice that wait."""
    mine = select(func.sum(Tally.count)).where(Tally.notice_id == notice_id, Tally.state.in_(WAITING))
    return int(session.scalar(mine) or 0)


def oldest(session: Session, lane: Lane) -> float:
    """Seconds since the first message of a lane that is ready, and that nobody has taken yet, fell due; 0 for none."""
    due = [session.scalar(first(lane, exercise)) for exercise in (false(), true())]
    return max([0.0, *((clock.now(session) - each).total_seconds() for each in due if each)])


def first(lane: Lane, exercise: ColumnElement[bool]) -> Select[datetime]:
    """When the first message of a lane that is ready falls due, of exercises or of what is real."""
    mine = select(Delivery.due_at).where(READY, Delivery.exercise == exercise, Delivery.lane == lane)
    return mine.order_by(Delivery.lane, Delivery.id).limit(1)
