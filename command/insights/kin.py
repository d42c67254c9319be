"""Incidents whose figures hang together: those merged into one another, and parts with what they are parts of. A family is summed up as
one, and opened again as one, so that either all of it is in the summaries or nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from command.incidents.guards import BEFORE_RESTORATION
from command.incidents.models import Incident
from command.insights.funnel import WAITING
from command.insights.population import UNSUMMED
from command.insights.told import GROWING
from command.messages.models import Tally
from command.notices.models import Notice

ABOVE = func.coalesce(Incident.merged_into_id, Incident.parent_id)
"""The incident into whose figures one goes that does not count by itself."""


class Member(NamedTuple):
    """An incident that no summary holds. `settled`: nobody is affected any more, it is restored or over, its notices have left, and
    everybody may know of it."""

    id: int
    above: int | None
    settled: bool


def members(session: Session, *which: ColumnElement[bool]) -> Sequence[Member]:
    """Incidents that no summary holds, the oldest report first. Exercises are none."""
    query = select(Incident.id, ABOVE, settled()).where(*UNSUMMED, *which)
    return [Member(*row) for row in session.execute(query.order_by(Incident.reported_at, Incident.id)).tuples()]


def settled() -> ColumnElement[bool]:
    """An incident is settled: see Member."""
    of = Notice.incident_id == Incident.id
    growing = select(Notice.id).where(of, Notice.state.in_(GROWING))
    waiting = select(Notice.id).join(Tally, Tally.notice_id == Notice.id)
    waiting = waiting.where(of, Tally.state.in_(WAITING), Tally.count > 0)
    return and_(
        Incident.state.not_in(BEFORE_RESTORATION),
        Incident.users_now == 0,
        Incident.restricted.is_(False),
        ~growing.exists(),
        ~waiting.exists(),
    )


def settled_families(found: Iterable[Member]) -> list[list[int]]:
    """The ids of families of which every member is settled, in the order of their oldest members. Pure."""
    by_id = {each.id: each for each in found}
    tops = {each: _top(each, by_id) for each in by_id}
    families: dict[int, list[int]] = {}
    for each, top in tops.items():
        families.setdefault(top, []).append(each)
    return [ids for ids in families.values() if all(by_id[each].settled and _known(by_id[each], by_id) for each in ids)]


def strays(found: Sequence[Member]) -> set[int]:
    """Incidents into which some go that no summary holds, though they are summed up themselves: rows written past the journal bring that
    about. Pure."""
    return {each.above for each in found if each.above is not None} - {each.id for each in found}


def _known(one: Member, by_id: Mapping[int, Member]) -> bool:
    return one.above is None or one.above in by_id


def _top(at: int, by_id: Mapping[int, Member]) -> int:
    """The incident at the top of a family; in a circle, which nobody should have made, its smallest id."""
    passed: list[int] = []
    while at not in passed:
        passed.append(at)
        above = by_id[at].above
        if above is None or above not in by_id:
            return at
        at = above
    return min(passed[passed.index(at) :])


def above(session: Session, ids: Collection[int]) -> dict[int, bool]:
    """Some incidents and all that they go into, step by step: by id, whether a summary holds it."""
    found: dict[int, bool] = {}
    level = set(ids)
    while level:
        query = select(Incident.id, ABOVE, Incident.summed).where(Incident.id.in_(level))
        rows = session.execute(query).tuples().all()
        found |= {each: summed for each, _, summed in rows}
        level = {into for _, into, _ in rows if into is not None} - found.keys()
    return found


def whole(session: Session, ids: Collection[int]) -> set[int]:
    """The families of some incidents, up and down."""
    found = set(above(session, ids))
    level = set(found)
    while level:
        query = select(Incident.id).where(or_(Incident.merged_into_id.in_(level), Incident.parent_id.in_(level)))
        level = set(session.scalars(query)) - found
        found |= level
    return found
