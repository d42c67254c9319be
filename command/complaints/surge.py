"""When complaints are a surge: counts of a window against the same minutes of earlier weeks. Pure.

A cell is a kind with where and what it is about; a key is one way to look at it (a kind in a county, of a tariff plan …). One wave of
complaints shows under many keys; it is proposed under one, the likeliest, and what that explains is taken out before the rest is
looked at."""

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from command.complaints.rules import Dimension, SurgeRule

NEAR = 0.8
"""A key with at least so much of the largest count may be the cause as well: the kind's own order of dimensions decides."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What some complaints have in common; None or empty where it is not known."""

    kind: str
    county: int | None = None
    prefecture: int | None = None
    service: int | None = None
    plan: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A kind of complaint by one dimension; `value` is an area's or service's id, or the name of a plan, as text."""

    kind: str
    dimension: Dimension
    value: str

    def holds(self, cell: Cell) -> bool:
        """Whether a cell's complaints count under this key."""
        return cell.kind == self.kind and value_of(cell, self.dimension) == self.value


@dataclass(frozen=True, slots=True)
class Found:
    """A surge: how many there are, from how many on it is one, what the weeks before had (None: too few records)."""

    key: Key
    count: int
    threshold: int
    expected: float | None


def value_of(cell: Cell, dimension: Dimension) -> str:
    """A cell's place in a dimension as text; empty where it is not known."""
    value = getattr(cell, dimension)
    return "" if value is None else str(value)


def threshold(weeks: Sequence[int], rule: SurgeRule) -> int:
    """From how many complaints a window is a surge, by the counts of the same window in earlier weeks. More before never lowers it."""
    if len(weeks) < rule.least_weeks:
        return rule.absolute
    return max(rule.minimum, math.ceil(rule.ratio * sum(weeks) / len(weeks)))


def counted(cells: Mapping[Cell, int], key: Key) -> int:
    """Complaints under a key."""
    return sum(count for cell, count in cells.items() if key.holds(cell))


def find(
    now: Mapping[Cell, int],
    weeks: Sequence[Mapping[Cell, int]],
    known: Collection[Key],
    rule: SurgeRule,
    order: Callable[[str], Sequence[Dimension]],
) -> list[Found]:
    """The surges in `now` that no `known` key explains, the largest first. `order` gives a kind's dimensions, the likeliest first."""
    left = {cell: count for cell, count in now.items() if not any(key.holds(cell) for key in known)}
    found: list[Found] = []
    while (best := _best(left, weeks, rule, order)) is not None:
        found.append(best)
        left = {cell: count for cell, count in left.items() if not best.key.holds(cell)}
    return found


def _best(
    cells: Mapping[Cell, int],
    weeks: Sequence[Mapping[Cell, int]],
    rule: SurgeRule,
    order: Callable[[str], Sequence[Dimension]],
) -> Found | None:
    totals: Counter[Key] = Counter()
    for cell, count in cells.items():
        for dimension in order(cell.kind):
            if value := value_of(cell, dimension):
                totals[Key(cell.kind, dimension, value)] += count
    over = [judged for key, count in totals.items() if (judged := judge(key, count, weeks, rule)) is not None]
    if not over:
        return None
    most = max(each.count for each in over)
    near = [each for each in over if each.count >= NEAR * most]
    return min(near, key=lambda e: (list(order(e.key.kind)).index(e.key.dimension), -e.count, e.key))


def judge(key: Key, count: int, weeks: Sequence[Mapping[Cell, int]], rule: SurgeRule) -> Found | None:
    """The surge that a count under a key is; None where it is none."""
    before = [counted(week, key) for week in weeks]
    limit = threshold(before, rule)
    expected = sum(before) / len(before) if len(before) >= rule.least_weeks else None
    return Found(key, count, limit, expected) if count >= limit else None
