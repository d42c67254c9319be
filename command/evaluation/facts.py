"""What tables and journal know of an incident, as its evaluation tells it: nothing here was written for the report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock, journal, names
from command.incidents import measuring, rendering, views
from command.incidents.models import GradeChange, Impact, Incident
from command.incidents.observing_models import Observation
from command.incidents.rendering import Line
from command.incidents.views import IncidentOut
from command.messages import service as messages
from command.network.models import Area, Service
from command.notices.models import Kind, Notice, NoticeState
from command.oncall.models import Page
from command.people.models import Person
from command.resources.models import Resource, ResourceAllocation, ResourceRequest, ResourceStock
from command.settlement import views as settlement
from command.settlement.views import ItemOut

NOISE = (
    *("board.", "impact.", "clock.", "task.given", "case.", "knowledge.", "stream.", "evaluation.", "settlement."),
    *("page.submitted", "page.bundled", "page.next_method", "page.held", "notice.wave", "notice.drafted", "alert."),
    *("escalation.", "incident.review_written", "incident.cause_given"),
)
"""Beginnings of kinds that the course leaves out: what the report tells elsewhere, and what says nothing of what people did."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade the incident was given: the tier, by which rules (id and why), by whom, and a reason where somebody gave one."""

    at: datetime
    tier: int
    rules: Sequence[tuple[str, str]]
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Hit:
    """Users of a service in an area, at most, from–until (null: it goes on). `declared` by a person, else counted from the topology."""

    service: str
    area: str
    kind: str
    users: int
    share: float
    declared: bool
    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """A notice: when it was approved, to how many, and how many messages are in which state."""

    kind: str
    state: str
    at: datetime
    audience: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Used:
    """Pieces of a resource that were out for the incident, and what their use was worth (1 poor to 5), if anybody said."""

    name: str
    quantity: int
    used: int
    lost: int
    place: str
    rating: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it. `moments` are the ten of the report in their order; one that has not happened, or nobody knows, is null."""

    incident: Incident
    full: IncidentOut
    moments: Mapping[str, datetime | None]
    grades: Sequence[Grade]
    hits: Sequence[Hit]
    user_minutes: float
    notices: Sequence[Told]
    resources: Sequence[Used]
    settlement: Sequence[ItemOut]
    watched: Sequence[Observation]
    people: Mapping[str, str]
    lines: Sequence[Line]


MOMENTS = (
    *("occurred", "detected", "reported", "acknowledged", "responded", "notified", "mitigated", "restored"),
    *("verified", "closed"),
)


def gather(session: Session, incident: Incident, language: str, *, course: bool = True) -> Facts:
    """The facts of an incident that the reader may know of, in their language; without the `course` its journal is not read."""
    people = {f"person:{each.id}": names.of(each, language) for each in session.scalars(select(Person))}
    watched = session.scalars(
        select(Observation).where(Observation.incident_id == incident.id).order_by(Observation.id)
    ).all()
    return Facts(
        incident=incident,
        full=views.full(session, incident, language),
        moments=_moments(session, incident, watched),
        grades=list(_grades(session, incident, people, language)),
        hits=_hits(session, incident, language),
        user_minutes=measuring.user_minutes(incident, clock.now(session)),
        notices=list(_notices(session, incident)),
        resources=list(_resources(session, incident, language)),
        settlement=settlement.of(session, incident, language),
        watched=watched,
        people=people,
        lines=_course(session, incident) if course else (),
    )


def _moments(session: Session, incident: Incident, watched: Sequence[Observation]) -> dict[str, datetime | None]:
    """Acknowledged: the first page that somebody took; notified: the first notice to users was released; mitigated: nobody was cut off any
    more; verified: the repair held for its time of observation."""
    taken = select(func.min(Page.answered_at)).where(Page.incident_id == incident.id, Page.state == "acknowledged")
    first = select(func.min(Notice.approved_at)).where(Notice.incident_id == incident.id, Notice.kind == Kind.FIRST)
    held = [each.ended_at for each in watched if each.outcome in ("held", "ended")]
    found = (
        *(incident.occurred_at, incident.detected_at, incident.reported_at, session.scalar(taken)),
        *(incident.responding_at, session.scalar(first), incident.quiet_at, incident.restored_at),
        *(held[-1] if held else None, incident.closed_at),
    )
    return dict(zip(MOMENTS, found, strict=True))


def _grades(session: Session, incident: Incident, people: Mapping[str, str], language: str) -> Iterator[Grade]:
    query = select(GradeChange).where(GradeChange.incident_id == incident.id).order_by(GradeChange.id)
    for row in session.scalars(query).all():
        rules = [(rule, views.rule_words(rule, language)) for rule in row.rules]
        reason = views.note_text(session, row.reason_note_id) or ""
        yield Grade(row.at, row.tier, rules, people.get(row.by, row.by), reason)


def _hits(session: Session, incident: Incident, language: str) -> list[Hit]:
    """Impact by service, area and kind: the rows tell how it grew and healed, this tells how far it went."""
    rows = session.execute(
        select(Impact, Service, Area)
        .join(Service, Service.id == Impact.service_id)
        .join(Area, Area.id == Impact.area_id)
        .where(Impact.incident_id == incident.id)
        .order_by(Impact.id)
    ).tuples()
    found: dict[tuple[int, int, str, bool], Hit] = {}
    for row, service, area in rows:
        key = (service.id, area.id, row.kind, row.declared)
        known = found.get(key)
        found[key] = Hit(
            service=names.of(service, language),
            area=names.of(area, language),
            kind=row.kind,
            users=max(row.users, known.users if known else 0),
            share=max(row.share, known.share if known else 0.0),
            declared=row.declared,
            from_at=known.from_at if known else row.from_at,
            until_at=row.until_at,
        )
    return sorted(found.values(), key=lambda hit: -hit.users)


def _notices(session: Session, incident: Incident) -> Iterator[Told]:
    query = select(Notice).where(Notice.incident_id == incident.id, Notice.state != NoticeState.DRAFT)
    for row in session.scalars(query.order_by(Notice.id)).all():
        counts = {state.value: number for state, number in messages.tally(session, row.id).items()}
        yield Told(row.kind, row.state, row.approved_at or row.created_at, row.audience, counts)


def _resources(session: Session, incident: Incident, language: str) -> Iterator[Used]:
    rows = session.execute(
        select(ResourceAllocation, Resource)
        .join(ResourceRequest, ResourceRequest.id == ResourceAllocation.request_id)
        .join(ResourceStock, ResourceStock.id == ResourceAllocation.stock_id)
        .join(Resource, Resource.id == ResourceStock.resource_id)
        .where(ResourceRequest.incident_id == incident.id)
        .order_by(ResourceAllocation.id)
    ).tuples()
    for row, resource in rows:
        words = views.note_text(session, row.rating_note_id) or ""
        name = names.of(resource, language)
        yield Used(name, row.quantity, row.used, row.lost, row.place, row.rating, words)


def _course(session: Session, incident: Incident) -> list[Line]:
    found = [
        entry for entry in journal.entries(session, f"incident:{incident.number}") if not entry.kind.startswith(NOISE)
    ]
    reader = rendering.Reader(session, found)
    return [reader.line(entry) for entry in found]
