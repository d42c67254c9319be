"""User-minutes that two incidents have in common: an element that both hold cut off costs its subscribers their time once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.network.models import CutOff, Subscriber

Span = tuple[datetime, datetime]


def joined(parent: float, child: float, shared: float) -> float:
    """User-minutes of a parent once a child is part of it: never less than either had, never more than both. Pure."""
    return round(min(parent + child, max(parent, child, parent + child - shared)), 1)


def shared_minutes(one: Iterable[Span], other: Iterable[Span]) -> float:
    """Minutes that lie in spans of both, each counted once. Pure."""
    seconds = 0.0
    others = _merged(other)
    for begin, end in _merged(one):
        for start, stop in others:
            seconds += max((min(end, stop) - max(begin, start)).total_seconds(), 0.0)
    return seconds / 60


def _merged(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def shared(session: Session, child: Collection[int], others: Collection[int], now: datetime) -> float:
    """User-minutes, up to `now`, that the cut-offs of `child` (incident ids) have in common with those of `others`."""
    mine = select(CutOff.element_id).where(CutOff.incident_id.in_(list(child)))
    theirs = select(CutOff.element_id).where(CutOff.incident_id.in_(list(others)))
    both = (CutOff.element_id.in_(mine), CutOff.element_id.in_(theirs))
    columns = (CutOff.element_id, CutOff.incident_id, CutOff.from_at, CutOff.until_at)
    spans: dict[int, tuple[list[Span], list[Span]]] = defaultdict(lambda: ([], []))
    wanted = CutOff.incident_id.in_([*child, *others])
    for element, incident, begin, end in session.execute(select(*columns).where(wanted, *both)).tuples():
        spans[element][0 if incident in child else 1].append((begin, max(end or now, begin)))
    users = _users(session, list(spans), [*child, *others]) if spans else {}
    return sum(shared_minutes(one, other) * users.get(element, 0) for element, (one, other) in spans.items())


def _users(session: Session, elements: Sequence[int], incidents: Sequence[int]) -> dict[int, int]:
    """Subscribers of each element who lose a service when it is cut off."""
    held = (
        select(CutOff.element_id, func.max(CutOff.services).label("services"))
        .where(CutOff.element_id.in_(elements), CutOff.incident_id.in_(incidents))
        .group_by(CutOff.element_id)
        .subquery()
    )
    query = (
        select(held.c.element_id, func.count())
        .join(Subscriber, Subscriber.element_id == held.c.element_id)
        .where(Subscriber.services.bitwise_and(held.c.services) != 0)
        .group_by(held.c.element_id)
    )
    return dict(session.execute(query).tuples().all())
