"""Risks as people and programs read them."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import journal, names
from command.core.journal import Payload
from command.incidents import house, visibility
from command.incidents.models import Incident
from command.incidents.views import PersonOut, note_text, person
from command.network.models import Area
from command.people.access import Principal
from command.people.models import Person
from command.resources import lines
from command.risks import entries, reading
from command.risks.models import Risk, State
from command.risks.rating import Level, level
from command.risks.words import FIELDS, SENTENCES, STATES


class AreaOut(BaseModel):
    code: str
    name: str


class MeasureOut(BaseModel):
    """A counter-measure; `late`: its day is past and it is not done."""

    words: str
    owner: PersonOut | None
    due_on: date | None
    done_on: date | None
    late: bool


class PlanOut(BaseModel):
    code: str
    title: str


class RiskOut(BaseModel):
    """A risk in short; `name`, `words` and `sign` in the reader's language. `level` is likelihood × impact: low, medium, high or severe;
    `residual_level` the same with the measures done. `drill_due` null: it is not drilled; `sign_at` null: its sign is not there."""

    id: int
    code: str
    name: str
    kind: str
    state: State
    areas: list[AreaOut]
    likelihood: int
    impact: int
    level: Level
    residual_likelihood: int
    residual_impact: int
    residual_level: Level
    owner: PersonOut | None
    plan: PlanOut | None
    scenarios: list[str]
    sign: str
    watched_at: str
    sign_at: datetime | None
    reviewed_on: date
    review_due: date
    review_overdue: bool
    drilled_on: date | None
    drill_due: date | None
    drill_overdue: bool


class LineOut(BaseModel):
    """A line of the history."""

    seq: int
    at: datetime
    by: str
    kind: str
    text: str
    said: str | None


class WholeOut(RiskOut):
    """All of a risk. `incident`: the number of the one that came of it last, where one may know of it."""

    name_zh: str
    name_en: str
    words: str
    words_zh: str
    words_en: str
    sign_zh: str
    sign_en: str
    elements: list[str]
    measures: list[MeasureOut]
    review_months: int
    drill_months: int | None
    incident: str | None
    version: int
    changed_at: datetime
    history: list[LineOut]


def risk_out(session: Session, risk: Risk, language: str) -> RiskOut:
    """A risk in short."""
    return RiskOut(**_short(session, risk, language))


def _short(session: Session, risk: Risk, language: str) -> dict[str, Any]:
    scales = ("likelihood", "impact", "residual_likelihood", "residual_impact")
    plain = ("id", "code", "kind", "state", *scales, "scenarios", "watched_at", "sign_at", "reviewed_on", "drilled_on")
    areas = session.scalars(select(Area).where(Area.code.in_(risk.areas)).order_by(Area.code))
    review, drill = reading.overdue(risk, reading.today(session))
    return {
        **{name: getattr(risk, name) for name in plain},
        "name": names.of(risk, language),
        "areas": [AreaOut(code=area.code, name=names.of(area, language)) for area in areas],
        "level": level(risk.likelihood, risk.impact),
        "residual_level": level(risk.residual_likelihood, risk.residual_impact),
        "owner": person(session, risk.owner_id, language),
        "plan": _plan(session, risk.plan, language),
        "sign": said(risk, "sign", language),
        "review_due": reading.review_due(risk),
        "review_overdue": review,
        "drill_due": reading.drill_due(risk),
        "drill_overdue": drill,
    }


def said(risk: Risk, part: str, language: str) -> str:
    """A text in the reader's language, or in the one it has."""
    other = "en" if language == "zh" else "zh"
    found: str = getattr(risk, f"{part}_{language}") or getattr(risk, f"{part}_{other}")
    return found


def _plan(session: Session, code: str, language: str) -> PlanOut | None:
    if not code:
        return None
    title = house.plan_titles(session).get(code)
    return PlanOut(code=code, title=getattr(title, language) if title else code)


def whole(session: Session, risk: Risk, who: Principal, language: str) -> WholeOut:
    """All of a risk, with its history, the newest last."""
    texts = ("name_zh", "name_en", "words_zh", "words_en", "sign_zh", "sign_en")
    plain = (*texts, "elements", "review_months", "drill_months", "version", "changed_at")
    return WholeOut(
        **_short(session, risk, language),
        **{name: getattr(risk, name) for name in plain},
        words=said(risk, "words", language),
        measures=[_measure(session, row, language) for row in risk.measures],
        incident=_number(session, risk.incident_id, who),
        history=list(_history(session, risk, who, language)),
    )


def _measure(session: Session, row: dict[str, Any], language: str) -> MeasureOut:
    due = date.fromisoformat(row["due_on"]) if row["due_on"] else None
    owner = session.scalar(select(Person.id).where(Person.username == row["owner"])) if row["owner"] else None
    late = due is not None and not row["done_on"] and due < reading.today(session)
    return MeasureOut(
        words=row["words"], owner=person(session, owner, language), due_on=due, done_on=row["done_on"], late=late
    )


def _number(session: Session, incident_id: int | None, who: Principal) -> str | None:
    incident = session.get(Incident, incident_id) if incident_id else None
    return incident.number if incident is not None and visibility.visible(session, incident, who) else None


def _history(session: Session, risk: Risk, who: Principal, language: str) -> Iterator[LineOut]:
    found = list(journal.entries(session, entries.stream(risk.code)))
    actors = lines.people(session, {entry.actor for entry in found}, language)
    for entry in found:
        data = Payload.registry[entry.kind].model_validate_json(entry.data).model_dump(mode="json")
        told = data | {name: gettext(STATES[State(data[name])]) for name in ("before", "state") if name in data}
        if "fields" in data:
            told["fields"] = gettext(", ").join(gettext(FIELDS[name]) for name in data["fields"])
        text = gettext(SENTENCES[entry.kind]) % told
        number = _number(session, data.get("incident_id"), who)
        note = data.get("words") or data.get("reason")
        yield LineOut(
            seq=entry.seq,
            at=entry.at,
            by=actors.get(entry.actor, entry.actor),
            kind=entry.kind,
            text=f"{text} · {number}" if number else text,
            said=note_text(session, note["id"]) if note else None,
        )
