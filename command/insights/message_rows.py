"""How long notices took: from their approval until the last message had left, and until each message was delivered."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from command.insights import population
from command.insights.incident_rows import Asked
from command.insights.measures import Measure, spread
from command.insights.sql_time import micros
from command.messages.models import Delivery, State, Tally
from command.notices.models import Notice

LOOKED_AT = 50_000
"""Delivered messages that are looked at one by one; of more, every second, third, … subscriber's."""
REACH = 2_000_000
"""Delivered messages among which they are looked for: those of the newest notices, and of the newest one however large it is."""


def _notices(session: Session, asked: Asked) -> ColumnElement[bool]:
    ids = asked.ids
    mine = or_(Notice.incident_id.in_(ids), Notice.incident_id.in_(population.within(session, ids)))
    return mine & Notice.exercise.is_(False) & Notice.approved_at.is_not(None) & Notice.state.in_(population.LEFT)


def sent_out(session: Session, asked: Asked) -> Measure:
    """Approval → the last message has left or ended, notice by notice. Not known of one that is still being sent. An audience that grew
    afterwards ends later."""
    query = select(micros(Notice.finished_at) - micros(Notice.approved_at)).where(
        _notices(session, asked), Notice.withdrawn_at.is_(None)
    )
    return spread(session.scalars(query))


def delivered(session: Session, asked: Asked) -> Measure:
    """Approval → delivered as the receipt says, message by message: of all of them where they are few, else of an even part, which is told
    (`every`: of so many subscribers one; `notices` of `all_notices`)."""
    counts = delivered_of(session, asked)
    chosen, every = sample(counts)
    query = (
        select(micros(Delivery.settled_at) - micros(Notice.approved_at))
        .join(Notice, Notice.id == Delivery.notice_id)
        .where(Delivery.notice_id.in_(chosen), Delivery.addressee % every == 0, Delivery.state == State.DELIVERED)
    )
    found = spread(session.scalars(query) if chosen else ())
    return Measure(found.value, more={**found.more, "every": every, "notices": len(chosen), "all_notices": len(counts)})


def delivered_of(session: Session, asked: Asked) -> Mapping[int, int]:
    """Messages delivered by notice, the newest notice first."""
    query = (
        select(Tally.notice_id, Tally.count)
        .join(Notice, Notice.id == Tally.notice_id)
        .where(_notices(session, asked), Tally.state == State.DELIVERED, Tally.count > 0)
        .order_by(Tally.notice_id.desc())
    )
    return dict(session.execute(query).tuples().all())


def sample(counts: Mapping[int, int], looked_at: int = LOOKED_AT, reach: int = REACH) -> tuple[list[int], int]:
    """Which notices are looked into (`counts` are delivered messages, the newest notice first), and of how many subscribers one. Pure."""
    chosen: list[int] = []
    total = 0
    for notice, count in counts.items():
        if chosen and total + count > reach:
            break
        chosen.append(notice)
        total += count
    return chosen, max(1, -(-total // looked_at))
