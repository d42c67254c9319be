"""On which days a report is made and which days it covers. Pure: days on a calendar, no instants."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Days:
    """From `first` to `last`, both included."""

    first: date
    last: date

    @property
    def count(self) -> int:
        """How many days these are."""
        return (self.last - self.first).days + 1

    @property
    def whole_month(self) -> bool:
        """Whether they are one calendar month, all of it."""
        return self.first.day == 1 and self.last == _month_end(self.first)

    @property
    def before(self) -> "Days":
        """What they are compared with: of a calendar month the one before, else as many days right before."""
        ends = self.first - DAY
        return Days(ends.replace(day=1), ends) if self.whole_month else Days(self.first - self.count * DAY, ends)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every week on `weekday` (0: Monday), or every month on `day` (1 to 28)."""

    every: Literal["week", "month"]
    weekday: int = 0
    day: int = 1

    def next(self, on: date) -> date:
        """The first day from `on` on, `on` included, on which a report is made."""
        if self.every == "week":
            return on + timedelta(days=(self.weekday - on.weekday()) % 7)
        if on.day <= self.day:
            return on.replace(day=self.day)
        return (_month_end(on) + DAY).replace(day=self.day)

    def last(self, on: date) -> date:
        """The last day up to `on`, `on` included, on which a report was made."""
        if self.every == "week":
            return on - timedelta(days=(on.weekday() - self.weekday) % 7)
        month = on if on.day >= self.day else on.replace(day=1) - DAY
        return month.replace(day=self.day)

    def covers(self, on: date) -> Days:
        """The days that the report made on a day is of: all of them are over by then."""
        if self.every == "week":
            return Days(on - WEEK, on - DAY)
        ends = on.replace(day=1) - DAY
        return Days(ends.replace(day=1), ends)

    def fits(self, days: Days) -> bool:
        """Whether days are what such a report covers: seven of them, or a calendar month."""
        return days.count == WEEK.days if self.every == "week" else days.whole_month


def _month_end(day: date) -> date:
    following = day.replace(day=28) + timedelta(days=4)
    return following.replace(day=1) - DAY
