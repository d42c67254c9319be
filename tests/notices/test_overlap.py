"""Two outages that overlap: whoever was told of one hears no first notice of the other, and the end from whichever lasts longest."""

from pathlib import Path

import pytest

from command.messages.models import State
from tests.conftest import Time
from tests.notices.house import House
from tests.notices.policies import written


@pytest.mark.proves("B12", "I8")
def test_whoever_is_told_already_gets_no_second_first_notice_and_one_all_clear(house: House) -> None:
    house.fail([1, 2])
    house.first()
    house.fan_out()
    house.land()
    house.fail([2, 3], incident=2)
    second = house.first(2)
    assert house.notice(second).audience == house.each
    house.fan_out()
    house.land()
    assert house.people(second) == house.on(3)
    house.fail([])
    clear = house.heal()
    house.fan_out()
    house.land()
    assert house.people(clear or 0) == house.on(1)
    house.fail([], incident=2)
    last = house.heal(2)
    house.fan_out()
    assert house.people(last or 0) == house.on(2, 3)
    assert house.tally_is_true()


def test_what_the_second_ends_first_it_does_not_tell(house: House) -> None:
    house.fail([1])
    house.first()
    house.fan_out()
    house.land()
    house.fail([1], incident=2)
    house.first(2)
    house.fan_out()
    house.fail([], incident=2)
    clear = house.heal(2)
    house.fan_out()
    assert clear is None or house.people(clear) == set()
    house.fail([])
    own = house.heal()
    house.fan_out()
    assert house.people(own or 0) == house.on(1)


def test_a_notice_of_long_ago_does_not_serve_for_the_other(house: House, time: Time) -> None:
    house.fail([1])
    house.first()
    house.fan_out()
    house.land()
    time.forward(minutes=121)
    house.fail([1], incident=2)
    second = house.first(2)
    house.fan_out()
    assert house.people(second) == house.on(1)


def test_somebody_whose_message_failed_is_told_by_the_other(house: House) -> None:
    house.fail([1])
    house.first()
    house.fan_out()
    house.land(state="failed")  # type: ignore[arg-type]
    house.fail([1], incident=2)
    second = house.first(2)
    house.fan_out()
    assert house.people(second) == house.on(1)


@pytest.mark.proves("I3")
def test_an_exercise_never_keeps_anybody_from_a_real_notice(house: House) -> None:
    house.fail([1], exercise=True)
    house.first(exercise=True)
    house.fan_out()
    house.land()
    house.fail([1], incident=2)
    second = house.first(2)
    house.fan_out()
    assert house.people(second) == house.on(1)


def test_where_the_policy_merges_nothing_each_incident_tells_all_it_cuts_off(house: House, tmp_path: Path) -> None:
    own = {"notices": written(tmp_path, overlap={"merge": False})}
    house.database.info["settings"] = house.installation.settings.model_copy(update=own)
    house.fail([1])
    house.first()
    house.fan_out()
    house.land()
    house.fail([1], incident=2)
    second = house.first(2)
    house.fan_out()
    assert house.people(second) == house.on(1)


@pytest.mark.proves("B12")
def test_who_was_to_hear_of_an_outage_that_ended_first_hears_of_the_other(house: House) -> None:
    house.fail([1])
    first = house.first()
    house.fan_out()
    house.fail([1], incident=2)
    second = house.first(2)
    house.fan_out()
    assert house.people(second) == set()
    house.fail([])
    house.heal()
    house.fan_out()
    assert house.people(first, State.WITHDRAWN) == house.on(1)
    assert house.people(second) == house.on(1)
    assert house.tally_is_true()


def test_both_end_at_once_and_everybody_told_hears_it_once(house: House) -> None:
    house.fail([1])
    house.first()
    house.fan_out()
    house.land()
    house.fail([1], incident=2)
    house.first(2)
    house.fan_out()
    house.fail([])
    house.fail([], incident=2)
    clears = [house.heal(), house.heal(2)]
    house.fan_out()
    told = [person for clear in clears if clear for person in house.people(clear)]
    assert sorted(told) == sorted(house.on(1))
