"""What a figure came to, against its target and against the period before. Pure."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from command.insights.rates import Rate, Verdict

Unit = Literal["percent", "availability", "seconds", "minutes", "hours", "count", "per_hundred", "score"]
Better = Literal["more", "less", "neither"]
Change = Literal["better", "worse", "same", "other", "none"]
Target = Literal["at_least", "at_most", "below"]

SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Measure:
    """`value` in the unit of its figure, None where there is nothing to count; of a rate it is percent, rounded down to tenths, and `good`
    of `of` are the counts it comes from. `more` is told beside it."""

    value: float | None = None
    good: int | None = None
    of: int | None = None
    more: Mapping[str, float | None] = field(default_factory=dict)


NOTHING = Measure()


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure has to reach. `value` is in its unit: 98.0 of a rate is 98 %."""

    value: float
    how: Target = "at_least"


def rate(good: int, of: int, **more: float | None) -> Measure:
    """So many of so many."""
    return Measure(Rate(good, of, 0).percent, good, of, more)


def spread(micros: Iterable[int | None]) -> Measure:
    """Spans in microseconds as seconds: the mean, with median and ninth decile (nearest rank) beside it. What is not known (None) is
    counted and left out, and so are negative ones: errors in the data, never made zero."""
    given = list(micros)
    numbers = sorted(each for each in given if each is not None)
    known = numbers[bisect_left(numbers, 0) :]
    more = {"known": len(known), "unknown": len(given) - len(numbers), "errors": len(numbers) - len(known)}
    if not known:
        return Measure(more={"median": None, "p90": None, **more})
    half = len(known) // 2
    median = known[half] if len(known) % 2 else (known[half - 1] + known[half]) / 2
    ninth = known[math.ceil(0.9 * len(known)) - 1]
    told = {"median": median / SECOND, "p90": ninth / SECOND, **more}
    return Measure(sum(known) / len(known) / SECOND, more=told)


def verdict(found: Measure, aim: Aim | None) -> Verdict:
    """Met or missed; none where there is no target or nothing to count. Rates are judged on their counts, before any rounding."""
    if found.value is None or aim is None:
        return "none"
    reached, wanted = found.value, aim.value
    if found.good is not None and found.of:
        reached, wanted = found.good * 1000, round(aim.value * 10) * found.of
    met = {"at_least": reached >= wanted, "at_most": reached <= wanted, "below": reached < wanted}[aim.how]
    return "met" if met else "missed"


def change(now: Measure, before: Measure | None, better: Better) -> Change:
    """How a figure moved since the period before, as shown; none where either has nothing to count."""
    if now.value is None or before is None or before.value is None:
        return "none"
    if now.value == before.value:
        return "same"
    if better == "neither":
        return "other"
    return "better" if (now.value > before.value) == (better == "more") else "worse"
