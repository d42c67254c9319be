"""Warnings as people and programs read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.log import masked_words
from command.incidents import visibility
from command.incidents.views import PersonOut, note_text, person
from command.messages import service as messages
from command.network.models import Area
from command.notices.models import Notice
from command.people.access import Principal
from command.resources.models import Resource
from command.warnings import advisory, flags, happened, history, standby, tasks
from command.warnings.colours import Colour
from command.warnings.models import Source, State, Warning, WarningTask


class AreaOut(BaseModel):
    code: str
    name: str


class StageOut(BaseModel):
    """So many pieces of a resource to put in place; `name` empty: the register has none of this code."""

    resource: str
    name: str
    quantity: int


class FlagsOut(BaseModel):
    """What other rooms obey: codes of the warnings that freeze changes or suspend drills, the gravest first; how many more stand by, by
    department; what is staged."""

    warnings: list[str]
    change_freeze: list[str]
    drills_suspended: list[str]
    reinforced_duty: dict[str, int]
    staging: list[StageOut]


class WarningOut(BaseModel):
    """A warning in short; `headline` and `event_name` in the reader's language. `holds`: it is live and its time has come."""

    code: str
    issuer: str
    event: str
    event_name: str
    colour: Colour
    state: State
    holds: bool
    areas: list[AreaOut]
    from_at: datetime
    until_at: datetime
    headline: str
    source: Source
    exercise: bool
    tasks_open: int
    tasks_late: int
    ended_at: datetime | None


class TaskOut(BaseModel):
    code: str
    department: str
    title: str
    colour: Colour
    due_at: datetime
    state: str
    late: bool
    by: PersonOut | None
    settled_at: datetime | None
    said: str | None


class StrengthOut(BaseModel):
    """Of a department: how many more are wanted, who stands by, who was asked and has not said."""

    department: str
    wanted: int
    missing: int
    confirmed: list[PersonOut]
    asked: list[PersonOut]


class IncidentOut(BaseModel):
    number: str
    tier: int
    state: str


class AdvisoryOut(BaseModel):
    """An advisory or its correction; `may_approve`: it waits for somebody like who asks."""

    id: int
    kind: str
    state: str
    audience: int
    counts: dict[str, int]
    texts: dict[str, str]
    release_at: datetime | None
    approved_at: datetime | None
    may_approve: bool


class WholeOut(WarningOut):
    """All of a warning. `incidents`: those that came of it and that whoever asks may know of."""

    reference: str
    text: str
    headline_zh: str
    headline_en: str
    text_zh: str
    text_en: str
    unmatched: list[str]
    risk: str
    issued_at: datetime
    version: int
    advice: str
    flags: FlagsOut
    tasks: list[TaskOut]
    standby: list[StrengthOut]
    incidents: list[IncidentOut]
    advisories: list[AdvisoryOut]
    history: list[history.LineOut]


def warning_out(session: Session, row: Warning, language: str) -> WarningOut:
    """A warning in short."""
    return WarningOut(**_short(session, row, language))


def _short(session: Session, row: Warning, language: str) -> dict[str, Any]:
    now, event = clock.now(session), flags.event_of(row)
    plain = ("code", "issuer", "event", "colour", "state", "from_at", "until_at", "source", "exercise", "ended_at")
    open_ones = [task for task in tasks.of(session, row) if task.state == "open"]
    return {
        **{name: getattr(row, name) for name in plain},
        "event_name": event.name.zh if language == "zh" else event.name.en,
        "holds": row.state == State.LIVE and row.from_at <= now < row.until_at,
        "areas": [AreaOut(code=area.code, name=names.of(area, language)) for area in _areas(session, row.areas)],
        "headline": row.headline_zh if language == "zh" else row.headline_en,
        "tasks_open": len(open_ones),
        "tasks_late": sum(task.due_at < now for task in open_ones),
    }


def _areas(session: Session, codes: Sequence[str]) -> Sequence[Area]:
    return session.scalars(select(Area).where(Area.code.in_(codes)).order_by(Area.code)).all()


def whole(session: Session, row: Warning, who: Principal, language: str) -> WholeOut:
    """All of a warning, with its history, the oldest first."""
    plain = ("reference", "headline_zh", "headline_en", "text_zh", "text_en", "unmatched", "risk", "issued_at")
    event = flags.event_of(row)
    return WholeOut(
        **_short(session, row, language),
        **{name: getattr(row, name) for name in (*plain, "version")},
        text=(row.text_zh or row.text_en) if language == "zh" else (row.text_en or row.text_zh),
        advice=event.advice.zh if language == "zh" else event.advice.en,
        flags=flags_out(session, flags.asked([row]), language),
        tasks=[_task(session, task, language) for task in tasks.of(session, row)],
        standby=[_strength(session, each, language) for each in standby.strengths(session, row)],
        incidents=_incidents(session, row, who),
        advisories=[_advisory(session, each, who) for each in advisory.of(session, row)],
        history=list(history.lines_of(session, row, who, language)),
    )


def flags_out(session: Session, found: flags.Flags, language: str) -> FlagsOut:
    """Flags with the names of what is staged."""
    rows = session.scalars(select(Resource).where(Resource.code.in_(list(found.staging))))
    known = {row.code: names.of(row, language) for row in rows}
    return FlagsOut(
        warnings=list(found.warnings),
        change_freeze=list(found.change_freeze),
        drills_suspended=list(found.drills_suspended),
        reinforced_duty=dict(found.reinforced_duty),
        staging=[
            StageOut(resource=code, name=known.get(code, ""), quantity=count) for code, count in found.staging.items()
        ],
    )


def _task(session: Session, task: WarningTask, language: str) -> TaskOut:
    plain = ("code", "department", "colour", "due_at", "state", "settled_at")
    return TaskOut(
        **{name: getattr(task, name) for name in plain},
        title=task.title_zh if language == "zh" else task.title_en,
        late=(task.settled_at or clock.now(session)) > task.due_at,
        by=person(session, task.settled_by, language),
        said=note_text(session, task.note_id),
    )


def _strength(session: Session, each: standby.Strength, language: str) -> StrengthOut:
    confirmed = (person(session, one.id, language) for one in each.confirmed)
    asked = (person(session, one.id, language) for one in each.asked)
    return StrengthOut(
        department=each.department,
        wanted=each.wanted,
        missing=each.missing,
        confirmed=[one for one in confirmed if one],
        asked=[one for one in asked if one],
    )


def _incidents(session: Session, row: Warning, who: Principal) -> list[IncidentOut]:
    return [
        IncidentOut(number=incident.number, tier=incident.tier, state=incident.state)
        for _, incident in happened.incidents(session, [row.id])
        if visibility.visible(session, incident, who)
    ]


def _advisory(session: Session, notice: Notice, who: Principal) -> AdvisoryOut:
    plain = ("id", "kind", "state", "audience", "release_at", "approved_at")
    return AdvisoryOut(
        **{name: getattr(notice, name) for name in plain},
        counts={str(state): count for state, count in sorted(messages.tally(session, notice.id).items())},
        texts={tongue: masked_words(text) for tongue, text in advisory.words(session, notice).items()},
        may_approve=advisory.may_approve(notice, who),
    )


def kind_of(event: str) -> str:
    """The kind of incident that an event becomes."""
    return flags.of_event(event).kind.value


def suggested(session: Session, row: Warning) -> dict[str, str]:
    """The words of an advisory, filled in, for the form."""
    return advisory.suggested(session, row)
