"""Assessments as people and programs read them."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.capability import entries, figures, reading, records, scoring, sealing, words
from command.capability.figure_names import LOWER_IS_BETTER, NAMES
from command.capability.figures import Counted
from command.capability.models import CapabilityAssessment, CapabilityRating, Sort, State
from command.capability.standard import Item, Standard
from command.core import journal
from command.core.journal import Payload
from command.improvement import visible
from command.improvement.models import ImprovementAction
from command.incidents.views import PersonOut, note_text, person
from command.resources import lines
from playbooks.texts import Text


class DomainOut(BaseModel):
    """A domain: `score` of 100, null while nothing of it is rated; `before` is that of the assessment before."""

    code: str
    title: str
    weight: int
    score: float | None
    before: float | None
    items: int
    rated: int


class FigureOut(BaseModel):
    """What Tocsin counts: so many (`good`) of so many; `of` null: a count that should be zero where `lower` says so. `share` of 100."""

    code: str
    name: str
    good: int
    of: int | None
    share: float | None
    lower: bool


class RecordOut(BaseModel):
    link: str
    kind: str
    title: str
    address: str


class ActionOut(BaseModel):
    """The improvement action of an item; what it says is read where actions are."""

    id: int
    state: str
    due_on: date


class ItemOut(BaseModel):
    """An item with its rating. `level` null: not rated, or it does not apply; `levels` describe 0 to 4."""

    code: str
    domain: str
    title: str
    weight: int
    evidence: str
    levels: list[str]
    level: int | None
    applies: bool
    weak: bool
    words: str | None
    records: list[RecordOut]
    figures: list[FigureOut]
    action: ActionOut | None
    rated_by: PersonOut | None
    rated_at: datetime | None
    version: int


class LineOut(BaseModel):
    """A line of the history."""

    seq: int
    at: datetime
    by: str
    kind: str
    text: str
    said: str | None


class AssessmentOut(BaseModel):
    """An assessment in short; `score` of 100 is kept once it is finished, before that it is of what is rated so far."""

    id: int
    name: str
    sort: Sort
    assessor: str
    first_on: date
    last_on: date
    state: State
    standard: int
    score: float | None
    domains: list[DomainOut]
    unrated: int
    made_at: datetime
    ended_at: datetime | None
    file_name: str
    sha256: str | None


class WholeOut(AssessmentOut):
    """All of an assessment. `before` is the finished one of the same sort before it; `weak` are codes, the lowest first; `sealed`: the
    ratings are still those whose hash was put on record when it was finished."""

    items: list[ItemOut]
    weak: list[str]
    before: int | None
    before_score: float | None
    sealed: bool | None
    history: list[LineOut]


def assessment_out(session: Session, row: CapabilityAssessment, language: str) -> AssessmentOut:
    """An assessment in short."""
    return AssessmentOut(**_short(row, reading.ratings(session, row), None, language))


def whole(session: Session, row: CapabilityAssessment, language: str) -> WholeOut:
    """All of an assessment, with the figures as they are now, or as they were when it was finished."""
    standard, rows = reading.standard_of(row), reading.ratings(session, row)
    marks, before = reading.marks(rows.values()), reading.before(session, row)
    counts = _counts(session, row, standard) if row.state == State.DRAFT else {}
    return WholeOut(
        **_short(row, rows, before, language),
        items=[
            _item(session, domain.code, item, rows[item.code], standard, counts, language)
            for domain in standard.domains
            for item in domain.items
        ],
        weak=scoring.weak(standard, marks),
        before=before.id if before else None,
        before_score=_hundred(before.score) if before else None,
        sealed=sealing.holds(session, row),
        history=list(_history(session, row, standard, language)),
    )


def said(text: Text, language: str) -> str:
    """A text of the standard in the reader's language."""
    return text.zh if language == "zh" else text.en


