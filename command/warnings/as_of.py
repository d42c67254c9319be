"""Warnings as they stood at an instant, from their journals: for a board that is looked at as of then."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from command.core import journal
from command.core.journal import Payload
from command.warnings import entries
from command.warnings.colours import RANK, Colour
from command.warnings.models import Warning

MOST = 200


@dataclass(frozen=True, slots=True)
class Stood:
    """A warning with its colour, areas and validity of then."""

    row: Warning
    colour: Colour
    areas: tuple[str, ...]
    from_at: datetime
    until_at: datetime


def stood(session: Session, at: datetime, *, exercise: bool) -> list[Stood]:
    """Those that were live at an instant, the gravest first."""
    then = (Warning.issued_at <= at, or_(Warning.ended_at.is_(None), Warning.ended_at > at))
    query = select(Warning).where(*then, Warning.exercise.is_(exercise)).order_by(Warning.id.desc()).limit(MOST)
    found = [each for row in session.scalars(query) if (each := _of(session, row, at)) is not None]
    return sorted(found, key=lambda each: (-RANK[each.colour], each.until_at, each.row.id))


def _of(session: Session, row: Warning, at: datetime) -> Stood | None:
    colour, span = row.colour, (row.from_at, row.until_at)
    areas = tuple(row.areas)
    for entry in journal.entries(session, entries.stream(row.code)):
        if entry.at > at:
            break
        said = Payload.registry[entry.kind].model_validate_json(entry.data)
        if isinstance(said, entries.Issued | entries.Recoloured):
            colour = said.colour
        if isinstance(said, entries.Issued | entries.Changed):
            areas, span = tuple(said.areas), (said.from_at, said.until_at)
    return Stood(row, Colour(colour), areas, *span) if span[1] > at else None
