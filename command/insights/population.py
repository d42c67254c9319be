"""Which incidents a reader's figures are made of, and what their notices came to: a handful of queries, however long the period.

Exercises, cancelled incidents (false alarms are ended so) and merged ones (duplicates) are left out; notices of an incident merged
into another count with that one, as its user-minutes do. An incident that is part of another counts within that one: its people are in
the parent's figures, each once, and its notices in the parent's. Restricted incidents count for those who may know of them."""

from collections.abc import Collection, Sequence
from datetime import tzinfo

import orjson
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from command.core.journal import Entry
from command.core.problems import N_, Invalid
from command.incidents import visibility
from command.incidents.guards import FINAL
from command.incidents.models import Impact, Incident, IncidentClock
from command.insights import curve, told
from command.insights.buckets import instants
from command.insights.counting import Counted
from command.insights.filters import Filters
from command.insights.funnel import Funnel
from command.insights.ledger import Aim
from command.insights.told import Told
from command.network.models import Area, Service
from command.notices.models import Notice
from command.oncall.models import Page
from command.people.access import Principal

RESTORE = "sla-resolve"
"""The clock that says by when service has to be back, by tier."""
_PARENT = aliased(Incident)
UNSUMMED = Incident.summed.is_(False), Incident.exercise.is_(False)
"""Of incidents that no summary holds; there is an index over just these."""


def counted(
    session: Session, wanted: Filters, zone: tzinfo, who: Principal, *, open_only: bool = False
) -> list[Counted]:
    """The incidents that count, oldest report first; with `open_only` those that no summary holds."""
    return of(session, chosen(session, wanted, zone, who, open_only=open_only))


def of(session: Session, incidents: Select[Incident]) -> list[Counted]:
    """What each of some incidents adds to the figures, oldest report first."""
    answered = select(func.min(Page.answered_at)).where(Page.incident_id == Incident.id).scalar_subquery()
    query = (
        incidents.outerjoin(
            IncidentClock, and_(IncidentClock.incident_id == Incident.id, IncidentClock.code == RESTORE)
        )
        .order_by(Incident.reported_at, Incident.id)
        .with_only_columns(
            *(Incident.id, Incident.number, Incident.tier, Incident.occurred_at, Incident.detected_at),
            *(Incident.reported_at, answered, Incident.responding_at, Incident.restored_at),
            *(IncidentClock.due_at, Incident.users_peak, Incident.users_now, Incident.user_minutes),
            case((Incident.users_now > 0, Incident.measured_at), else_=None),
            maintain_column_froms=True,
        )
    )
    return [Counted._make(row) for row in session.execute(query).tuples()]


def chosen(
    session: Session, wanted: Filters, zone: tzinfo, who: Principal, *, open_only: bool = False
) -> Select[Incident]:
    """The incidents that count, as a query. Raise Invalid for unknown areas and services."""
    query = counting_ones(reported(session, wanted, zone))
    if open_only:
        query = query.where(*UNSUMMED)
    return visibility.only_visible(session, query, who)


def counting_ones(query: Select[Incident]) -> Select[Incident]:
    """The same query without exercises, cancelled and merged incidents and parts of others."""
    return query.where(Incident.exercise.is_(False), Incident.state.not_in(FINAL), stands_alone())


def reported(session: Session, wanted: Filters, zone: tzinfo) -> Select[Incident]:
    """All incidents reported in the period that the choices name, those that count nowhere among them."""
    begin, end = instants(wanted.first, wanted.last, zone)
    query = select(Incident).where(Incident.reported_at >= begin, Incident.reported_at < end)
    return narrowed(session, query, wanted)


def narrowed(session: Session, query: Select[Incident], wanted: Filters) -> Select[Incident]:
    """The same query with the choices besides the period; raise Invalid for an area or a service nobody knows."""
    if wanted.tier is not None:
        query = query.where(Incident.tier == wanted.tier)
    if wanted.kind is not None:
        query = query.where(Incident.kind == wanted.kind)
    if wanted.area is not None:
        query = query.where(_touches(areas_within(session, wanted.area)))
    if wanted.service is not None:
        hit = select(Impact.incident_id).where(Impact.service_id == service(session, wanted.service))
        query = query.where(Incident.id.in_(hit))
    return query


