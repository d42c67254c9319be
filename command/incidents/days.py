"""The period that somebody asks for by its days, as it stands in an address: ?from=2026-11-01&to=2026-11-30."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from command.core.problems import N_, Invalid

DAYS = 30
"""Days of the period that is shown when nobody asks for one, today included."""
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


class Period(NamedTuple):
    """The days of a question, both included."""

    first: date
    last: date

    def instants(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """From the first midnight (inclusive) to the midnight after the last day (exclusive)."""
        midnight = datetime.min.time()
        return (
            datetime.combine(self.first, midnight, zone),
            datetime.combine(self.last + timedelta(days=1), midnight, zone),
        )


def period(given: Mapping[str, str], today: date) -> Period:
    """The days asked for; what is empty is left at the last 30. Raise Invalid naming the parameter."""
    last = _day(given, "to") or max(today, _day(given, "from") or today)
    first = _day(given, "from") or last - timedelta(days=DAYS - 1)
    if first > last:
        raise Invalid(
            N_("The period ends before it begins."),
            field="to",
            remedy=N_("Give a last day that is not before the first."),
        )
    return Period(first, last)


def _day(given: Mapping[str, str], name: str) -> date | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= LATEST:
        raise Invalid(N_("This is no day of this century."), field=name, remedy=N_("Write a date such as 2026-11-21."))
    return day
