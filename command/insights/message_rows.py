"""What became of notices, and how long they took: from their approval until the last message had left, and until each was delivered."""

from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from command.insights import population
from command.insights.incident_rows import Asked
from command.insights.measures import Measure, rate, spread
from command.insights.sql_time import micros
from command.insights.told import LEFT
from command.messages.models import TOLD, Delivery, KeptTime, State, Tally
from command.network import service as network
from command.notices.models import Notice

LOOKED_AT = 50_000
"""Delivered messages that are looked at one by one; of more, every second, third, … subscriber's."""
REACH = 2_000_000
"""Delivered messages among which they are looked for: those of the newest notices, and of the newest one however large it is."""
SECOND = 1_000_000
NEWEST = 2_000
"""Notices that are looked into at the most."""


class Told(NamedTuple):
    """A notice of the period that was approved, and the microseconds until its last message had left; None: not yet, or withdrawn."""

    id: int
    took: int | None
    withdrawn: bool


def told(session: Session, asked: Asked) -> list[Told]:
    """The approved notices of the incidents that count, and of those that count within them, the newest first."""
    ids = asked.ids
    mine = or_(Notice.incident_id.in_(ids), Notice.incident_id.in_(population.within(session, ids)))
    query = select(
        Notice.id, micros(Notice.finished_at) - micros(Notice.approved_at), Notice.withdrawn_at.is_not(None)
    ).where(mine, Notice.exercise.is_(False), Notice.approved_at.is_not(None), Notice.state.in_(LEFT))
    return [Told._make(row) for row in session.execute(query.order_by(Notice.id.desc())).tuples()]


def measures(session: Session, asked: Asked) -> dict[str, Measure]:
    """Delivered ÷ sent (taken by a gateway, or unknown); approval → the last message has left or ended, notice by notice, without withdrawn
    ones (an audience that grew afterwards ends later); approval → delivered, message by message."""
    notices = told(session, asked)
    every_one = network.ids(session, [one.id for one in notices])
    states = select(Tally.state, func.sum(Tally.count)).where(Tally.notice_id.in_(every_one)).group_by(Tally.state)
    counts = {state: int(count) for state, count in session.execute(states).tuples()}
    sent = sum(counts.get(state, 0) for state in TOLD)
    return {
        "notices_delivered": rate(counts.get(State.DELIVERED, 0), sent),
        "notices_sent_out": spread(one.took for one in notices if not one.withdrawn),
        "delivery_time": _delivered(session, [one.id for one in notices[:NEWEST]]),
    }


def _delivered(session: Session, notices: list[int]) -> Measure:
    """Of all messages where they are few, else of an even part, which is told (`every`: of so many subscribers one; `notices`: of so many
    notices, the newest)."""
    counts = select(Tally.notice_id, Tally.count).where(
        Tally.notice_id.in_(network.ids(session, notices)), Tally.state == State.DELIVERED, Tally.count > 0
    )
    chosen, every = sample(sorted(session.execute(counts).tuples(), reverse=True))
    query = (
        select(micros(Delivery.settled_at) - micros(Notice.approved_at))
        .join(Notice, Notice.id == Delivery.notice_id)
        .where(Delivery.notice_id.in_(network.ids(session, chosen)), Delivery.addressee % every == 0)
        .where(Delivery.state == State.DELIVERED)
    )
    found = spread(_whole_seconds(chain(session.scalars(query), _kept(session, chosen, every))) if chosen else ())
    return Measure(found.value, more={**found.more, "every": every, "notices": len(chosen)})


def _whole_seconds(times: Iterable[int]) -> Iterator[int]:
    """Times in microseconds without what is below a second, so that removing the messages changes no figure."""
    return (each // SECOND * SECOND for each in times)


def _kept(session: Session, notices: list[int], every: int) -> Iterator[int]:
    """The times of messages that were removed since."""
    query = select(KeptTime.seconds, func.sum(KeptTime.count)).where(
        KeptTime.notice_id.in_(network.ids(session, notices))
    )
    for seconds, count in session.execute(query.group_by(KeptTime.seconds)).tuples():
        yield from repeat(seconds * SECOND, -(-int(count) // every))


def sample(
    delivered: Iterable[tuple[int, int]], looked_at: int = LOOKED_AT, reach: int = REACH
) -> tuple[list[int], int]:
    """Which notices are looked into, of pairs of id and messages delivered, the newest first; and of how many subscribers one. Pure."""
    chosen: list[int] = []
    total = 0
    for notice, count in delivered:
        if chosen and total + count > reach:
            break
        chosen.append(notice)
        total += count
    return chosen, max(1, -(-total // looked_at))