def stands_alone() -> ColumnElement[bool]:
    """It is part of no incident that counts."""
    parent = select(_PARENT.id).where(_PARENT.id == Incident.parent_id, _PARENT.state.not_in(FINAL))
    return ~parent.exists()


def _touches(areas: Collection[int]) -> ColumnElement[bool]:
    hit = select(Impact.incident_id).where(Impact.area_id.in_(areas))
    return or_(Incident.area_id.in_(areas), Incident.id.in_(hit))


def areas_within(session: Session, code: str) -> set[int]:
    """An area and all within it; raise Invalid for a code nobody knows."""
    rows = session.execute(select(Area.id, Area.parent_id, Area.code)).tuples().all()
    found = {area for area, _, its in rows if its == code}
    if not found:
        raise Invalid(N_("There is no such area."), field="area", remedy=N_("Choose one from the list."))
    size = 0
    while size < len(found):
        size = len(found)
        found |= {area for area, parent, _ in rows if parent in found}
    return found


def service(session: Session, code: str) -> int:
    """The id of a service; raise Invalid for a code nobody knows."""
    found = session.scalar(select(Service.id).where(Service.code == code))
    if found is None:
        raise Invalid(N_("There is no such service."), field="service", remedy=N_("Choose one from the list."))
    return found


def funnels(session: Session, wanted: Filters, zone: tzinfo, who: Principal) -> dict[str, Funnel]:
    """What became of the notices of those incidents, by kind of notice; kinds without any are left out."""
    return told.funnels(told_by(session, wanted, zone, who))


def told_by(
    session: Session, wanted: Filters, zone: tzinfo, who: Principal, *, open_only: bool = False
) -> dict[str, Told]:
    """What the notices of those incidents came to, by kind, with those of incidents that count within them."""
    ids = chosen(session, wanted, zone, who, open_only=open_only).with_only_columns(Incident.id)
    inner = within(session, ids, open_only=open_only)
    found = told.read(session, or_(Notice.incident_id.in_(ids), Notice.incident_id.in_(inner)))
    return {kind: one for (kind,), one in found.items()}


def within(session: Session, ids: Select[int], *, open_only: bool = False) -> set[int]:
    """The ids of incidents that were merged into the chosen ones or are parts of them, at whatever remove. One that counts by itself
    is in nobody else's figures, whatever became of the incident that it was a part of."""
    into = links(session, open_only=open_only)
    if not into:
        return set()
    line = set(session.scalars(ids))
    size = -1
    while size < len(line):
        size = len(line)
        line |= {child for child, parent in into.items() if parent in line}
    return line & into.keys()


def links(session: Session, *, open_only: bool = False) -> dict[int, int]:
    """Of incidents that do not count by themselves: in whose figures they do, step by step."""
    above = func.coalesce(Incident.merged_into_id, Incident.parent_id)
    query = select(Incident.id, above).where(above.is_not(None), Incident.exercise.is_(False))
    query = query.where(or_(Incident.state.in_(FINAL), ~stands_alone()))
    if open_only:
        query = query.where(*UNSUMMED)
    return dict(session.execute(query).tuples().all())


def restored_at_target(session: Session, missed: Sequence[Aim]) -> dict[str, tuple[int, int]]:
    """Of incidents that missed their target: how many of the peak users had service again when it passed, and that peak."""
    streams = {f"incident:{one.number}": one for one in missed}
    query = (
        select(Entry.stream_id, Entry.at, Entry.kind, Entry.data)
        .where(Entry.stream_id.in_(list(streams)), Entry.kind.in_((curve.CHANGED, *curve.ENDS)))
        .order_by(Entry.stream_id, Entry.seq)
    )
    users = dict.fromkeys(streams, 0)
    for stream, at, kind, data in session.execute(query).tuples():
        if at <= streams[stream].target:
            users[stream] = orjson.loads(data)["users_now"] if kind == curve.CHANGED else 0
    return {one.number: (max(0, one.users - users[stream]), one.users) for stream, one in streams.items()}