def _short(
    row: CapabilityAssessment,
    rows: Mapping[str, CapabilityRating],
    before: CapabilityAssessment | None,
    language: str,
) -> dict[str, Any]:
    standard, marks = reading.standard_of(row), reading.marks(rows.values())
    found, unrated = scoring.scores(standard, marks), scoring.unrated(standard, marks)
    plain = ("id", "name", "sort", "assessor", "first_on", "last_on", "state", "made_at", "ended_at")
    then = before.domains if before else {}
    domains = [
        DomainOut(
            code=domain.code,
            title=said(domain.title, language),
            weight=domain.weight,
            score=_hundred(found.domains[domain.code]),
            before=_hundred(then.get(domain.code)),
            items=len(domain.items),
            rated=sum(item.code not in unrated for item in domain.items),
        )
        for domain in standard.domains
    ]
    return {
        **{name: getattr(row, name) for name in (*plain, "file_name", "sha256")},
        "standard": standard.version,
        "score": _hundred(row.score if row.state == State.FINISHED else found.total),
        "domains": domains,
        "unrated": len(unrated),
    }


def _hundred(thousandths: int | None) -> float | None:
    return None if thousandths is None else thousandths / 10


def _counts(session: Session, row: CapabilityAssessment, standard: Standard) -> dict[str, Counted]:
    over = figures.period(session, row.first_on, row.last_on)
    return figures.counted(session, over, [code for item in standard.items() for code in item.figures])


def _item(
    session: Session,
    domain: str,
    item: Item,
    row: CapabilityRating,
    standard: Standard,
    counts: dict[str, Counted],
    language: str,
) -> ItemOut:
    kept = {each["code"]: Counted(each["good"], each["of"]) for each in row.figures}
    found = [(link, records.shown(session, link, language)) for link in row.links]
    return ItemOut(
        code=item.code,
        domain=domain,
        title=said(item.title, language),
        weight=item.weight,
        evidence=said(item.evidence, language),
        levels=[said(text, language) for text in (standard.absent, *item.levels)],
        level=row.level,
        applies=row.applies,
        weak=row.level is not None and row.level <= scoring.WEAK,
        words=note_text(session, row.note_id),
        records=[
            RecordOut(link=link, kind=link.partition(":")[0], title=each.title, address=each.address)
            for link, each in found
            if each is not None
        ],
        figures=[_figure(code, counts.get(code) or kept.get(code)) for code in item.figures if code in counts | kept],
        action=_action(session, row),
        rated_by=person(session, row.rated_by, language),
        rated_at=row.rated_at,
        version=row.version,
    )


def _figure(code: str, counted: Counted | None) -> FigureOut:
    good, of = (counted.good, counted.of) if counted else (0, 0)
    return FigureOut(
        code=code,
        name=gettext(NAMES[code]) if code in NAMES else code,
        good=good,
        of=of,
        share=round(100 * good / of, 1) if of else None,
        lower=code in LOWER_IS_BETTER,
    )


def _action(session: Session, row: CapabilityRating) -> ActionOut | None:
    action = session.get(ImprovementAction, row.action_id) if row.action_id else None
    if action is None or visible.restricted(session, action):
        return None
    return ActionOut(id=action.id, state=action.state, due_on=action.due_on)


def _history(session: Session, row: CapabilityAssessment, standard: Standard, language: str) -> Iterator[LineOut]:
    found = list(journal.entries(session, entries.stream(row.id)))
    actors = lines.people(session, {entry.actor for entry in found}, language)
    titles = {item.code: said(item.title, language) for item in standard.items()}
    for entry in found:
        data = Payload.registry[entry.kind].model_validate_json(entry.data).model_dump(mode="json")
        note = data.get("words") or data.get("reason")
        yield LineOut(
            seq=entry.seq,
            at=entry.at,
            by=actors.get(entry.actor, entry.actor),
            kind=entry.kind,
            text=gettext(words.SENTENCES[entry.kind]) % _told(data, titles),
            said=note_text(session, note["id"]) if note else None,
        )


def _told(data: dict[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    """The fields of an entry as its sentence says them."""
    told = dict(data)
    if "applies" in data:
        told["item"] = titles.get(data["item"], data["item"])
        told["level"] = _level(data["level"]) if data["applies"] else gettext(words.NOT_APPLIED)
        told["before"] = _level(data["before"])
    elif "item" in data:
        told["item"] = titles.get(data["item"], data["item"])
    if "score" in data:
        told["score"] = data["score"] / 10
    return told


def _level(level: int | None) -> str:
    return str(gettext(words.NOT_RATED) if level is None else gettext(words.LEVEL, level=level))
