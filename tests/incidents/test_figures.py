"""From rows of impact to the facts that are graded."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.incidents.figures import Loss, Measures, Place, areas_hit, critical_losses, facts, user_minutes_at
from playbooks.schema import Kind

PLACES = {
    place.id: place
    for place in (
        Place(1, None, "country"),
        Place(2, 1, "province"),
        Place(3, 1, "province"),
        Place(21, 2, "prefecture"),
        Place(22, 2, "prefecture"),
        Place(211, 21, "county"),
        Place(212, 21, "county"),
        Place(221, 22, "county"),
        Place(31, 3, "prefecture"),
    )
}
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def lost(area: int, share: float = 1.0, service: str = "emergency", users: int = 10) -> Loss:
    return Loss(service, service == "emergency", area, users, share)


def test_an_area_is_hit_with_all_that_contain_it() -> None:
    assert areas_hit({211, 212}, PLACES) == {"county": 2, "prefecture": 1, "province": 1}


def test_the_country_is_hit_when_named_or_when_every_province_is() -> None:
    assert "country" not in areas_hit({211}, PLACES)
    assert areas_hit({211, 31}, PLACES)["country"] == 1
    assert areas_hit({1}, PLACES) == {"country": 1}


def test_losses_of_nobody_count_for_nothing() -> None:
    found = facts(Kind.network_fault, [lost(211, users=0)], PLACES, Measures(users=0))
    assert (found.areas, found.services, found.critical_services) == ({}, frozenset(), {})


@pytest.mark.proves("D1")
@pytest.mark.parametrize(
    ("losses", "level"),
    [
        ([lost(211, 0.94)], None),
        ([lost(211, 0.95)], "county"),
        ([lost(211), lost(212)], "prefecture"),
        ([lost(211), lost(212), lost(221)], "province"),
        ([lost(2)], "province"),
        ([lost(211, service="voice")], None),
    ],
)
def test_a_critical_service_is_lost_at_the_widest_level_of_which_all_have_lost_it(
    losses: list[Loss], level: str | None
) -> None:
    assert critical_losses(losses, PLACES).get("emergency") == level


def test_user_minutes_run_with_the_users_since_the_last_measure() -> None:
    assert user_minutes_at(50.0, 20, NOON, NOON + timedelta(minutes=30)) == 650.0
    assert user_minutes_at(50.0, 20, None, NOON) == 50.0


@given(
    users=st.lists(st.integers(0, 10**6), min_size=1, max_size=10),
    step=st.integers(1, 10**4),
)
def test_summing_up_at_every_change_is_the_sum_of_users_times_minutes(users: list[int], step: int) -> None:
    total, at = 0.0, NOON
    for count in users:
        after = at + timedelta(minutes=step)
        total = user_minutes_at(total, count, at, after)
        at = after
    assert total == pytest.approx(sum(users) * step)


def test_a_clock_that_goes_back_adds_nothing() -> None:
    assert user_minutes_at(50.0, 20, NOON, NOON - timedelta(minutes=5)) == 50.0
