"""A series of drills: by a rule (RFC 5545) on the wall clock of a zone, with holidays and freezes kept free. Pure.

A drill at ten stays at ten when clocks change. A time that a clock skips is held by the length of the gap later; of one that comes twice
the first counts. A series is held at most once a day."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain, islice, pairwise, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from command.core.problems import N_, Invalid
from command.oncall.phone_drill.recurrence import instant

LONGEST = timedelta(days=366 * 20)
"""How far a series goes at most; who looks further plans it anew."""
PARTS = (
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "BYDAY",
    "BYMONTHDAY",
    "BYMONTH",
    "BYSETPOS",
    "BYWEEKNO",
    "BYYEARDAY",
    "WKST",
)
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_BY = tuple(part for part in PARTS if part.startswith("BY"))
_NOT_DAILY = ("BYMONTHDAY", "BYSETPOS", "BYWEEKNO", "BYYEARDAY")
"""A daily rule with these may look for a date that never comes, for seconds."""
_PLAIN = re.compile(r"[A-Z0-9,+-]+")
FINE = ("BYHOUR", "BYMINUTE", "BYSECOND")
MOST_COUNT, MOST_INTERVAL = 1000, 999
LONGEST_RULE = 200
A_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Series:
    """`starts` is a time without a zone on the wall clock of `zone`: the series is held at that time of day, from that day on. An empty
    `rule` means once."""

    starts: datetime
    zone: ZoneInfo
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Freeze:
    """No drill from `start` (inclusive) to `end` (exclusive)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """When no drill is held: days of the zone's calendar, and freezes."""

    holidays: Mapping[date, object] = field(default_factory=dict)
    freezes: Sequence[Freeze] = ()

    def why(self, local: datetime, zone: ZoneInfo, lasts: timedelta) -> str | None:
        """holiday or freeze where a drill at this time on the wall clock meets one; else None."""
        if local.date() in self.holidays:
            return "holiday"
        at = instant(local, zone)
        return "freeze" if any(each.start < at + lasts and at < each.end for each in self.freezes) else None


@dataclass(frozen=True, slots=True)
class Firing:
    """One time of a series: `local` as the rule gives it, `at` when it is held (None: it is not). `because` it was moved or skipped:
    holiday, freeze, coincides (the free day it would move to does not come before the next of the series), no_day (none is free)."""

    local: datetime
    at: datetime | None
    because: str | None = None

    @property
    def slot(self) -> int:
        """The minute of the day on the wall clock."""
        return self.local.hour * 60 + self.local.minute


def check(series: Series) -> None:
    """Raise Invalid at `rule` where it cannot be followed, would be held more than once a day, or gives no date in two years."""
    if next(_locals(series, series.starts), None) is None:
        raise _refused(N_("This rule gives no date within two years of the first time."), N_("Correct it."))


def firings(series: Series, closed: Closed, policy: str, lasts: timedelta, first: datetime) -> Iterator[Firing]:
    """Every time of a series whose time by the rule is `first` (on the wall clock) or later, strictly increasing. `policy` says what
    becomes of one on a closed day: move (to the next free workday, the same time of day) or skip."""
    nominal = _locals(series, first)
    for local, following in pairwise(chain(nominal, (None,))):
        assert local is not None
        yield _firing(series, closed, policy, lasts, local, following)


def year_ahead(series: Series, closed: Closed, policy: str, lasts: timedelta, first: datetime) -> list[Firing]:
    """The times of a year from `first` on."""
    end = first + A_YEAR
    return list(takewhile(lambda each: each.local < end, firings(series, closed, policy, lasts, first)))


def _firing(
    series: Series, closed: Closed, policy: str, lasts: timedelta, local: datetime, following: datetime | None
) -> Firing:
    limit = instant(following, series.zone) if following is not None else None
    why = closed.why(local, series.zone, lasts)
    if why is None:
        at = instant(local, series.zone)
        return Firing(local, at) if limit is None or at < limit else Firing(local, None, "coincides")
    if policy == "skip":
        return Firing(local, None, why)
    for days in range(1, A_YEAR.days + 1):
        day = local + timedelta(days=days)
        at = instant(day, series.zone)
        if limit is not None and at >= limit:
            return Firing(local, None, "coincides")
        if day.weekday() < 5 and closed.why(day, series.zone, lasts) is None:
            return Firing(local, at, why)
    return Firing(local, None, "no_day")


