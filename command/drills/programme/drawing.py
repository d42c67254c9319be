"""The calendar of a year, drawn: twelve months of weeks from Monday, each day with what it shows. Pure."""

from calendar import Calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from command.drills.programme.year import Mark

ORDER = ("drill", "series", "skipped", "freeze", "holiday")


@dataclass(frozen=True, slots=True)
class Day:
    """A day and its marks, drills first; `kinds` are those it shows."""

    day: date
    marks: Sequence[Mark]
    today: bool

    @property
    def kinds(self) -> Sequence[str]:
        found = {mark.kind for mark in self.marks}
        return [kind for kind in ORDER if kind in found]


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks of seven days; None for days of another month. `marks` are those of drills and series, in order."""

    first: date
    weeks: Sequence[Sequence[Day | None]]
    marks: Sequence[Mark]

    @property
    def busy(self) -> bool:
        """Whether any day of it shows something."""
        return any(day is not None and (day.marks or day.today) for week in self.weeks for day in week)


def months(year: int, marks: Mapping[date, Sequence[Mark]], today: date) -> list[Month]:
    """The months of a year."""
    return [_month(year, month, marks, today) for month in range(1, 13)]


def _month(year: int, month: int, marks: Mapping[date, Sequence[Mark]], today: date) -> Month:
    def day(at: date) -> Day | None:
        if at.month != month:
            return None
        found = sorted(marks.get(at, ()), key=lambda mark: ORDER.index(mark.kind))
        return Day(at, found, at == today)

    weeks = [[day(at) for at in week] for week in Calendar().monthdatescalendar(year, month)]
    listed = [
        mark
        for at in sorted(marks)
        if at.month == month
        for mark in marks[at]
        if mark.kind in ("drill", "series", "skipped")
    ]
    return Month(date(year, month, 1), weeks, listed)
