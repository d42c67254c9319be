"""What the engine does for reports: those that are due are counted, kept and sent, each once.

Rows decide, as with drills: the day on which a report is next made stands in a row that is locked, and no day has two reports. So two
engines, a restart at the instant, a clock that changes and months without an engine give exactly one report for each day; those that
were missed meanwhile are made late, the oldest first."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import house
from command.periodic import making, telling
from command.periodic.making import Composed, Fired
from command.periodic.models import PeriodicReport, PeriodicSchedule
from command.periodic.rhythm import DAY
from command.periodic.table import Kind, table


@dataclass(frozen=True, slots=True)
class Due:
    """Codes of reports that no engine has looked at yet, and reports with the day on which they are to be made now."""

    new: list[str]
    made: list[tuple[Kind, date]]


def due(session: Session) -> Due:
    """What is to be done now: a look without the write lock."""
    now, zone = clock.now(session), house.settings(session).tz
    next_on = dict(session.execute(select(PeriodicSchedule.code, PeriodicSchedule.next_on)).tuples().all())
    new, made = [], []
    for kind in table().reports:
        on = next_on.get(kind.code)
        if on is None:
            new.append(kind.code)
        elif kind.due(on, zone) <= now:
            made.append((kind, on))
    return Due(new, made)


def begin(session: Session, code: str) -> None:
    """Look after a report from now on: the next time of its rule is the first."""
    making.schedule(session, table().named(code))


def compose(session: Session, kind: Kind, on: date) -> Composed:
    """Count the report of a day."""
    return making.compose(session, kind, kind.rhythm.covers(on))


def fire(session: Session, composed: Composed, on: date) -> bool:
    """Keep the report of a day, set the day of the next one, and tell who gets it; False where another engine has."""
    kind = composed.kind
    row = making.schedule(session, kind)
    if row.next_on != on:
        return False
    row.next_on = kind.rhythm.next(on + DAY)
    there = (PeriodicReport.code == kind.code, PeriodicReport.local_date == on)
    if session.scalar(select(PeriodicReport.id).where(*there)) is None:
        made = making.keep(session, composed, fired=Fired(on, kind.due(on, composed.zone)))
        telling.tell(session, made)
    return True
