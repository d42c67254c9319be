"""Which reports there are, from config/reports.yaml. A mistake there names its line and the remedy."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cache
from typing import Annotated, Literal, Self, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, model_validator

from command.core.paths import CONFIG
from command.core.problems import N_, Invalid
from command.oncall.phone_drill.recurrence import instant
from command.periodic.chapters import CHAPTERS
from command.periodic.rhythm import Days, Rhythm
from playbooks import source
from playbooks.source import Misfit, Unfit
from playbooks.texts import Record, Slug, Text

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


class Kind(Record):
    """One report that is made again and again."""

    code: Slug
    name: Text
    every: Literal["week", "month"]
    weekday: Weekday | None = None
    day: Annotated[int, Field(ge=1, le=28)] | None = None
    at: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    sections: tuple[Slug, ...] = ()

    @property
    def rhythm(self) -> Rhythm:
        """On which days it is made."""
        return Rhythm(self.every, WEEKDAYS.index(self.weekday or "monday"), self.day or 1)

    @property
    def chapters(self) -> tuple[str, ...]:
        """The codes of its sections in their order."""
        return self.sections or tuple(CHAPTERS)

    def due(self, on: date, zone: ZoneInfo) -> datetime:
        """The instant at which it is made on a day: a time that a clock skips comes by the gap later, of one that comes twice the first
        counts."""
        return instant(datetime.combine(on, time.fromisoformat(self.at)), zone)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        if self.every == "week" and (self.weekday is None or self.day is not None):
            yield Misfit("a weekly report is made on a weekday", "Write weekday: monday, and no day.", ("weekday",))
        if self.every == "month" and (self.day is None or self.weekday is not None):
            yield Misfit("a monthly report is made on a day of the month", "Write day: 1, and no weekday.", ("day",))
        for place, code in enumerate(self.sections):
            if code not in CHAPTERS:
                yield Misfit(f"there is no section '{code}'", f"Use: {', '.join(CHAPTERS)}.", ("sections", place))
            if code in self.sections[:place]:
                yield Misfit(f"'{code}' is listed twice", "List it once.", ("sections", place))


class ReportTable(Record):
    """The whole of config/reports.yaml."""

    reports: Annotated[tuple[Kind, ...], Field(min_length=1)]

    def find(self, code: str) -> Kind | None:
        """The report of a code; None for one that is made no more."""
        return next((each for each in self.reports if each.code == code), None)

    def named(self, code: str) -> Kind:
        """The report of a code; raise Invalid naming those that there are."""
        found = self.find(code)
        if found is None:
            raise Invalid(
                N_("There is no such report."),
                field="code",
                remedy=N_("Use one of: %(expected)s."),
                expected=", ".join(each.code for each in self.reports),
            )
        return found

    def fitting(self, days: Days) -> Kind:
        """The first report that covers such days, else the first of all."""
        return next((each for each in self.reports if each.rhythm.fits(days)), self.reports[0])

    @model_validator(mode="after")
    def _fits(self) -> Self:
        twice = [code for code, count in Counter(each.code for each in self.reports).items() if count > 1]
        if twice:
            raise Unfit(Misfit(f"'{twice[0]}' is listed more than once", "Give each a code of its own.", ("reports",)))
        return self


@cache
def table() -> ReportTable:
    """The table, read once a process."""
    return source.load(CONFIG / "reports.yaml", ReportTable)
