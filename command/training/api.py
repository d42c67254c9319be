"""Training over HTTP: one's own, the matrix, people's records and certificates, earlier records."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, Denied
from command.people.access import access, here, principal, unit
from command.people.language import language
from command.people.models import Person
from command.training import imports, needs, records, rules, views, visible
from command.training.asked import FileIn, MatrixIn, ReasonIn, condition
from command.training.models import TrainingRecord
from command.training.standing import Stands
from command.training.views import ImportedOut, LineOut, PersonOut, RecordOut

api = APIBlueprint("training_api", __name__, url_prefix="/api/v1/training", tag="Training")


class MatrixOut(BaseModel):
    """`counts`: cells by how they stand."""

    items: list[LineOut]
    counts: dict[Stands, int]


@api.get("/mine")
@api.output(PersonOut)
@access("read")
def mine() -> Any:
    """What one needs and until when, one's records, drills that count."""
    with here().database.read() as session:
        me = session.get_one(Person, person_id())
        return views.person_out(session, rules.current(), me, language())


@api.get("/matrix")
@api.input(MatrixIn, location="query")
@api.output(MatrixOut)
@access("read")
def matrix(query_data: MatrixIn) -> Any:
    """Person by topic: what is missing, expired, first due, about to expire, fine. Of people whose records one may see."""
    with here().database.read() as session:
        return matrix_of(session, query_data)


@api.get("/people/<username>")
@api.output(PersonOut)
@access("read")
def person(username: str) -> Any:
    """Somebody's training, for themselves, trainers, auditors and who leads them."""
    with here().database.read() as session:
        found = visible.person(session, principal(), username)
        return views.person_out(session, rules.current(), found, language())


@api.get("/certificates/<number>")
@api.output(RecordOut)
@access("read")
def certificate(number: str) -> Any:
    """A certificate, for whoever may see its holder's records."""
    with here().database.read() as session:
        return views.record_out(session, seen_record(session, number), language())


@api.post("/certificates/<number>/actions/revoke")
@api.input(ReasonIn)
@api.output(RecordOut)
@access("manage_training")
def revoke(number: str, json_data: ReasonIn) -> Any:
    """Take a certificate back, with a reason; it counts no more."""
    by, tongue = person_id(), language()
    return unit(
        lambda session: views.record_out(session, records.revoke(session, number, json_data.reason, by), tongue)
    )


@api.post("/records/import")
@api.input(FileIn)
@api.output(ImportedOut)
@access("manage_training")
def bring(json_data: FileIn) -> Any:
    """Bring earlier records in from CSV: person, topic, done_on, minutes, and score, expires_on, reference where known."""
    return views.imported_out(bring_file(json_data.csv.encode()))


def bring_file(body: bytes) -> imports.Imported:
    """Bring a file of earlier records in as whoever asks."""
    return imports.earlier_records(here().database, rules.current(), body, person_id(), principal().actor)


def matrix_of(session: Session, given: MatrixIn) -> MatrixOut:
    """The matrix by its filters, of whom the asker may see; raise Invalid."""
    of = condition(session, given) & visible.seen(session, principal())
    lines = [views.line_out(line, language()) for line in needs.lines(session, rules.current(), of)]
    kept = [line for line in lines if _wanted(line, given)]
    every = [cell.stands for line in kept for cell in line.cells if given.topic in (None, cell.topic)]
    return MatrixOut(items=kept, counts={stands: every.count(stands) for stands in Stands})


def _wanted(line: LineOut, given: MatrixIn) -> bool:
    """Whether a line has a cell of the topic and standing asked for; without either, or by topic alone, whether it needs it."""
    cells = [cell for cell in line.cells if given.topic in (None, cell.topic)]
    if given.stands is not None:
        return any(cell.stands == given.stands for cell in cells)
    return given.topic is None or cells[0].every_months is not None


def seen_record(session: Session, number: str) -> TrainingRecord:
    """A record that the asker may see; raise NotFound as if there were none."""
    row = records.find(session, number)
    its = select(Person.id).where(Person.id == row.person_id, visible.seen(session, principal()))
    if session.scalar(its) is None:
        raise records.unknown()
    return row


def records_of(session: Session, given: MatrixIn) -> list[RecordOut]:
    """The records of the people a filter means, as far as the asker may see them."""
    of = condition(session, given) & visible.seen(session, principal())
    query = select(TrainingRecord).join(Person, Person.id == TrainingRecord.person_id).where(of)
    if given.topic is not None:
        query = query.where(TrainingRecord.topic == given.topic)
    rows = session.scalars(query.order_by(TrainingRecord.person_id, TrainingRecord.done_on, TrainingRecord.id))
    return [views.record_out(session, row, language()) for row in rows]


def person_id() -> int:
    """Who asks: a person, no machine source."""
    who = principal()
    if who.source is not None:
        raise Denied(N_("A machine source has no training."), remedy=N_("Use the token of a person, without a source."))
    return who.person_id
