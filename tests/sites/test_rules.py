"""What is reckoned without a database: when a site falls, when sites were out, the order of restoration, hours on duty."""

from datetime import UTC, datetime, timedelta

import pytest

from command.sites import rules
from command.sites.hours import on_duty
from command.sites.outages import down, peak
from command.sites.power import Power, falls_at, lacks
from command.sites.priorities import Weight, marked, ordered, rank

TWO = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)


def at(hours: float) -> datetime:
    return TWO + timedelta(hours=hours)


def test_batteries_count_from_their_measurement_or_from_the_failure_of_the_mains() -> None:
    measured = Power(mains="off", since=TWO, battery_minutes=100, battery_at=at(0.5))
    fall = falls_at(measured, at(1))
    assert fall is not None and (fall.at, fall.by) == (at(0.5) + timedelta(minutes=100), "battery")
    before = Power(mains="off", since=TWO, battery_minutes=100, battery_at=at(-5))
    assert falls_at(before, TWO).at == TWO + timedelta(minutes=100)  # type: ignore[union-attr]
    planned = falls_at(Power(mains="off", since=TWO, by_design=240), TWO)
    assert planned is not None and (planned.at, planned.by, planned.measured_at) == (at(4), "design", None)


def test_a_running_generator_carries_a_site_until_fuel_and_then_batteries_end() -> None:
    running = Power("off", TWO, 60, TWO, "running", 5.5, at(1))
    fall = falls_at(running, at(1))
    assert fall is not None and (fall.at, fall.by) == (at(1 + 5.5 + 1), "fuel")
    standby = falls_at(Power("off", TWO, 60, TWO, "standby", 5.0, TWO), TWO)
    assert standby is not None and (standby.at, standby.with_generator) == (at(1), at(6)), "nobody has started it"


def test_nothing_is_predicted_where_the_mains_are_on_and_what_is_not_known_is_named() -> None:
    assert falls_at(Power(mains="on", battery_minutes=5, battery_at=TWO), at(9)) is None
    for power, wanting in (
        (Power(), "mains"),
        (Power(mains="on"), None),
        (Power(mains="off", since=TWO), "battery"),
        (Power(mains="off", since=TWO, generator="running"), "fuel"),
        (Power(mains="off", since=TWO, by_design=0), None),
    ):
        assert lacks(power) == wanting
        assert (falls_at(power, TWO) is None) == (wanting is not None or power.mains == "on")


def test_a_site_is_out_while_all_its_elements_are_cut_off() -> None:
    assert down([(at(0), at(3)), (at(1), None)], 2) == [(at(1), at(3))]
    assert down([(at(0), None), (at(1), at(2)), (at(4), None)], 2) == [(at(1), at(2)), (at(4), None)]
    assert down([(at(0), None)], 2) == []
    assert peak({1: [(at(0), at(2))], 2: [(at(2), None)], 3: [(at(1), at(3))]}) == 2
    assert peak({}) == 0


def test_emergency_numbers_hospitals_government_and_shelters_come_before_users() -> None:
    weights = {
        "many": Weight((), 9000, 0),
        "shelter": Weight(("shelter",), 5, 0),
        "hospital": Weight(("hospital", "government"), 5, 1),
        "calls": Weight(("emergency_numbers",), 1, 0),
        "few": Weight((), 10, 0),
        "given": Weight(("hospital",), 2, 0, given=True),
    }
    order = sorted(weights, key=lambda each: rank(weights[each]))
    assert order == ["calls", "given", "hospital", "shelter", "many", "few"]
    meaning = rules.sites().customers
    assert marked(("shelter",), {"hospital": 2, "bank": 1, "government": 0}, meaning) == (
        *("hospital", "shelter"),
        "critical_customer",
    )


def test_a_commander_moves_a_site_and_the_others_keep_their_order() -> None:
    assert ordered("abcd", {"d": 1}) == ["d", "a", "b", "c"]
    assert ordered("abcd", {"a": 3}) == ["b", "c", "a", "d"]
    assert ordered("abcd", {"a": 99, "b": 1}) == ["b", "c", "d", "a"]
    assert ordered("", {"x": 1}) == []


def test_duties_with_less_than_a_rest_between_them_are_one_stretch() -> None:
    rest = timedelta(hours=8)
    assert on_duty([(at(0), at(5)), (at(6), None)], at(10), rest) == timedelta(hours=9)
    assert on_duty([(at(0), at(5)), (at(13), None)], at(14), rest) == timedelta(hours=1)
    assert on_duty([(at(0), at(5))], at(14), rest) == timedelta()
    assert on_duty([(at(0), at(5)), (at(1), at(3))], at(6), rest) == timedelta(hours=5), "an hour counts once"
    assert on_duty([], TWO, rest) == timedelta()


@pytest.mark.parametrize("name", ["sites", "crews"])
def test_the_rules_that_ship_can_be_read(name: str) -> None:
    assert getattr(rules, name)()
