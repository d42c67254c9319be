"""One unit's life, the latest first: every movement of the ledger with what it served, and every service, certificate and check."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import orjson
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core.journal import Entry
from command.resources import reading, views
from command.resources.entries import UnitKept
from command.resources.lines import MovementOut, movements_out, people
from command.resources.models import ResourceAllocation, ResourceMovement, ResourceStock, ResourceUnit
from command.resources.views import AllocationOut

PAGE, MOST_PAGES = 50, 200
"""Lines of a page, and how far back one turns."""


class EventOut(BaseModel):
    """One line: a `move` of the ledger with the `use` it belongs to, or what was `kept` up to date, valid `until` a day. Of a use for a
    restricted incident, its number and place are null."""

    at: datetime
    by: str
    move: MovementOut | None = None
    use: AllocationOut | None = None
    kept: Literal["serviced", "certified", "certificate_removed", "checked"] | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """How often a unit was used, what that was worth on average (1 to 5), and how often in a drill."""

    uses: int
    mean: float | None
    drills: int


def timeline(session: Session, unit: ResourceUnit, language: str, page: int = 1) -> tuple[list[EventOut], bool]:
    """A page of a unit's life, and whether there is an older one."""
    wanted = min(page, MOST_PAGES) * PAGE + 1
    moves = reading.life(session, unit.id, wanted)
    kept = _kept(session, unit, wanted)
    found = sorted([*_keys(moves), *_keys(kept)], key=lambda each: each[:2], reverse=True)
    shown = [row for _, _, row in found[wanted - PAGE - 1 : wanted - 1]]
    events = _events(session, shown, language)
    return events, len(found) >= wanted


def _keys(rows: Sequence[Any]) -> Iterator[tuple[datetime, int, Any]]:
    """Rows by time; those of one instant in the order in which they were written."""
    return ((row.at, len(rows) - at, row) for at, row in enumerate(rows))


def _kept(session: Session, unit: ResourceUnit, limit: int) -> list[Entry]:
    """What the journal of the unit's pool says of its upkeep, the latest first."""
    pool = session.get_one(ResourceStock, unit.stock_id).pool_id
    query = select(Entry).where(
        Entry.stream_id >= f"pool:{pool}:",
        Entry.stream_id < f"pool:{pool};",
        Entry.kind == UnitKept.kind,
        Entry.data.contains(f'"unit_id":{unit.id},', autoescape=True),
    )
    return list(session.scalars(query.order_by(Entry.stream_id.desc(), Entry.seq.desc()).limit(limit)))


def _events(session: Session, rows: Sequence[Any], language: str) -> list[EventOut]:
    moves = [row for row in rows if isinstance(row, ResourceMovement)]
    lines = {line.id: line for line in movements_out(session, moves, language)}
    uses = _uses(session, {row.allocation_id for row in moves if row.allocation_id}, language)
    actors = people(session, {row.actor for row in rows}, language)
    found = []
    for row in rows:
        by = actors.get(row.actor, row.actor)
        if isinstance(row, ResourceMovement):
            found.append(EventOut(at=row.at, by=by, move=lines[row.id], use=uses.get(row.allocation_id or 0)))
        else:
            told = orjson.loads(row.data)
            found.append(EventOut(at=row.at, by=by, kept=told["what"], until=told["until"]))
    return found


def _uses(session: Session, ids: set[int], language: str) -> dict[int, AllocationOut]:
    rows = session.scalars(select(ResourceAllocation).where(ResourceAllocation.id.in_(ids))).all()
    return {each.held.id: views.allocation_out(each, language) for each in reading.joined(session, rows)}


def served(session: Session, unit_id: int) -> Served:
    """What a unit's uses come to; holds that were let go are none, and drills are counted apart."""
    query = (
        select(ResourceAllocation.exercise, func.count(), func.avg(ResourceAllocation.rating))
        .where(ResourceAllocation.unit_id == unit_id, ResourceAllocation.state != "let_go")
        .group_by(ResourceAllocation.exercise)
    )
    rows = {exercise: (count, mean) for exercise, count, mean in session.execute(query).tuples()}
    count, mean = rows.get(False, (0, None))
    return Served(count, round(float(mean), 1) if mean is not None else None, rows.get(True, (0, None))[0])
