"""Who gets what, across all incidents: the plan that serves the highest tiers first, and of those the one with the least total time to
arrive. Pure: a plan changes nothing, and says what it takes from whom.

Each resource (generators, crews of one kind …) is a problem of its own: an assignment of pieces to places, solved exactly. Leaving a place
of a tier empty costs more than all that lower tiers and travel could cost together, so no lower tier ever outweighs a higher one. Where
pieces are many (litres of fuel), those that are alike are moved together, see `transport`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from command.resources import transport
from command.resources.transport import Side

TIERS = (1, 2, 3, 4)
LONGEST = 7 * 24 * 60
"""Minutes; what takes longer to arrive is no help and is left out."""
EXACT = 2**53
"""Whole numbers up to this are exact as floats."""
_FINE = 4
"""Parts of a minute that costs are counted in: of two that arrive together, the less capable goes."""
_CAN_NOT = float("inf")
MANY, MANY_PAIRS = 500, 200_000
"""Places, and pairs of places and pieces, up to which each piece is placed by itself."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a request still lacks: `quantity` pieces of a resource, of capability `type` 1 (most capable) to 4 or better, for an incident
    of `tier`."""

    id: int
    resource: int
    tier: int
    type: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Supply:
    """Pieces that can go: one unit, or `quantity` of a stock. `taken_for` is the tier of the incident that has them now (None: they are
    free); only a higher tier may take them from it."""

    id: int
    resource: int
    type: int
    quantity: int
    taken_for: int | None = None


@dataclass(frozen=True, slots=True)
class Gift:
    """`quantity` pieces of a supply for a need, there in `minutes`. `preempts` is the tier of the incident that would lose them."""

    need: int
    supply: int
    quantity: int
    minutes: float
    preempts: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Gifts by need and time, and the pieces that no supply can give, by need."""

    gifts: tuple[Gift, ...]
    lacking: Mapping[int, int]

    @property
    def minutes(self) -> float:
        """The sum of all times to arrive, one a piece."""
        return sum(gift.minutes * gift.quantity for gift in self.gifts)


def plan(needs: Sequence[Need], supplies: Sequence[Supply], minutes: Mapping[tuple[int, int], float]) -> Plan:
    """The best plan. `minutes` gives (need, supply) the time to arrive; a pair without one cannot be. The same input gives the same plan.

    Raise transport.NotSolved where figures are beyond the solver."""
    gifts: list[Gift] = []
    lacking: dict[int, int] = {}
    for resource in sorted({need.resource for need in needs}):
        wanted = sorted((n for n in needs if n.resource == resource and n.quantity), key=lambda n: (n.tier, n.id))
        offered = sorted((s for s in supplies if s.resource == resource and s.quantity), key=lambda s: s.id)
        given = _solved(wanted, offered, minutes)
        gifts += given
        for need in wanted:
            left = need.quantity - sum(gift.quantity for gift in given if gift.need == need.id)
            if left:
                lacking[need.id] = left
    return Plan(tuple(gifts), lacking)


def _solved(needs: Sequence[Need], supplies: Sequence[Supply], minutes: Mapping[tuple[int, int], float]) -> list[Gift]:
    """One resource: piece by piece where pieces are few, otherwise those that are alike together."""
    times = _times(needs, supplies, minutes)
    counts = _one_by_one(needs, supplies, times)
    if counts is None:
        counts = _together(needs, supplies, times)
    return [_gift(needs[n], supplies[s], count, minutes) for (n, s), count in sorted(counts.items())]


def _together(
    needs: Sequence[Need], supplies: Sequence[Supply], times: NDArray[np.float64]
) -> dict[tuple[int, int], int]:
    wanted = Side([each.quantity for each in needs], [each.tier for each in needs])
    offered = Side([each.quantity for each in supplies], [each.taken_for or 0 for each in supplies])
    found = transport.solve(times, wanted, offered)
    rows, columns = np.nonzero(found)
    return {(n, s): int(found[n, s]) for n, s in zip(rows.tolist(), columns.tolist(), strict=True)}


def _one_by_one(
    needs: Sequence[Need], supplies: Sequence[Supply], times: NDArray[np.float64]
) -> dict[tuple[int, int], int] | None:
    """Every need a row for each of its pieces, every supply a column for each of its own, and a column for each row to go empty. None
    where they are too many to be told apart exactly, or quickly."""
    places = [at for at, need in enumerate(needs) for _ in range(min(need.quantity, MANY + 1))]
    pieces = [at for at, supply in enumerate(supplies) for _ in range(min(supply.quantity, len(places), MANY + 1))]
    if len(places) > MANY or len(places) * len(pieces) > MANY_PAIRS:
        return None
    price = _prices(needs, [supplies[at] for at in pieces])
    if price is None:
        return None
    empty = np.full((len(places), len(places)), _CAN_NOT)
    np.fill_diagonal(empty, [price[needs[at].tier] for at in places])
    lost = np.array([price[each.taken_for] if each.taken_for is not None else 0 for each in supplies])
    costs = np.hstack([(times + lost)[np.ix_(places, pieces)], empty]) if pieces else empty
    rows, columns = linear_sum_assignment(costs)
    counts: dict[tuple[int, int], int] = {}
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if column < len(pieces):
            pair = places[row], pieces[column]
            counts[pair] = counts.get(pair, 0) + 1
    return counts


def _gift(need: Need, supply: Supply, count: int, minutes: Mapping[tuple[int, int], float]) -> Gift:
    return Gift(need.id, supply.id, count, minutes[need.id, supply.id], supply.taken_for)


def _prices(needs: Sequence[Need], pieces: Sequence[Supply]) -> dict[int, int] | None:
    """What an empty place of each tier costs: more than every lower tier's places and all travel together. None where that is no exact
    figure any more."""
    count = {tier: sum(need.quantity for need in needs if need.tier == tier) for tier in TIERS}
    for piece in pieces:
        if piece.taken_for is not None:
            count[piece.taken_for] += 1
    travel = sum(count.values()) * (LONGEST + 1) * _FINE
    price: dict[int, int] = {}
    for tier in reversed(TIERS):
        price[tier] = travel + 1 + sum(count[lower] * price[lower] for lower in price)
    return price if price[1] + travel <= EXACT else None


def _times(
    needs: Sequence[Need], supplies: Sequence[Supply], minutes: Mapping[tuple[int, int], float]
) -> NDArray[np.float64]:
    """How long a supply (column) takes to a need (row), in parts of a minute; never, where it cannot go or may not be taken."""
    made = np.full((len(needs), len(supplies)), _CAN_NOT)
    for row, need in enumerate(needs):
        for column, supply in enumerate(supplies):
            takes = minutes.get((need.id, supply.id))
            if takes is None or takes > LONGEST or supply.type > need.type:
                continue
            if supply.taken_for is not None and supply.taken_for <= need.tier:
                continue
            made[row, column] = round(takes * _FINE) + min(need.type - supply.type, _FINE - 1)
    return made
