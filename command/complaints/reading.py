"""Complaints and surges as pages and programs read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from pydantic import BaseModel
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from command.complaints import listing, rules, surges
from command.complaints import steps as work
from command.complaints.listing import CaseOut
from command.complaints.models import OPEN, Case, CaseStep, Opinion, Surge
from command.core import clock, names
from command.core.keys import Keyring
from command.incidents import places
from command.incidents.models import Incident
from command.incidents.views import note_text
from command.network.models import Area, Service
from command.people.access import Principal
from command.people.models import Person

R = TypeVar("R", Area, Service, Person)


class StepOut(BaseModel):
    """A step: by when, done when and by whom (username), what came of it; `late`: not done though it is due, or done after."""

    step: str
    due_at: datetime | None
    done_at: datetime | None
    done_by: str | None
    done_by_name: str | None
    result: str | None
    late: bool


class ComplaintOut(CaseOut):
    """A complaint: a case with what it is about, whom it was routed to and its four steps; `next` is the step to do."""

    severity: int | None
    reach: str | None
    department: str | None
    source: str | None
    area: str | None
    area_name: str | None
    service: str | None
    tariff_plan: str | None
    satisfied: str | None
    next: str | None
    steps: list[StepOut]


class SurgeOut(BaseModel):
    """A surge. `value` is an area's or service's code, or a plan's name; `name` the same for people; `expected` null where there were too
    few weeks of records; `calm_since` since when the rate has been under the threshold."""

    id: int
    kind: str
    kind_name: str
    dimension: str
    value: str
    name: str
    area: str | None
    count: int
    threshold: int
    expected: float | None
    state: str
    proposed_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None
    incident: str | None
    calm_since: datetime | None


class OpinionOut(BaseModel):
    """Something said in public; `answer` null until it was answered."""

    id: int
    link: str
    reach: int
    sentiment: str
    note: str | None
    owner: str
    seen_at: datetime
    answered_at: datetime | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters of the list; empty ones take everything. `words` is a case number or its beginning."""

    state: str = ""
    kind: str = ""
    service_class: str = ""
    channel: str = ""
    area: str = ""
    step: str = ""
    late: bool = False
    mine: bool = False
    exercise: bool = False
    words: str = ""


def query(session: Session, asked: Asked, who: Principal) -> Select[Case]:
    """The complaints asked for that `who` may know of, without an order."""
    found = listing.of(select(Case).where(Case.complaint, Case.exercise.is_(asked.exercise)), session, who)
    for column, value in (
        (Case.state, asked.state),
        (Case.kind, asked.kind),
        (Case.service_class, asked.service_class),
        (Case.channel, asked.channel),
    ):
        if value:
            found = found.where(column == value)
    if asked.area:
        found = found.where(Case.area_id.in_(_inside(session, asked.area)))
    if asked.mine:
        found = found.where(Case.owner_id == who.person_id)
    if asked.words:
        found = found.where(Case.reference.startswith(asked.words.strip().upper()[:32], autoescape=True))
    undone = select(CaseStep.id).where(CaseStep.case_id == Case.id, CaseStep.done_at.is_(None))
    if asked.late:
        found = found.where(Case.state == OPEN, undone.where(CaseStep.due_at <= clock.now(session)).exists())
    if asked.step:
        found = found.where(Case.state == OPEN, undone.where(CaseStep.step == asked.step).exists())
    return found


def _inside(session: Session, code: str) -> list[int]:
    tree = places.tree(session)
    return [each for each in tree if any(area.code == code for area in places.upward(tree, each))]


