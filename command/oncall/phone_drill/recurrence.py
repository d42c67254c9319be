"""When a drill is held: once, every week, or every month on the same weekday of the same week. Pure.

Times are on the wall clock of a zone, so a drill at ten stays at ten when clocks change. A time that a clock skips is held by the length
of the gap later; of a time that comes twice the first counts."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from zoneinfo import ZoneInfo

from command.oncall.phone_drill.drill_models import Every

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`starts` is the first time, without a zone, on the wall clock of `zone`."""

    starts: datetime
    zone: ZoneInfo
    every: Every

    @property
    def week(self) -> int:
        """Which of its weekdays in the month the first time is: 1 to 4, 5 stands for the last."""
        return (self.starts.day - 1) // 7 + 1


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a time on a zone's wall clock."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def after(rhythm: Rhythm, at: datetime) -> datetime | None:
    """The first time a drill is held after an instant, or None."""
    return next((each for each in _instants(rhythm, at) if each > at), None)


def ahead(rhythm: Rhythm, first: datetime, most: int) -> list[datetime]:
    """Up to `most` times at which it is held, from `first` on, `first` included."""
    return list(islice((each for each in _instants(rhythm, first) if each >= first), most))


def clash(
    one: Sequence[datetime], lasts: timedelta, other: Sequence[datetime], other_lasts: timedelta
) -> datetime | None:
    """The first of the times `one` at which both are going on at once; None where they never are."""
    for begins in one:
        for there in other:
            if begins < there + other_lasts and there < begins + lasts:
                return begins
    return None


def _instants(rhythm: Rhythm, near: datetime) -> Iterator[datetime]:
    """Times in ascending order, beginning at the first one or shortly before `near`."""
    for local in _locals(rhythm, near.astimezone(rhythm.zone).replace(tzinfo=None)):
        yield instant(local, rhythm.zone)


def _locals(rhythm: Rhythm, near: datetime) -> Iterator[datetime]:
    if rhythm.every == Every.ONCE:
        yield rhythm.starts
    elif rhythm.every == Every.WEEKLY:
        begin = max(0, (near - rhythm.starts) // WEEK - 1)
        yield from (rhythm.starts + WEEK * n for n in count(begin))
    else:
        months = (near.year - rhythm.starts.year) * 12 + near.month - rhythm.starts.month
        yield from (_in_month(rhythm, n) for n in count(max(0, months - 1)))


def _in_month(rhythm: Rhythm, months: int) -> datetime:
    """The time in the month that is so many after the first one."""
    year, month = divmod(rhythm.starts.year * 12 + rhythm.starts.month - 1 + months, 12)
    first_weekday, days = monthrange(year, month + 1)
    day = 1 + (rhythm.starts.weekday() - first_weekday) % 7 + 7 * (rhythm.week - 1)
    if rhythm.week == 5:
        day = 1 + (rhythm.starts.weekday() - first_weekday) % 7 + 28
    return rhythm.starts.replace(year=year, month=month + 1, day=day if day <= days else day - 7)
