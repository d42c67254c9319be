"""What is wrong with the duties ahead: times that nobody holds, and people who hold two duties at once. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations

from command.oncall.duties.layers import Span


class Kind(StrEnum):
    GAP = "gap"
    DOUBLE = "double"


@dataclass(frozen=True, slots=True)
class Flaw:
    """From `start` to `end` nobody holds `schedule` (an id), or `person` holds it and `other` too."""

    kind: Kind
    schedule: int
    start: datetime
    end: datetime
    person: int | None = None
    other: int | None = None


def flaws(held: Mapping[int, Sequence[Span]], since: datetime) -> list[Flaw]:
    """The flaws of several schedules (spans by id), the earliest first. What had begun by `since` already is left out: its true beginning
    is not known."""
    found = [flaw for flaw in (*_gaps(held), *_doubles(held)) if flaw.start > since]
    return sorted(found, key=lambda flaw: (flaw.start, flaw.schedule, flaw.kind, flaw.other or 0))


def _gaps(held: Mapping[int, Sequence[Span]]) -> Iterator[Flaw]:
    for schedule, spans in held.items():
        yield from (Flaw(Kind.GAP, schedule, span.start, span.end) for span in spans if span.member is None)


def _doubles(held: Mapping[int, Sequence[Span]]) -> Iterator[Flaw]:
    """Overlaps of one person's turns in two schedules, those that touch joined."""
    for one, two in combinations(sorted(held), 2):
        found: list[Flaw] = []
        for a in held[one]:
            for b in held[two]:
                start, end = max(a.start, b.start), min(a.end, b.end)
                if a.member is not None and a.member == b.member and start < end:
                    found.append(Flaw(Kind.DOUBLE, one, start, end, a.member, two))
        yield from _joined(found)


def _joined(found: Sequence[Flaw]) -> Iterator[Flaw]:
    last: Flaw | None = None
    for flaw in sorted(found, key=lambda each: each.start):
        if last is not None and (last.person, last.end) == (flaw.person, flaw.start):
            last = Flaw(Kind.DOUBLE, flaw.schedule, last.start, flaw.end, flaw.person, flaw.other)
            continue
        if last is not None:
            yield last
        last = flaw
    if last is not None:
        yield last
