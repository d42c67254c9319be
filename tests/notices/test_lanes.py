"""When lanes are through, as plain figures: each road has a queue of its own, lane after lane."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.messages.models import Lane
from command.notices.lanes import Waiting, ends, shared_out

pytestmark = pytest.mark.proves("B11", "D5")
RATES = {"smsc": Fraction(80), "backup": Fraction(8)}
waitings = st.lists(
    st.builds(Waiting, st.sampled_from(Lane), st.sampled_from(["smsc", "backup", None]), st.integers(1, 10_000))
)


def at(road: str, ahead: int, lane: Lane) -> Fraction:
    return RATES[road]


def test_a_road_that_carries_nothing_of_a_lane_makes_it_neither_faster_nor_slower() -> None:
    found = ends([Waiting(Lane.FIRST, "smsc", 800), Waiting(Lane.UPDATE, "backup", 8)], at)
    assert found == {Lane.FIRST: 10.0, Lane.UPDATE: 1.0}


def test_a_lane_is_through_when_the_slowest_of_its_roads_is_and_what_was_before_it_left_first() -> None:
    given = [Waiting(Lane.UPDATE, "smsc", 80), Waiting(Lane.FIRST, "smsc", 800), Waiting(Lane.FIRST, "backup", 400)]
    assert ends(given, at) == {Lane.FIRST: 50.0, Lane.UPDATE: 11.0}


@given(waitings)
def test_what_no_road_carries_has_no_end_and_all_else_ends_no_sooner_than_its_road_allows(found: list[Waiting]) -> None:
    ended = ends(found, at)
    for lane in {each.lane for each in found}:
        mine = [each for each in found if each.lane == lane]
        end = ended[lane]
        if any(each.road is None for each in mine):
            assert end is None
            continue
        upto = {
            road: sum(each.count for each in found if each.road == road and each.lane <= lane)
            for road in {each.road for each in mine}
        }
        assert end == float(max(Fraction(count) / RATES[str(road)] for road, count in upto.items()))


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**6), min_size=1, max_size=5))
def test_a_count_is_shared_out_without_a_loss(count: int, weights: list[int]) -> None:
    parts = shared_out(count, weights)
    assert sum(parts) == count and all(0 <= part <= count for part in parts)
