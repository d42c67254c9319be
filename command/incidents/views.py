"""Incidents as JSON shows them: rows joined with names, in the reader's language."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.journal import Note
from command.core.log import masked_words
from command.incidents import clock_rows, command_roles, facts, house, measuring, observing_rows, tasks
from command.incidents.clocks import Fact
from command.incidents.family import kin
from command.incidents.guards import State
from command.incidents.lifecycle import possible
from command.incidents.models import Impact, Incident, IncidentClock, PlaybookVersion, Task
from command.network.models import Area, Service
from command.people.models import Person
from playbooks.texts import Text

TIMES = (
    *("occurred_at", "detected_at", "reported_at", "assessed_at", "responding_at", "located_at", "quiet_at"),
    *("restored_at", "reviewing_at", "closed_at", "ended_at"),
)


class AreaOut(BaseModel):
    code: str
    name: str
    level: str


class PersonOut(BaseModel):
    id: int
    username: str
    name: str


class AffectedOut(BaseModel):
    """Users, each counted once: now, at most, and as expected at the ETA."""

    now: int
    peak: int
    projected: int


class RuleOut(BaseModel):
    """A grading rule that matches, and why it is there."""

    id: str
    reason: str


class ClockOut(BaseModel):
    """A time limit: running, met, breached (stays so, even if met late), or void."""

    code: str
    name: str
    state: str
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    breached_at: datetime | None


class TaskOut(BaseModel):
    code: str
    department: str
    title: str
    detail: str
    state: str
    due_at: datetime
    after: list[str]
    risky: bool
    done_at: datetime | None
    done_by: str | None
    owner: PersonOut | None


class ImpactOut(BaseModel):
    service: str
    area: str
    kind: str
    users: int
    share: float
    declared: bool
    from_at: datetime
    until_at: datetime | None


class RoleOut(BaseModel):
    role: str
    person: PersonOut | None
    from_at: datetime
    until_at: datetime | None


class FactsOut(BaseModel):
    """Which of the five facts (kind, time, scope, user feedback, first measures) the command centre has."""

    known: list[str]
    missing: list[str]


class PlaybookOut(BaseModel):
    code: str
    version: int


class ObservationOut(BaseModel):
    """A repair that is watched: until when, and how many minutes that are."""

    until: datetime
    minutes_left: float


class SummaryOut(BaseModel):
    """An incident as a list shows it. `tier` 1 is the highest, 4 the lowest."""

    number: str
    kind: str
    state: str
    exercise: bool
    restricted: bool
    source: str
    tier: int
    current_tier: int
    projected_tier: int
    response_level: int | None
    area: AreaOut | None
    affected: AffectedOut
    user_minutes: float
    commander: PersonOut | None
    owner: PersonOut | None
    eta: datetime | None
    occurred_at: datetime | None
    detected_at: datetime
    reported_at: datetime
    assessed_at: datetime | None
    responding_at: datetime | None
    located_at: datetime | None
    quiet_at: datetime | None
    restored_at: datetime | None
    reviewing_at: datetime | None
    closed_at: datetime | None
    ended_at: datetime | None


class IncidentOut(SummaryOut):
    """All of an incident. `rules` are the ids of the grading rules that gave the tier, `reasons` their words. `root_cause` and `cause_code`
    are codes of config/causes.yaml, `cause` is what the review wrote. `parent` and `children` leave out restricted ones: `/family` shows
    those to whoever may know of them."""

    rules: list[str]
    reasons: list[RuleOut]
    overruled: list[str]
    summary: str | None
    cause: str | None
    effect: str | None
    improvements: str | None
    feedback: str | None
    measures: str | None
    fault_class: str | None
    root_cause: str | None
    cause_code: str | None
    third_party: bool
    facts: FactsOut
    impact: list[ImpactOut]
    clocks: list[ClockOut]
    roles: list[RoleOut]
    commander_since: datetime | None
    tasks: list[TaskOut]
    playbook: PlaybookOut | None
    merged_into: str | None
    parent: str | None
    children: list[str]
    records_leaked: int
    complaints: int
    observation: ObservationOut | None
    actions: list[str]


def summary(session: Session, incident: Incident, language: str) -> SummaryOut:
    """An incident in short."""
    return SummaryOut(**_short(session, incident, language))


def _short(session: Session, incident: Incident, language: str) -> dict[str, Any]:
    area = session.get(Area, incident.area_id) if incident.area_id else None
    plain = ("number", "kind", "state", "exercise", "restricted", "source", "tier", "current_tier", "projected_tier")
    return {
        **{name: getattr(incident, name) for name in (*plain, *TIMES, "response_level", "eta")},
        "area": AreaOut(code=area.code, name=names.of(area, language), level=area.level) if area else None,
        "affected": AffectedOut(now=incident.users_now, peak=incident.users_peak, projected=incident.users_projected),
        "user_minutes": measuring.user_minutes(incident, clock.now(session)),
        "commander": person(session, incident.commander_id, language),
        "owner": person(session, incident.owner_id, language),
    }


def full(session: Session, incident: Incident, language: str) -> IncidentOut:
    """All of an incident."""
    notes = {
        "summary": incident.summary_note_id,
        "cause": incident.cause_note_id,
        "effect": incident.effect_note_id,
        "improvements": incident.improvement_note_id,
        "feedback": incident.feedback_note_id,
        "measures": incident.measures_note_id,
    }
    known = {fact.value for fact in facts.known(incident)}
    plan = session.get(PlaybookVersion, incident.playbook_id) if incident.playbook_id else None
    into = session.get(Incident, incident.merged_into_id) if incident.merged_into_id else None
    above = session.get(Incident, incident.parent_id) if incident.parent_id else None
    return IncidentOut(
        **_short(session, incident, language),
        **{name: note_text(session, note_id) for name, note_id in notes.items()},
        rules=incident.rules,
        reasons=[RuleOut(id=rule, reason=rule_words(rule, language)) for rule in incident.rules],
        overruled=incident.overruled,
        fault_class=incident.fault_class,
        root_cause=incident.root_cause,
        cause_code=incident.cause,
        third_party=incident.third_party,
        facts=FactsOut(
            known=[fact.value for fact in Fact if fact.value in known],
            missing=[fact.value for fact in Fact if fact.value not in known],
        ),
        impact=impact(session, incident),
        clocks=[_clock(row, language) for row in clock_rows.rows(session, incident)],
        roles=[
            RoleOut(role=r.role, person=person(session, r.person_id, language), from_at=r.from_at, until_at=r.until_at)
            for r in command_roles.of(session, incident)
        ],
        commander_since=incident.commander_since,
        tasks=[task_out(session, task, language) for task in tasks.of(session, incident)],
        playbook=PlaybookOut(code=plan.code, version=plan.version) if plan else None,
        merged_into=into.number if into else None,
        parent=above.number if above and not above.restricted else None,
        children=[each.number for each in kin.children(session, incident.id) if not each.restricted],
        records_leaked=incident.records_leaked,
        complaints=incident.complaints,
        observation=_observation(session, incident),
        actions=[action.value for action in possible(State(incident.state))],
    )


def _observation(session: Session, incident: Incident) -> ObservationOut | None:
    until = observing_rows.until(session, incident.id)
    left = observing_rows.minutes_left(session, incident)
    return ObservationOut(until=until, minutes_left=round(left, 1)) if until and left else None


def impact(session: Session, incident: Incident) -> list[ImpactOut]:
    """Every row of impact, those that ended too, the oldest first."""
    rows = session.execute(
        select(Impact, Service.code, Area.code)
        .join(Service, Service.id == Impact.service_id)
        .join(Area, Area.id == Impact.area_id)
        .where(Impact.incident_id == incident.id)
        .order_by(Impact.id)
    ).tuples()
    return [
        ImpactOut(
            service=service,
            area=area,
            kind=row.kind,
            users=row.users,
            share=row.share,
            declared=row.declared,
            from_at=row.from_at,
            until_at=row.until_at,
        )
        for row, service, area in rows
    ]


def person(session: Session, person_id: int | None, language: str) -> PersonOut | None:
    """Somebody by name."""
    found = session.get(Person, person_id) if person_id is not None else None
    return PersonOut(id=found.id, username=found.username, name=names.of(found, language)) if found else None


def note_text(session: Session, note_id: int | None) -> str | None:
    """The text of a note, phone numbers masked; None where there is none or it was erased."""
    body = session.scalar(select(Note.body).where(Note.id == note_id)) if note_id is not None else None
    return masked_words(body) if body is not None else None


def task_out(session: Session, task: Task, language: str) -> TaskOut:
    """A task in the reader's language."""
    zh = language == "zh"
    return TaskOut(
        owner=person(session, task.owner_id, language),
        title=task.title_zh if zh else task.title_en,
        detail=task.detail_zh if zh else task.detail_en,
        **{
            name: getattr(task, name)
            for name in ("code", "department", "state", "due_at", "after", "risky", "done_at", "done_by")
        },
    )


def _clock(row: IncidentClock, language: str) -> ClockOut:
    known = clock_rows.definition(row.code)
    return ClockOut(
        name=said(known.name, language) if known else row.code,
        **{name: getattr(row, name) for name in ("code", "state", "started_at", "due_at", "met_at", "breached_at")},
    )


def rule_words(rule: str, language: str) -> str:
    """Why a grading rule is there; its id where the table has it no more."""
    try:
        return said(house.tiers().reason(rule), language)
    except KeyError:
        return rule


def said(text: Text, language: str) -> str:
    """A text in the reader's language."""
    return text.zh if language == "zh" else text.en
