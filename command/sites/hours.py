"""How long a crew has been on duty. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

Span = tuple[datetime, datetime | None]


def on_duty(spans: Iterable[Span], now: datetime, rest: timedelta) -> timedelta:
    """The time on duty of the stretch that is not over yet: times with less than `rest` between them are one stretch. Nothing once the
    crew has rested."""
    ended = sorted((start, min(end or now, now)) for start, end in spans if start <= now)
    stretch = timedelta()
    last: datetime | None = None
    for start, end in ended:
        if last is not None and start - last >= rest:
            stretch = timedelta()
        fresh = max(start, last) if last is not None else start
        stretch += max(end - fresh, timedelta())
        last = max(end, last) if last is not None else end
    return stretch if last is not None and now - last < rest else timedelta()
