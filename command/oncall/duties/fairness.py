"""How fairly a duty is shared: hours, nights, weekends and public holidays of each holder over a time. Pure.

Night is 22:00 to 6:00, a weekend Saturday and Sunday, both on the wall clock of a zone; hours are true hours, so a night in which the clock
changes is longer or shorter. Whatever the holders have and the gaps sum to the time asked for."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from command.oncall.duties import rotation
from command.oncall.duties.layers import Span

DUSK, DAWN = time(22), time(6)
DAY = timedelta(days=1)
NOTHING = timedelta()


@dataclass(slots=True)
class Share:
    """What one holder has of a duty (`member` None: what nobody has). `turns` counts spans; a night that is a weekend's counts as both."""

    member: int | None
    turns: int = 0
    whole: timedelta = field(default=NOTHING)
    nights: timedelta = field(default=NOTHING)
    weekends: timedelta = field(default=NOTHING)
    holidays: timedelta = field(default=NOTHING)


def shares(held: Iterable[Span], zone: ZoneInfo, holidays: Collection[date] = ()) -> list[Share]:
    """The share of each holder of the spans, who has most nights first; what nobody holds is last, if there is any."""
    found: dict[int | None, Share] = {}
    for span in held:
        share = found.setdefault(span.member, Share(span.member))
        share.turns += 1
        for start, end in _pieces(span, zone):
            local, length = start.astimezone(zone), end - start
            share.whole += length
            if local.time() >= DUSK or local.time() < DAWN:
                share.nights += length
            if local.weekday() >= 5:
                share.weekends += length
            if local.date() in holidays:
                share.holidays += length
    return sorted(
        found.values(), key=lambda each: (each.member is None, -each.nights, -each.weekends, each.member or 0)
    )


def _pieces(span: Span, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """A span cut at every midnight, dawn and dusk of the zone."""
    day, last = span.start.astimezone(zone).date(), span.end.astimezone(zone).date()
    edges = {span.start, span.end}
    while day <= last:
        for at in (time(0), DAWN, DUSK):
            edge = rotation.instant(datetime.combine(day, at), zone)
            if span.start < edge < span.end:
                edges.add(edge)
        day += DAY
    yield from pairwise(sorted(edges))
