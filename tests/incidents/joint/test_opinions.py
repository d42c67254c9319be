"""What follows from several views. Pure."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.incidents.joint.opinions import CAUSE_CLASSES, Opinion, disagreement, suggested

PLAIN = Opinion("network_fault", "medium", 3)


@pytest.mark.proves("R29")
@pytest.mark.parametrize(
    ("tiers", "tier"), [([], None), ([3], 3), ([2, 3], 2), ([2, 3, 3], 3), ([1, 3, 3, 3], 3), ([1, 2, 3, 4], 2)]
)
def test_the_middle_view_is_suggested_of_two_the_graver(tiers: list[int], tier: int | None) -> None:
    assert suggested([replace(PLAIN, tier=each) for each in tiers]) == tier


@given(st.lists(st.integers(1, 4), min_size=1))
def test_at_least_half_hold_the_suggested_tier_or_a_less_grave_one_too_low(tiers: list[int]) -> None:
    found = suggested([replace(PLAIN, tier=each) for each in tiers])
    assert found is not None
    assert sum(each <= found for each in tiers) * 2 >= len(tiers)
    assert sum(each >= found for each in tiers) * 2 >= len(tiers)


@pytest.mark.proves("R29")
def test_what_was_left_open_disagrees_with_nobody() -> None:
    one = replace(PLAIN, fault_class="hardware", users=100, areas=("8001",))
    assert disagreement([one, PLAIN]) == set()
    assert disagreement([one, replace(one, users=200)]) == set()
    assert disagreement([one, replace(one, users=201, areas=("8002",), tier=2)]) == {"users", "areas", "tier"}
    assert len(set(CAUSE_CLASSES)) == len(CAUSE_CLASSES)
