"""Rates as a director reads them: of how many, against which target, and never rounded up. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["met", "missed", "none"]


@dataclass(frozen=True, slots=True)
class Rate:
    """`good` of `of`. The target is in tenths of a percent: 980 is 98 %."""

    good: int
    of: int
    target: int

    @property
    def tenths(self) -> int | None:
        """Tenths of a percent, rounded down: 97.96 % is 979. None where there is nothing to count."""
        return self.good * 1000 // self.of if self.of else None

    @property
    def verdict(self) -> Verdict:
        """Judged on the counts themselves, before any rounding."""
        if not self.of:
            return "none"
        return "met" if self.good * 1000 >= self.target * self.of else "missed"

    @property
    def percent(self) -> float | None:
        """For programs: the same tenths as a number."""
        return None if self.tenths is None else self.tenths / 10


def words(tenths: int | None) -> str:
    """97.9 %, 100 %; n/a for None. Only a whole hundred is written without its tenth."""
    if tenths is None:
        return "n/a"
    return "100 %" if tenths == 1000 else f"{tenths // 10}.{tenths % 10} %"


def total(rates: Iterable[Rate], target: int) -> Rate:
    """Several rates as one: counts are added, never percentages."""
    found = list(rates)
    return Rate(sum(rate.good for rate in found), sum(rate.of for rate in found), target)


def part(good: float, of: float) -> int | None:
    """A share in tenths of a percent, rounded down; None without a whole."""
    return int(good * 1000 // of) if of else None
