"""Days, weeks and months on somebody's wall clock: what the bars of a chart stand for. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

Step = Literal["day", "week", "month"]
MOST = {"day": 92, "week": 366, "month": 100_000}
"""Days of a period up to which bars of this step can still be told apart."""
ORDER: tuple[Step, ...] = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Bucket:
    """From `first` to `last`, both included; the first and the last bucket of a period may be cut short by it."""

    first: date
    last: date


def step_for(first: date, last: date, wanted: Step | None = None) -> Step:
    """The step asked for, or for none a fitting one; a coarser one where there would be too many bars."""
    days = (last - first).days + 1
    start = ORDER.index(wanted) if wanted else 0 if days <= 31 else 1 if days <= 183 else 2
    return next(step for step in ORDER[start:] if days <= MOST[step])


def split(first: date, last: date, step: Step) -> tuple[Bucket, ...]:
    """The period in buckets that touch and do not overlap; weeks begin on Monday."""
    return tuple(_split(first, last, step))


def _split(first: date, last: date, step: Step) -> Iterator[Bucket]:
    while first <= last:
        ends = min(last_day(first, step), last)
        yield Bucket(first, ends)
        first = ends + timedelta(days=1)


def last_day(day: date, step: Step) -> date:
    """The last day of the week or month of a day; of a day itself."""
    if step == "day":
        return day
    if step == "week":
        return day + timedelta(days=6 - day.weekday())
    following = day.replace(day=28) + timedelta(days=4)
    return following.replace(day=1) - timedelta(days=1)


def place(buckets: tuple[Bucket, ...], day: date) -> int | None:
    """Which bucket holds a day, by halving; None outside all of them."""
    low, high = 0, len(buckets)
    while low < high:
        middle = (low + high) // 2
        if buckets[middle].last < day:
            low = middle + 1
        else:
            high = middle
    return low if low < len(buckets) and buckets[low].first <= day else None


def instants(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The period as instants: from its first midnight (inclusive) to the midnight after its last day (exclusive)."""
    begin = datetime.combine(first, time(), zone)
    return begin, datetime.combine(last + timedelta(days=1), time(), zone)
