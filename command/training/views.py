"""Training as the API and the pages show it."""

from datetime import date, datetime

from flask_babel import gettext
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.documents import filled
from command.core.journal import Note
from command.core.log import masked_words
from command.drills.models import Drill
from command.people.models import Person
from command.training import credits, needs
from command.training.imports import Imported
from command.training.models import TrainingRecord, TrainingSession
from command.training.needs import Line
from command.training.rules import Rules, Topic
from command.training.standing import Standing, Stands


class CellOut(BaseModel):
    """How somebody stands in a topic: `until` it holds, of somebody new `by` when the first is due; `number` of the certificate or `drill`
    that it comes from; `every_months` null: no post needs it."""

    topic: Topic
    stands: Stands
    every_months: int | None
    minutes: int | None
    score: int | None
    done_on: date | None
    until: date | None
    by: date | None
    number: str
    drill: str


class LineOut(BaseModel):
    """Somebody in the matrix."""

    person: str
    name: str
    department: str | None
    area: str | None
    posts: list[str]
    stands: Stands
    cells: list[CellOut]


class RecordOut(BaseModel):
    """A record with its certificate; a revoked one with why."""

    number: str
    person: str
    name: str
    topic: Topic
    done_on: date
    expires_on: date
    minutes: int
    score: int | None
    source: str
    session_id: int | None
    session: str
    reference: str
    issued_at: datetime
    issued_by: str
    revoked_at: datetime | None
    reason: str
    demo: bool


class CreditOut(BaseModel):
    """A drill that counts, or once it is held will: for these topics."""

    drill: str
    name: str
    on: datetime
    topics: list[Topic]


class PersonOut(BaseModel):
    """Somebody's training: how they stand, their records, drills that counted and that will."""

    line: LineOut
    records: list[RecordOut]
    drills: list[CreditOut]
    ahead: list[CreditOut]


class BadOut(BaseModel):
    line: int
    field: str
    reason: str
    remedy: str


class ImportedOut(BaseModel):
    """What became of a file: rows kept, rows that were there before, bad ones."""

    kept: int
    same: int
    bad: list[BadOut]


def cell_out(cell: Standing) -> CellOut:
    """A cell of the matrix."""
    need, done = cell.need, cell.done
    return CellOut(
        topic=cell.topic,
        stands=cell.stands,
        every_months=need.months if need else None,
        minutes=need.minutes if need else None,
        score=need.score if need else None,
        done_on=done.on if done else None,
        until=cell.until,
        by=cell.by,
        number=done.number if done else "",
        drill=done.drill if done else "",
    )


def line_out(line: Line, language: str) -> LineOut:
    """A line of the matrix."""
    person = line.person
    return LineOut(
        person=person.username,
        name=names.of(person, language),
        department=person.department,
        area=person.area_code,
        posts=sorted(held.post for held in person.posts),
        stands=line.worst,
        cells=[cell_out(cell) for cell in line.cells],
    )


def record_out(session: Session, row: TrainingRecord, language: str) -> RecordOut:
    """A record as somebody who may see it reads it."""
    held = session.get(TrainingSession, row.session_id) if row.session_id else None
    return RecordOut(
        **{name: getattr(row, name) for name in _SAME},
        number=row.number or "",
        person=session.get_one(Person, row.person_id).username,
        name=names.of(session.get_one(Person, row.person_id), language),
        session=held.title if held else "",
        issued_by=name_of(session, row.issued_by, language),
        reason=note_of(session, row.revoked_note_id),
    )


_SAME = (
    *("topic", "done_on", "expires_on", "minutes", "score", "source", "session_id", "reference", "issued_at"),
    *("revoked_at", "demo"),
)


def person_out(session: Session, rules: Rules, person: Person, language: str) -> PersonOut:
    """All about somebody's training."""
    rows = session.scalars(
        select(TrainingRecord)
        .where(TrainingRecord.person_id == person.id)
        .order_by(TrainingRecord.done_on.desc(), TrainingRecord.id.desc())
        .limit(200)
    ).all()
    counted: dict[str, list[Topic]] = {}
    for done in credits.counts(session, rules, person):
        counted.setdefault(done.drill, []).append(done.topic)
    held = session.scalars(select(Drill).where(Drill.code.in_(counted)).order_by(Drill.due_at.desc())).all()
    return PersonOut(
        line=line_out(needs.of_person(session, rules, person), language),
        records=[record_out(session, row, language) for row in rows],
        drills=[_credit(drill, list(dict.fromkeys(counted[drill.code]))) for drill in held],
        ahead=[_credit(drill, topics) for drill, topics in credits.ahead(session, rules, person.id)],
    )


def _credit(drill: Drill, topics: list[Topic]) -> CreditOut:
    at = drill.ended_at or drill.began_at or drill.due_at
    return CreditOut(drill=drill.code, name=drill.name, on=at, topics=topics)


def imported_out(made: Imported) -> ImportedOut:
    """What became of a file, in the reader's language."""
    bad = [
        BadOut(
            line=each.line,
            field=each.why.field,
            reason=filled(each.why.detail, each.why.values),
            remedy=filled(each.why.remedy, each.why.values),
        )
        for each in made.bad
    ]
    return ImportedOut(kept=made.kept, same=made.same, bad=bad)


def name_of(session: Session, person_id: int | None, language: str) -> str:
    """Somebody's name; empty for nobody."""
    return names.of(session.get_one(Person, person_id), language) if person_id is not None else ""


def note_of(session: Session, note_id: int | None) -> str:
    """The words of a note, numbers masked; in brackets that they were erased."""
    found = session.get(Note, note_id) if note_id is not None else None
    if found is None:
        return ""
    return masked_words(found.body) if found.body is not None else gettext("(erased)")
