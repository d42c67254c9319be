"""Availability by service and failures by kind of element: what lay within a period, whenever it was reported."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from command.incidents.guards import FINAL, State
from command.incidents.models import Impact, Incident
from command.insights import knowing, population, sql_time
from command.insights.filters import Filters
from command.insights.incident_rows import Asked
from command.insights.measures import Measure
from command.insights.service_figures import Lost, availability, failures, united
from command.network import service as network
from command.network.models import Area, CutOff, Element, Service
from command.people.access import Principal

ALL = "all"
"""The key of all services together, each user of each service counted."""


def availabilities(session: Session, wanted: Filters, asked: Asked, who: Principal) -> dict[str, Measure]:
    """By service, the one asked for or every one, and of all of them together. Impact of parts is in their parent's; that of merged
    incidents up to then is their own."""
    services = [
        row for row in session.scalars(select(Service).order_by(Service.bit)) if wanted.service in (None, row.code)
    ]
    lost = _lost(session, wanted, asked, who)
    users = {row.id: _subscribers(session, wanted.area, row.bit) for row in services}
    found = {row.code: availability(lost.get(row.id, 0.0), users[row.id], asked.minutes) for row in services}
    if len(services) > 1:
        whole = sum(lost.get(row.id, 0.0) for row in services)
        found = {ALL: availability(whole, sum(users.values()), asked.minutes), **found}
    return found


def _subscribers(session: Session, area: str | None, bit: int) -> int:
    top = Area.code == area if area else Area.parent_id.is_(None)
    return sum(network.users_of(session, each, bit) for each in session.scalars(select(Area.id).where(top)))


def _lost(session: Session, wanted: Filters, asked: Asked, who: Principal) -> Mapping[int, float]:
    """User-minutes of outages within the period, by service."""
    out = or_(Incident.state == State.CANCELLED, ~population.stands_alone())
    belongs = knowing.of_incidents(session, wanted, who, out)
    row = Impact
    mine = and_(
        row.kind == "outage",
        row.exercise.is_(False),
        row.from_at < asked.until,
        or_(row.until_at.is_(None), row.until_at > asked.begin),
        belongs(row.incident_id),
        *([row.area_id.in_(population.areas_within(session, wanted.area))] if wanted.area else []),
    )
    both = _said_twice(session, mine)
    minutes = func.sum(row.users * sql_time.within(row.from_at, row.until_at, asked.begin, asked.until) * 60)
    once = select(row.service_id, minutes).where(mine, row.incident_id.not_in(both)).group_by(row.service_id)
    found: dict[int, float] = defaultdict(float)
    for service, lost in session.execute(once).tuples():
        found[service] += float(lost)
    twice = and_(mine, row.incident_id.in_(both))
    for (_, service), rows in (_rows(session, twice, asked.begin, asked.until) if both else {}).items():
        found[service] += united(rows)
    return found


def _said_twice(session: Session, mine: ColumnElement[bool]) -> list[int]:
    """Incidents with impact both by the network and declared by a person: few, and swept one by one."""
    said = case((Impact.declared, 1), else_=0)
    query = select(Impact.incident_id).where(mine).group_by(Impact.incident_id)
    return list(session.scalars(query.having(func.min(said) < func.max(said))))


def _rows(
    session: Session, mine: ColumnElement[bool], begin: datetime, until: datetime
) -> Mapping[tuple[int, int], list[Lost]]:
    found: dict[tuple[int, int], list[Lost]] = defaultdict(list)
    for row in session.scalars(select(Impact).where(mine).order_by(Impact.id)):
        ends = min(row.until_at or until, until)
        found[row.incident_id, row.service_id].append(
            Lost(row.declared, row.area_id, row.users, max(row.from_at, begin), ends)
        )
    return found


def failures_by_kind(session: Session, wanted: Filters, asked: Asked, who: Principal) -> dict[str, Measure]:
    """Failures that began in the period, by kind of element. Those of the parts of an incident count; what was merged is the other's."""
    belongs = knowing.of_incidents(session, wanted, who, Incident.state.in_(FINAL))
    began = and_(CutOff.from_at >= asked.begin, CutOff.from_at < asked.until)
    query = select(Element.kind, func.count()).join(CutOff, CutOff.element_id == Element.id)
    query = query.where(CutOff.failed, CutOff.exercise.is_(False), began, belongs(CutOff.incident_id))
    counted = select(Element.kind, func.count())
    if wanted.area:
        within = Element.area_id.in_(population.areas_within(session, wanted.area))
        query, counted = query.where(within), counted.where(within)
    failed = dict(session.execute(query.group_by(Element.kind)).tuples().all())
    known = dict(session.execute(counted.group_by(Element.kind)).tuples().all())
    return {kind: failures(failed.get(kind, 0), known[kind]) for kind in sorted(known)}
