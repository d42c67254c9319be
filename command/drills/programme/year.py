"""A year of drills as one person may see it: what was held and is ahead, times of series no drill was made for yet, freezes, holidays, and
how departments stand against what is required."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.drills.models import AHEAD, HELD, Drill, DrillProgramme
from command.drills.programme import coverage, freezes, programmes, seeing
from command.drills.programme.coverage import Cell, Event
from command.drills.programme.series import Firing
from command.drills.programme.series_models import DrillFreeze
from command.drills.programme.table import table
from command.incidents import house
from command.oncall.duties import holidays
from command.oncall.duties.holidays import Holiday
from command.people.models import Person

FIRST, LAST = 2000, 2199
"""The years that can be looked at."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A time of a series no drill was made for yet; not held where `firing.at` is None."""

    series: DrillProgramme
    firing: Firing


@dataclass(frozen=True, slots=True)
class Mark:
    """What a day of the calendar shows: `kind` is drill (with its state), series, skipped, freeze or holiday; `words` name it."""

    kind: str
    day: date
    drill: Drill | None = None
    coming: Coming | None = None
    freeze: DrillFreeze | None = None
    holiday: Holiday | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """`day`: today in the operator's zone, or the year's end where it lies behind. `fault` says why holidays cannot be read."""

    year: int
    day: date
    cells: Sequence[Cell]
    drills: Sequence[Drill]
    coming: Sequence[Coming]
    freezes: Sequence[DrillFreeze]
    holidays: Sequence[Holiday]
    fault: str

    def counts(self) -> dict[str, int]:
        """How many required fields stand how."""
        wanted = [cell for cell in self.cells if cell.due is not None]
        return {str(each): sum(cell.stands == each for cell in wanted) for each in coverage.Stands}


def of(session: Session, year: int, person_id: int) -> Year:
    """A year as a person may see it: of drills without notice only what has begun, unless they are one of the three who know."""
    zone = house.settings(session).tz
    start, end = (datetime(each, 1, 1, tzinfo=zone).astimezone(UTC) for each in (year, year + 1))
    now = clock.now(session)
    day = min(now, end - timedelta(seconds=1)).astimezone(zone).date()
    its = (Drill.due_at >= start, Drill.due_at < end, seeing.visible(person_id))
    drills = session.scalars(select(Drill).where(*its).order_by(Drill.due_at, Drill.id)).all()
    coming = _coming(session, person_id, start, end)
    days, fault = holidays.readable(house.settings(session).holidays)
    return Year(
        year=year,
        day=day,
        cells=_cells(session, year, day, person_id, zone, coming),
        drills=drills,
        coming=coming,
        freezes=[row for row in freezes.from_then_on(session, start) if row.from_at < end],
        holidays=[each for at, each in sorted(days.items()) if at.year == year],
        fault=fault,
    )


def series(session: Session, person_id: int) -> list[DrillProgramme]:
    """The series a person may know of, those that go on first."""
    rows = session.scalars(select(DrillProgramme).order_by(DrillProgramme.id)).all()
    known = [row for row in rows if seeing.sees(row, person_id)]
    return sorted(known, key=lambda row: (row.next_at is None, row.next_at or row.made_at, row.id))


def marks(found: Year, zone: ZoneInfo) -> dict[date, list[Mark]]:
    """What each day of a year shows."""
    made: dict[date, list[Mark]] = {}

    def put(mark: Mark) -> None:
        made.setdefault(mark.day, []).append(mark)

    for drill in found.drills:
        put(Mark("drill", drill.due_at.astimezone(zone).date(), drill=drill))
    for coming in found.coming:
        held = coming.firing.at
        day = held.astimezone(zone).date() if held is not None else coming.firing.local.date()
        put(Mark("series" if held is not None else "skipped", day, coming=coming))
    for holiday in found.holidays:
        put(Mark("holiday", holiday.day, holiday=holiday))
    for row in found.freezes:
        day = max(row.from_at.astimezone(zone).date(), date(found.year, 1, 1))
        last = min((row.until_at - timedelta(seconds=1)).astimezone(zone).date(), date(found.year, 12, 31))
        for each in range((last - day).days + 1):
            put(Mark("freeze", day + timedelta(days=each), freeze=row))
    return made


def _coming(session: Session, person_id: int, start: datetime, end: datetime) -> list[Coming]:
    found = [
        Coming(row, firing)
        for row in series(session, person_id)
        for firing in programmes.ahead(session, row, end)
        if (firing.at or firing.local.replace(tzinfo=ZoneInfo(row.zone))) >= start
    ]
    return sorted(found, key=lambda each: (each.firing.local, each.series.id))


def _cells(
    session: Session, year: int, day: date, person_id: int, zone: ZoneInfo, coming: Sequence[Coming]
) -> list[Cell]:
    until = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=1)
    at = func.coalesce(Drill.ended_at, Drill.due_at)
    rows = session.execute(select(Drill, at).where(Drill.state.in_(HELD), at < until)).tuples()
    held = [_event(drill, ended.astimezone(zone).date()) for drill, ended in rows]
    ahead = session.scalars(select(Drill).where(Drill.state.in_(AHEAD), seeing.visible(person_id)))
    planned = [_event(drill, drill.due_at.astimezone(zone).date()) for drill in ahead]
    planned += [
        Event(each.series.subject, each.series.mode, each.series.departments, each.firing.at.astimezone(zone).date())
        for each in coming
        if each.firing.at is not None
    ]
    begins = table().begins or _first_day(session, zone)
    return coverage.grid(table(), begins, held, planned, day, year)


def _event(drill: Drill, day: date) -> Event:
    return Event(drill.subject, drill.mode, drill.departments, day, drill.code)


def _first_day(session: Session, zone: ZoneInfo) -> date:
    """The day this installation got its first person."""
    first = session.scalar(select(func.min(Person.created_at))) or clock.now(session)
    return first.astimezone(zone).date()