def _locals(series: Series, first: datetime) -> Iterator[datetime]:
    if not series.rule.strip():
        return iter([series.starts] if series.starts >= first else [])
    rule, count = _parsed(series)
    if count is not None:
        return (each for each in islice(rule, count) if each >= first)
    return iter(rule.xafter(first, inc=True))


@lru_cache(maxsize=128)
def _parsed(series: Series) -> tuple[rrule, int | None]:
    """The rule, and how many times it counts. It ends within LONGEST, so that one without dates ends too; raise Invalid."""
    parts = _parts(series.rule)
    count = _number(parts, "COUNT", MOST_COUNT)
    _number(parts, "INTERVAL", MOST_INTERVAL)
    last = series.starts + (LONGEST if count is None or count > 1 else A_YEAR * 2)
    until = min(last, _until(parts.pop("UNTIL"), series.zone) if "UNTIL" in parts else last)
    parts.pop("COUNT", None)
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        made = rrulestr(f"{text};UNTIL={until:%Y%m%dT%H%M%S}", dtstart=series.starts)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise _refused(
            N_("This rule cannot be read."),
            N_("Write one as in FREQ=MONTHLY;BYDAY=2TU (RFC 5545), or choose a rhythm."),
        ) from error
    assert isinstance(made, rrule)
    found = made.after(series.starts, inc=True)
    if found is None or found > series.starts + A_YEAR * 2:
        raise _refused(N_("This rule gives no date within two years of the first time."), N_("Correct it."))
    return made, count


def _parts(rule: str) -> dict[str, str]:
    given = rule.strip().upper().removeprefix("RRULE:")
    pairs = [each.partition("=") for each in given.split(";") if each]
    parts = {name.strip(): value.strip() for name, _, value in pairs}
    if len(rule) > LONGEST_RULE or len(parts) < len(pairs) or not all(map(_PLAIN.fullmatch, parts.values())):
        raise _refused(
            N_("This rule cannot be read."),
            N_("Write one as in FREQ=MONTHLY;BYDAY=2TU (RFC 5545), or choose a rhythm."),
        )
    if parts.get("FREQ") not in FREQUENCIES or any(each in parts for each in FINE):
        raise _refused(
            N_("This rule gives more than 366 times a year, or times of day of its own."),
            N_(
                "Use FREQ=DAILY, WEEKLY, MONTHLY or YEARLY without BYHOUR, BYMINUTE and BYSECOND: the first time sets it."
            ),
        )
    if unknown := sorted(set(parts) - set(PARTS)):
        raise _refused(N_("This rule has a part nobody knows: %(part)s."), N_("Remove it."), part=unknown[0][:40])
    if parts["FREQ"] == "DAILY" and set(parts) & set(_NOT_DAILY if parts.get("INTERVAL", "1") == "1" else _BY):
        raise _refused(
            N_("A daily rule may name days of the week or months, with INTERVAL neither."),
            N_("Use FREQ=WEEKLY, MONTHLY or YEARLY with these parts."),
        )
    if "COUNT" in parts and "UNTIL" in parts:
        raise _refused(N_("COUNT and UNTIL exclude each other."), N_("Keep one of the two."))
    return parts


def _number(parts: Mapping[str, str], name: str, most: int) -> int | None:
    if name not in parts:
        return None
    if not parts[name].isascii() or not parts[name].isdigit() or not 1 <= int(parts[name][:9]) <= most:
        raise _refused(
            N_("%(part)s must be a whole number from 1 to %(most)s."), N_("Correct it."), part=name, most=most
        )
    return int(parts[name])


def _until(text: str, zone: ZoneInfo) -> datetime:
    """The last wall time of a rule: of a day its end; of an instant (Z) what the zone's clock shows then."""
    try:
        if len(text) == 8:
            return datetime.combine(datetime.strptime(text, "%Y%m%d").date(), time(23, 59))
        if text.endswith("Z"):
            at = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return at.astimezone(zone).replace(tzinfo=None)
        return datetime.strptime(text, "%Y%m%dT%H%M%S")
    except (ValueError, OverflowError) as error:
        raise _refused(N_("UNTIL must be a day, such as 20271231."), N_("Correct it.")) from error


def _refused(detail: str, remedy: str, **values: Any) -> Invalid:
    return Invalid(detail, field="rule", remedy=remedy, **values)
