"""The plan across incidents: the highest tiers first, then the least time; checked against trying every way on small cases."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from command.resources import assignment
from command.resources.assignment import LONGEST, Gift, Need, Plan, Supply, plan
from tests.pace import paced

CREW = 1


def need(id: int, tier: int, type: int = 4, quantity: int = 1) -> Need:
    return Need(id, CREW, tier, type, quantity)


def crew(id: int, type: int = 1, quantity: int = 1, taken_for: int | None = None) -> Supply:
    return Supply(id, CREW, type, quantity, taken_for)


def everywhere(needs: Sequence[Need], supplies: Sequence[Supply], minutes: float = 30) -> dict[tuple[int, int], float]:
    return {(n.id, s.id): minutes for n in needs for s in supplies}


@pytest.mark.proves("R11")
def test_one_crew_goes_to_the_higher_tier_however_far_that_is() -> None:
    needs, supplies = [need(1, tier=3), need(2, tier=1)], [crew(7)]
    made = plan(needs, supplies, {(1, 7): 5, (2, 7): 600})
    assert made == Plan((Gift(2, 7, 1, 600),), {1: 1})


@pytest.mark.proves("R11")
def test_of_two_crews_each_goes_where_the_sum_of_both_is_least() -> None:
    needs, supplies = [need(1, tier=2), need(2, tier=2)], [crew(7), crew(8)]
    made = plan(needs, supplies, {(1, 7): 10, (1, 8): 20, (2, 7): 15, (2, 8): 90})
    assert {(gift.need, gift.supply) for gift in made.gifts} == {(1, 8), (2, 7)}, (
        "the nearest for 1 would cost 2 an hour"
    )
    assert made.minutes == 35


def test_a_less_capable_one_does_not_do_and_of_equals_the_less_capable_goes() -> None:
    supplies = [crew(7, type=1), crew(8, type=2), crew(9, type=3)]
    made = plan([need(1, tier=2, type=2)], supplies, everywhere([need(1, 2)], supplies))
    assert [gift.supply for gift in made.gifts] == [8]


def test_a_stock_gives_several_and_what_is_lacking_is_counted() -> None:
    asked = [need(1, tier=2, quantity=5), need(2, tier=1, quantity=2)]
    supplies = [crew(7, quantity=3), crew(8, quantity=1)]
    made = plan(asked, supplies, {(1, 7): 10, (1, 8): 20, (2, 7): 10, (2, 8): 20})
    assert sum(gift.quantity for gift in made.gifts if gift.need == 2) == 2
    assert made.lacking == {1: 3}


@pytest.mark.proves("R11")
def test_what_a_lower_tier_has_is_taken_only_when_nothing_else_is_left() -> None:
    asked = [need(1, tier=1)]
    supplies = [crew(7, taken_for=3), crew(8)]
    assert plan(asked, supplies, {(1, 7): 1, (1, 8): 900}).gifts == (Gift(1, 8, 1, 900),)
    assert plan(asked, supplies[:1], {(1, 7): 1}).gifts == (Gift(1, 7, 1, 1, preempts=3),)
    for tier in (3, 4):
        assert plan([need(1, tier=tier)], supplies[:1], {(1, 7): 1}).gifts == (), "an equal or lower tier takes nothing"


def test_what_never_arrives_and_other_resources_are_left_out() -> None:
    other = Supply(9, 2, 1, 5)
    made = plan([need(1, tier=1)], [crew(7), other], {(1, 7): LONGEST + 1, (1, 9): 1})
    assert made == Plan((), {1: 1})
    assert plan([], [crew(7)], {}) == Plan((), {})


@pytest.mark.proves("R11")
def test_thousands_of_litres_are_planned_as_exactly() -> None:
    asked = [need(n, tier=n, quantity=3000) for n in (1, 2, 3, 4)]
    tanks = [crew(7, quantity=4000), crew(8, quantity=900, taken_for=4), crew(9, type=3, quantity=50_000)]
    minutes = everywhere(asked, tanks, 60) | {(1, 7): 90, (2, 7): 30}
    made = plan([Need(n.id, CREW, n.tier, 2, n.quantity) for n in asked], tanks, minutes)
    got = {n: sum(gift.quantity for gift in made.gifts if gift.need == n) for n in (1, 2, 3, 4)}
    assert got == {1: 3000, 2: 1900, 3: 0, 4: 0} and made.lacking == {2: 1100, 3: 3000, 4: 3000}
    assert {(g.need, g.supply): g.quantity for g in made.gifts} == {(1, 7): 2100, (1, 8): 900, (2, 7): 1900}


SMALL = st.integers(1, 3).flatmap(
    lambda n: st.tuples(
        st.lists(st.builds(need, st.just(0), st.integers(1, 4), st.integers(1, 4), st.integers(1, 2)), max_size=n),
        st.lists(
            st.builds(crew, st.just(0), st.integers(1, 4), st.integers(1, 2), st.none() | st.integers(1, 4)),
            max_size=3,
        ),
        st.lists(st.none() | st.integers(0, 40), min_size=9, max_size=9),
    )
)


@settings(deadline=None)
@given(SMALL)
def test_no_other_way_is_better(case: tuple[list[Need], list[Supply], list[int | None]]) -> None:
    needs = [Need(at + 1, n.resource, n.tier, n.type, n.quantity) for at, n in enumerate(case[0])]
    supplies = [Supply(at + 1, s.resource, s.type, s.quantity, s.taken_for) for at, s in enumerate(case[1])]
    given_minutes = dict(zip(product((1, 2, 3), (1, 2, 3)), case[2], strict=True))
    minutes = {pair: float(takes) for pair, takes in given_minutes.items() if takes is not None}
    made = plan(needs, supplies, minutes)
    assert _score(needs, supplies, minutes, _pieces(made)) == min(_all_ways(needs, supplies, minutes))


@given(SMALL)
def test_pieces_moved_together_are_placed_as_well_as_one_by_one(case: Any) -> None:
    needs = [Need(at + 1, n.resource, n.tier, n.type, n.quantity) for at, n in enumerate(case[0])]
    supplies = [Supply(at + 1, s.resource, s.type, s.quantity, s.taken_for) for at, s in enumerate(case[1])]
    given_minutes = dict(zip(product((1, 2, 3), (1, 2, 3)), case[2], strict=True))
    minutes = {pair: float(takes) for pair, takes in given_minutes.items() if takes is not None}
    apart = plan(needs, supplies, minutes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, "MANY", -1)
        together = plan(needs, supplies, minutes)
    scores = [_score(needs, supplies, minutes, _pieces(made)) for made in (apart, together)]
    assert scores[0] == scores[1]


def _pieces(made: Plan) -> list[tuple[int, int]]:
    return [(gift.need, gift.supply) for gift in made.gifts for _ in range(gift.quantity)]


def _score(
    needs: Sequence[Need],
    supplies: Sequence[Supply],
    minutes: Mapping[tuple[int, int], float],
    way: list[tuple[int, int]],
) -> tuple[float, ...]:
    """Places left empty or emptied, tier by tier; then the time; then capability wasted."""
    tier, by = {n.id: n for n in needs}, {s.id: s for s in supplies}
    empty = [0, 0, 0, 0]
    for each in needs:
        empty[each.tier - 1] += each.quantity
    for number, supply in way:
        empty[tier[number].tier - 1] -= 1
        if (taken := by[supply].taken_for) is not None:
            empty[taken - 1] += 1
    spare = sum(min(tier[n].type - by[s].type, 3) for n, s in way)
    return (*empty, sum(minutes[pair] for pair in way) + spare / 4)


def _all_ways(
    needs: Sequence[Need], supplies: Sequence[Supply], minutes: Mapping[tuple[int, int], float]
) -> list[tuple[float, ...]]:
    """The score of every allowed way."""
    places = [each for each in needs for _ in range(each.quantity)]
    found = []
    for choice in product([None, *supplies], repeat=len(places)):
        way = [(n, s) for n, s in zip(places, choice, strict=True) if s is not None]
        if any(sum(s.id == each.id for _, s in way) > each.quantity for each in supplies):
            continue
        if all(
            (n.id, s.id) in minutes and s.type <= n.type and (s.taken_for is None or s.taken_for > n.tier)
            for n, s in way
        ):
            found.append(_score(needs, supplies, minutes, [(n.id, s.id) for n, s in way]))
    return found


def test_two_hundred_requests_over_ten_thousand_units_take_under_three_seconds() -> None:
    asked = [Need(n, n % 20, 1 + n % 4, 1 + n % 4, 1 + n % 10) for n in range(200)]
    units = [Supply(n, n % 20, 1 + n % 4, 1, 3 if n % 9 == 0 else None) for n in range(10_000)]
    minutes = {
        (n.id, s.id): float((n.id * 7919 + s.id * 104_729) % 600)
        for n in asked
        for s in units
        if n.resource == s.resource
    }
    made: list[Plan] = []
    took = paced(lambda: made.append(plan(asked, units, minutes)))
    assert took < 3, took
    assert sum(gift.quantity for gift in made[0].gifts) == sum(each.quantity for each in asked)
