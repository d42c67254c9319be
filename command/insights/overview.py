"""The figures of a period, from the incidents that count. Pure: no table, no clock, no page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import numpy as np

from command.insights import buckets, ledger, spans
from command.insights.buckets import Bucket
from command.insights.counting import Counted
from command.insights.ledger import NEVER, Ints, Ledger, Mask
from command.insights.rates import Rate
from command.insights.spans import Spans

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
    numbers: Sequence[str]


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
    response_late: Sequence[str]
    restoration: Rate
    restoration_ahead: int
    restoration_missed: Sequence[str]
    without_target: int
    bars: tuple[Bar, ...]
    bins: tuple[Bin, ...]
    spans: Mapping[str, Spans]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Answers:
    """What `counting.response` or `counting.restoration` says of each incident, a column for each answer."""

    met: Mask
    breached: Mask
    running: Mask
    error: Mask

    def rate(self, target: int, among: Mask | None = None) -> Rate:
        met, breached = (column if among is None else column & among for column in (self.met, self.breached))
        good = int(np.count_nonzero(met))
        return Rate(good, good + int(np.count_nonzero(breached)), target)


def overview(
    cases: Iterable[Counted], split: tuple[Bucket, ...], zone: tzinfo, limit: timedelta, now: datetime
) -> Overview:
    """The figures of incidents reported within the buckets. `limit` is the time in which handling has to begin."""
    return figures(ledger.of(cases, now), split, zone, limit, now)


def figures(them: Ledger, split: tuple[Bucket, ...], zone: tzinfo, limit: timedelta, now: datetime) -> Overview:
    """The same figures of a ledger: all incidents are judged at once, by the rules that `counting` has for one."""
    responded, restored = _responses(them, limit, now), _restorations(them, now)
    bars = _bars(them, split, zone, responded, restored)
    known = named_spans(them)
    judged = restored.met | restored.breached | restored.running | restored.error
    return Overview(
        at=now,
        incidents=len(them),
        tiers=_tiers([sum(bar.tiers[n] for bar in bars) for n in range(4)]),
        users=sum(bar.users for bar in bars),
        user_minutes=sum(round(bar.user_minutes * 10) for bar in bars) / 10,
        response=responded.rate(ALL_IN_TIME),
        response_running=int(np.count_nonzero(responded.running)),
        response_late=them.numbers(responded.breached),
        restoration=restored.rate(RESTORED),
        restoration_ahead=int(np.count_nonzero(restored.running)),
        restoration_missed=them.numbers(restored.breached),
        without_target=len(them) - int(np.count_nonzero(judged)),
        bars=bars,
        bins=bins(them),
        spans=known,
        faults=_faults(known, them.numbers(restored.error)),
    )


def _responses(them: Ledger, limit: timedelta, now: datetime) -> _Answers:
    begun = them.responding != NEVER
    end = them.reported + limit // ledger.MICROSECOND
    error = begun & (them.responding < them.reported)
    met = begun & ~error & (them.responding <= end)
    overdue = ~begun & (ledger.moment(now) > end)
    breached = (begun & ~error & ~met) | overdue
    return _Answers(met, breached, ~begun & ~overdue, error)


def _restorations(them: Ledger, now: datetime) -> _Answers:
    back = them.restored != NEVER
    error = back & (them.restored < them.reported)
    aimed = ~error & (them.target != NEVER)
    running = aimed & (them.target >= ledger.moment(now))
    due = aimed & ~running
    met = due & back & (them.restored <= them.target)
    return _Answers(met, due & ~met, running, error)


def missed(them: Ledger, now: datetime) -> Ints:
    """The places of the incidents that were not restored in time, the oldest first."""
    return np.flatnonzero(_restorations(them, now).breached)


def _faults(known: Mapping[str, Spans], restored_before_reported: Sequence[str]) -> tuple[Fault, ...]:
    """Every negative span once."""
    found = [Fault(number, name) for name, each in known.items() for number in each.errors]
    found += [Fault(number, "restoration") for number in restored_before_reported]
    return tuple(dict.fromkeys(found))


def named_spans(them: Ledger) -> dict[str, Spans]:
    """Detection (MTTD), acknowledgement (MTTA), response and restoration (MTTR) of incidents."""
    return {
        "detection": _spans(them, them.occurred, them.detected),
        "acknowledgement": _spans(them, them.detected, them.acknowledged),
        "response": _spans(them, them.reported, them.responding),
        "restoration": _spans(them, them.occurred, them.restored),
    }


def _spans(them: Ledger, begin: Ints, end: Ints) -> Spans:
    known = (begin != NEVER) & (end != NEVER)
    error = known & (end < begin)
    right = known & ~error
    seconds = np.sort(end[right] - begin[right]) / spans.MICROSECONDS
    return Spans(tuple(seconds.tolist()), len(them) - int(np.count_nonzero(known)), tuple(them.numbers(error)))


def bins(them: Ledger) -> tuple[Bin, ...]:
    """How long responses took. Those that have not begun, and negative ones, are in none."""
    right = (them.responding != NEVER) & (them.responding >= them.reported)
    places = np.flatnonzero(right)
    took = them.responding[places] - them.reported[places]
    ends = np.array([timedelta(minutes=edge) // ledger.MICROSECOND for edge in EDGES], dtype=np.int64)
    found = np.searchsorted(ends, took, side="left")
    marks = [*zip((0, *EDGES[:-1]), EDGES, strict=True), (EDGES[-1], None)]
    return tuple(Bin(above, upto, them.numbers(places[found == at])) for at, (above, upto) in enumerate(marks))


def _bars(
    them: Ledger, split: tuple[Bucket, ...], zone: tzinfo, responded: _Answers, restored: _Answers
) -> tuple[Bar, ...]:
    """A bar holds what was reported from its first midnight to the one after its last day, by the clocks of the zone."""
    edges = [ledger.moment(buckets.instants(each.first, each.last, zone)[0]) for each in split]
    end = ledger.moment(buckets.instants(split[0].first, split[-1].last, zone)[1])
    cuts = np.searchsorted(them.reported, np.array([*edges, end], dtype=np.int64))

    def sums(values: Ints | Mask) -> list[int]:
        """The sum of each bar: the incidents are in order, so it is a difference of running totals."""
        running = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
        found: list[int] = np.diff(running[cuts]).tolist()
        return found

    tiers = [sums(them.tier == tier) for tier in TIERS]
    response, restoration = ((sums(each.met), sums(each.breached)) for each in (responded, restored))
    users, tenths = sums(them.users), sums(them.tenths)
    return tuple(
        Bar(
            bucket,
            _tiers([tier[at] for tier in tiers]),
            Rate(response[0][at], response[0][at] + response[1][at], ALL_IN_TIME),
            Rate(restoration[0][at], restoration[0][at] + restoration[1][at], RESTORED),
            users[at],
            tenths[at] / 10,
        )
        for at, bucket in enumerate(split)
    )


def _tiers(counts: Sequence[int]) -> tuple[int, int, int, int]:
    first, second, third, fourth = counts
    return first, second, third, fourth