def shown(
    session: Session, keyring: Keyring, cases: Sequence[Case], who: Principal, language: str
) -> list[ComplaintOut]:
    """Complaints as a reader sees them."""
    plain = listing.shown(session, keyring, cases, who, language)
    areas = _by_id(session, Area, {case.area_id for case in cases})
    services = _by_id(session, Service, {case.service_id for case in cases})
    rows = _steps(session, cases)
    people = _by_id(session, Person, {row.done_by for its in rows.values() for row in its.values()})
    now = clock.now(session)
    made = []
    for case, out in zip(cases, plain, strict=True):
        area, its = areas.get(case.area_id or 0), rows.get(case.id, {})
        made.append(
            ComplaintOut(
                **out.model_dump(),
                **{name: getattr(case, name) for name in _PLAIN},
                area=area.code if area else None,
                area_name=names.of(area, language) if area else None,
                service=services[case.service_id].code if case.service_id in services else None,
                next=work.next_of(its) if case.state == OPEN else None,
                steps=[_step(session, row, people, language, now) for row in its.values()],
            )
        )
    return made


_PLAIN = ("severity", "reach", "department", "source", "tariff_plan", "satisfied")


def _by_id(session: Session, model: type[R], ids: set[int | None]) -> dict[int, R]:
    rows = session.scalars(select(model).where(model.id.in_([each for each in ids if each is not None])))
    return {row.id: row for row in rows}


def _steps(session: Session, cases: Sequence[Case]) -> dict[int, dict[str, CaseStep]]:
    found: dict[int, dict[str, CaseStep]] = {}
    rows = session.scalars(select(CaseStep).where(CaseStep.case_id.in_([case.id for case in cases])))
    for row in sorted(rows, key=lambda row: row.id):
        found.setdefault(row.case_id, {})[row.step] = row
    return found


def _step(session: Session, row: CaseStep, people: dict[int, Person], language: str, now: datetime) -> StepOut:
    person = people.get(row.done_by or 0)
    return StepOut(
        step=row.step,
        due_at=row.due_at,
        done_at=row.done_at,
        done_by=person.username if person else None,
        done_by_name=names.of(person, language) if person else None,
        result=note_text(session, row.note_id),
        late=row.due_at is not None and (row.done_at or now) > row.due_at,
    )


def surge(session: Session, row: Surge, language: str) -> SurgeOut:
    """A surge as a reader sees it."""
    kind = rules.current().kind(row.kind)
    model = {"service": Service, "county": Area, "prefecture": Area}.get(row.dimension)
    of = cast(Area | Service | None, session.get(model, int(row.value)) if model is not None else None)
    area = session.get(Area, row.area_id) if row.area_id else None
    decider = session.get(Person, row.decided_by) if row.decided_by else None
    incident = session.get(Incident, row.incident_id) if row.incident_id else None
    return SurgeOut(
        kind_name=getattr(kind.name, language) if kind else row.kind,
        value=of.code if of else row.value,
        name=names.of(of, language) if of else row.value,
        area=area.code if area else None,
        decided_by=decider.username if decider else None,
        reason=note_text(session, row.reason_note_id),
        incident=incident.number if incident else None,
        **{name: getattr(row, name) for name in _OF_SURGE},
    )


_OF_SURGE = (
    *("id", "kind", "dimension", "count", "threshold", "expected", "state"),
    *("proposed_at", "decided_at", "calm_since"),
)


def all_surges(session: Session, who: Principal, most: int = 50) -> list[Surge]:
    """Surges that `who` may know of: those that wait first, then the newest."""
    ordered = select(Surge).order_by(Surge.state != surges.PROPOSED, Surge.id.desc()).limit(most)
    return [row for row in session.scalars(ordered) if surges.visible(session, row, who)]


def opinion(session: Session, row: Opinion) -> OpinionOut:
    """Something said in public as a reader sees it."""
    return OpinionOut(
        note=note_text(session, row.note_id),
        owner=session.get_one(Person, row.owner_id).username,
        answer=note_text(session, row.answer_note_id),
        **{name: getattr(row, name) for name in ("id", "link", "reach", "sentiment", "seen_at", "answered_at")},
    )


def waits(session: Session) -> int:
    """How many complaints nobody has accepted, exercises apart."""
    mine = select(func.count()).select_from(Case).where(Case.complaint, Case.exercise.is_(False))
    return session.scalar(mine.where(Case.state == OPEN, Case.owner_id.is_(None))) or 0
