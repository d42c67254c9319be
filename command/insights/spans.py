"""Spans between two moments of many incidents: how many are known, mean, median and ninth decile. Pure.

A span that ends before it began is an error in the data: it is listed by number and left out of every figure, never made zero."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

MICROSECONDS = 1_000_000
"""In a second: spans are measured in whole ones."""


class Pair(NamedTuple):
    """The two moments of one incident; either may not be known."""

    number: str
    begin: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Spans:
    """Seconds. `unknown` incidents lack a moment; `errors` are the numbers of those whose span is negative."""

    seconds: tuple[float, ...]
    unknown: int
    errors: tuple[str, ...]

    @property
    def mean(self) -> float | None:
        return sum(self.seconds) / len(self.seconds) if self.seconds else None

    @property
    def median(self) -> float | None:
        """The middle one; of an even number the mean of the middle two."""
        if not self.seconds:
            return None
        half = len(self.seconds) // 2
        return self.seconds[half] if len(self.seconds) % 2 else (self.seconds[half - 1] + self.seconds[half]) / 2

    @property
    def p90(self) -> float | None:
        """The smallest span that nine tenths do not exceed (nearest rank)."""
        return self.seconds[math.ceil(0.9 * len(self.seconds)) - 1] if self.seconds else None


def of(pairs: Iterable[Pair]) -> Spans:
    """The spans of incidents, shortest first."""
    seconds: list[float] = []
    unknown, errors = 0, []
    for number, begin, end in pairs:
        if begin is None or end is None:
            unknown += 1
        elif end < begin:
            errors.append(number)
        else:
            seconds.append((end - begin).total_seconds())
    return Spans(tuple(sorted(seconds)), unknown, tuple(errors))
