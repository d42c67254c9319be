"""The figures of a period, from the incidents that count. Pure: no table, no clock, no page."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from command.insights import buckets, counting, spans
from command.insights.buckets import Bucket
from command.insights.counting import Answer, Counted
from command.insights.rates import Rate
from command.insights.spans import Pair, Spans

TIERS = (1, 2, 3, 4)
ALL_IN_TIME = 1000
"""The response has to begin in time every time."""
RESTORED = 980
"""The restoration rate has to reach 98 %."""
EDGES = (5, 10, 15, 20, 25, 30, 45, 60, 120)
"""Minutes at which the bars of the response times end; 30 is one of them, and belongs to the bar before it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What one bucket of the period adds up to. Users are the peaks of its incidents, each user counted once an incident."""

    bucket: Bucket
    tiers: tuple[int, int, int, int]
    response: Rate
    restoration: Rate
    users: int
    user_minutes: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Incidents whose response took more than `above` and at most `upto` minutes (None: no end); the first includes 0."""

    above: int
    upto: int | None
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A span that ends before it began, in the data of an incident."""

    number: str
    span: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page and the interface show of a period."""

    at: datetime
    incidents: int
    tiers: tuple[int, int, int, int]
    users: int
    user_minutes: float
    response: Rate
    response_running: int
    response_late: tuple[str, ...]
    restoration: Rate
    restoration_ahead: int
    restoration_missed: tuple[str, ...]
    without_target: int
    bars: tuple[Bar, ...]
    bins: tuple[Bin, ...]
    spans: Mapping[str, Spans]
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class _Sum:
    tiers: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    response: dict[Answer, int] = field(default_factory=dict)
    restoration: dict[Answer, int] = field(default_factory=dict)
    users: int = 0
    user_minutes: float = 0.0


def overview(
    cases: Sequence[Counted], split: tuple[Bucket, ...], zone: tzinfo, limit: timedelta, now: datetime
) -> Overview:
    """The figures of incidents reported within the buckets. `limit` is the time in which handling has to begin."""
    sums = [_Sum() for _ in split]
    places: dict[date, int | None] = {}
    answers = [(one, counting.response(one, limit, now), counting.restoration(one, now)) for one in cases]
    for one, responded, restored in answers:
        day = one.reported_at.astimezone(zone).date()
        if day not in places:
            places[day] = buckets.place(split, day)
        if (at := places[day]) is not None:
            _add(sums[at], one, responded, restored, now)
    bars = tuple(_bar(bucket, total) for bucket, total in zip(split, sums, strict=True))
    known = named_spans(cases)
    return Overview(
        at=now,
        incidents=len(cases),
        tiers=_tiers([sum(bar.tiers[n] for bar in bars) for n in range(4)]),
        users=sum(bar.users for bar in bars),
        user_minutes=sum(bar.user_minutes for bar in bars),
        response=_rate((answer for _, answer, _ in answers), ALL_IN_TIME),
        response_running=sum(answer == "running" for _, answer, _ in answers),
        response_late=tuple(one.number for one, answer, _ in answers if answer == "breached"),
        restoration=_rate((answer for _, _, answer in answers), RESTORED),
        restoration_ahead=sum(answer == "running" for _, _, answer in answers),
        restoration_missed=tuple(one.number for one, _, answer in answers if answer == "breached"),
        without_target=sum(answer == "none" for _, _, answer in answers),
        bars=bars,
        bins=bins(cases),
        spans=known,
        faults=_faults(known, [one.number for one, _, answer in answers if answer == "error"]),
    )


def _faults(known: Mapping[str, Spans], restored_before_reported: Sequence[str]) -> tuple[Fault, ...]:
    """Every negative span once."""
    found = [Fault(number, name) for name, each in known.items() for number in each.errors]
    found += [Fault(number, "restoration") for number in restored_before_reported]
    return tuple(dict.fromkeys(found))


def named_spans(cases: Iterable[Counted]) -> dict[str, Spans]:
    """Detection (MTTD), acknowledgement (MTTA), response and restoration (MTTR) of incidents."""
    cases = list(cases)
    return {
        "detection": spans.of(Pair(one.number, one.occurred_at, one.detected_at) for one in cases),
        "acknowledgement": spans.of(Pair(one.number, one.detected_at, one.acknowledged_at) for one in cases),
        "response": spans.of(Pair(one.number, one.reported_at, one.responding_at) for one in cases),
        "restoration": spans.of(Pair(one.number, one.occurred_at, one.restored_at) for one in cases),
    }


def bins(cases: Iterable[Counted]) -> tuple[Bin, ...]:
    """How long responses took. Those that have not begun, and negative ones, are in none."""
    found: list[list[str]] = [[] for _ in range(len(EDGES) + 1)]
    for one in cases:
        if one.responding_at is None or one.responding_at < one.reported_at:
            continue
        took = (one.responding_at - one.reported_at) / timedelta(minutes=1)
        found[bisect_left(EDGES, took)].append(one.number)
    ends = [*zip((0, *EDGES[:-1]), EDGES, strict=True), (EDGES[-1], None)]
    return tuple(Bin(above, upto, tuple(numbers)) for (above, upto), numbers in zip(ends, found, strict=True))


def _add(total: _Sum, one: Counted, responded: Answer, restored: Answer, now: datetime) -> None:
    total.tiers[one.tier - 1] += 1
    total.response[responded] = total.response.get(responded, 0) + 1
    total.restoration[restored] = total.restoration.get(restored, 0) + 1
    total.users += one.users_peak
    total.user_minutes += counting.minutes(one, now)


def _bar(bucket: Bucket, total: _Sum) -> Bar:
    return Bar(
        bucket,
        _tiers(total.tiers),
        _of(total.response, ALL_IN_TIME),
        _of(total.restoration, RESTORED),
        total.users,
        total.user_minutes,
    )


def _rate(answers: Iterable[Answer], target: int) -> Rate:
    found = list(answers)
    return _of({"met": found.count("met"), "breached": found.count("breached")}, target)


def _of(counts: Mapping[Answer, int], target: int) -> Rate:
    met = counts.get("met", 0)
    return Rate(met, met + counts.get("breached", 0), target)


def _tiers(counts: Sequence[int]) -> tuple[int, int, int, int]:
    first, second, third, fourth = counts
    return first, second, third, fourth
