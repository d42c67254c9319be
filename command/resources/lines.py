"""Lines of the ledger, as people and programs read them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.journal import Note
from command.core.log import masked_words
from command.people.models import Person
from command.resources import reading
from command.resources.models import ResourceMovement, ResourceUnit
from command.resources.states import Bucket


class MovementOut(BaseModel):
    """A line of the ledger; `source` null: the pieces came in. What was said of a restricted incident is left out."""

    id: int
    at: datetime
    by: str
    verb: str
    stock_id: int
    unit_id: int | None
    serial: str | None
    source: Bucket | None
    target: Bucket
    quantity: int
    note: str | None


def movements_out(session: Session, rows: Sequence[ResourceMovement], language: str) -> list[MovementOut]:
    """Lines of the ledger with who moved and what they said."""
    hidden = reading.of_restricted(session, {row.allocation_id for row in rows})
    notes = _notes(session, {row.note_id for row in rows if row.allocation_id not in hidden})
    serials = _serials(session, {row.unit_id for row in rows})
    actors = people(session, {row.actor for row in rows}, language)
    plain = ("id", "at", "verb", "stock_id", "unit_id", "source", "target", "quantity")
    return [
        MovementOut(
            serial=serials.get(row.unit_id or 0),
            by=actors.get(row.actor, row.actor),
            note=notes.get(row.note_id or 0),
            **{name: getattr(row, name) for name in plain},
        )
        for row in rows
    ]


def _notes(session: Session, ids: Collection[int | None]) -> Mapping[int, str]:
    rows = session.execute(select(Note.id, Note.body).where(Note.id.in_([each for each in ids if each]))).tuples()
    return {note_id: masked_words(body) for note_id, body in rows if body}


def _serials(session: Session, ids: Collection[int | None]) -> Mapping[int, str]:
    query = select(ResourceUnit.id, ResourceUnit.serial).where(ResourceUnit.id.in_([each for each in ids if each]))
    return dict(session.execute(query).tuples().all())


def people(session: Session, actors: Collection[str], language: str) -> Mapping[str, str]:
    """The names of people among actors, by actor."""
    ids = [int(actor.removeprefix("person:")) for actor in actors if actor.startswith("person:")]
    rows = session.scalars(select(Person).where(Person.id.in_(ids)))
    return {f"person:{row.id}": names.of(row, language) for row in rows}
