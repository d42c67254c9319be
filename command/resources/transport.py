"""The best assignment where pieces are too many to be placed one by one: pieces that are alike are moved together. Pure, and as exact.

Tier by tier as many places as possible are filled (and as few as possible emptied), each time among the ways that were best so far; at last
the time. Two tiers are done at once: a piece of the higher outweighs all of the lower. Every such problem has a best way in whole pieces,
and a simplex finds one of these."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

Costs = NDArray[np.float64]
Counts = NDArray[np.int64]
_WHOLE = 1e-4
"""How far from a whole number a count may be by rounding."""


class NotSolved(ArithmeticError):
    """The figures were too many or too large for the solver."""


@dataclass(frozen=True, slots=True)
class Side:
    """Needs or supplies: pieces of each, and its tier (0: free pieces, that no tier loses)."""

    pieces: Sequence[int]
    tiers: Sequence[int]


def solve(times: Costs, needs: Side, supplies: Side) -> Counts:
    """Pieces from each supply (column) to each need (row). `times` are infinite where a pair cannot be. Raise NotSolved."""
    rows = _alike(times, needs)
    columns = _alike(times.T, supplies)
    small = times[np.ix_([group[0] for group in rows], [group[0] for group in columns])]
    found = _best(small, _sums(needs, rows), _sums(supplies, columns))
    return _spread(found, rows, columns, needs, supplies)


def _alike(times: Costs, side: Side) -> list[list[int]]:
    """Rows of the same tier and times, together."""
    groups: dict[tuple[int, bytes], list[int]] = {}
    for at, row in enumerate(times):
        groups.setdefault((side.tiers[at], row.tobytes()), []).append(at)
    return list(groups.values())


def _sums(side: Side, groups: Sequence[Sequence[int]]) -> Side:
    return Side([sum(side.pieces[at] for at in group) for group in groups], [side.tiers[group[0]] for group in groups])


def _best(times: Costs, needs: Side, supplies: Side) -> Counts:
    """The same for needs and supplies that differ from each other."""
    row, column = np.nonzero(np.isfinite(times))
    counts: Counts = np.zeros(times.shape, dtype=np.int64)
    if not len(row):
        return counts
    ways = np.arange(len(row))
    ones = np.ones(len(row))
    limits = vstack(
        [
            csr_array((ones, (row, ways)), shape=(len(times), len(row))),
            csr_array((ones, (column, ways)), shape=(times.shape[1], len(row))),
        ]
    )
    most = np.array([*needs.pieces, *supplies.pieces], dtype=float)
    given, taken = np.array(needs.tiers)[row], np.array(supplies.tiers)[column]
    tiers = sorted({*needs.tiers, *supplies.tiers} - {0})
    gains = [(taken == tier).astype(float) - (given == tier) for tier in tiers]
    weight = 2.0 * sum(needs.pieces) + 1
    for pair in (gains[at : at + 2] for at in range(0, len(gains), 2)):
        found = _least(pair[0] * weight + pair[1] if len(pair) > 1 else pair[0], limits, most)
        limits = vstack([limits, csr_array(np.array(pair))])
        most = np.append(most, [gain @ found for gain in pair])
    counts[row, column] = _least(times[row, column], limits, most)
    return counts


def _least(costs: Costs, limits: csr_array, most: Costs) -> Counts:
    found = linprog(costs, A_ub=limits, b_ub=most, bounds=(0, None), method="highs-ds")
    if found.status != 0 or np.abs(found.x - np.rint(found.x)).max() > _WHOLE:
        raise NotSolved(found.message)
    whole: Counts = np.rint(found.x).astype(np.int64)
    return whole


def _spread(
    found: Counts, rows: Sequence[Sequence[int]], columns: Sequence[Sequence[int]], needs: Side, supplies: Side
) -> Counts:
    """From groups back to each: the first of a group is served first, and gives first."""
    wanted, offered = list(needs.pieces), list(supplies.pieces)
    made: Counts = np.zeros((len(wanted), len(offered)), dtype=np.int64)
    for at_row, at_column in zip(*np.nonzero(found), strict=True):
        left = int(found[at_row, at_column])
        for need in rows[at_row]:
            for supply in columns[at_column]:
                moved = min(left, wanted[need], offered[supply])
                if moved:
                    made[need, supply] += moved
                    wanted[need], offered[supply], left = wanted[need] - moved, offered[supply] - moved, left - moved
    return made
