"""A rotation has exactly one holder at every instant, in every zone, across every change of the clock."""

import os
import time as clock
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from command.oncall.duties.rotation import (
    BadHandover,
    NaiveInstant,
    NoMembers,
    Rotation,
    Shift,
    UnknownZone,
    on_duty,
    shifts,
)

pytestmark = pytest.mark.proves("R28")

ZONES = [
    "Asia/Shanghai",
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kolkata",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Asia/Kathmandu",
]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def weekly(zone: str = "Asia/Shanghai", at: time = time(9), members: tuple[int, ...] = (1, 2, 3)) -> Rotation:
    return Rotation(members, date(2026, 1, 5), at, zone, weekday=0)


rotations = st.builds(
    lambda members, starts, handover, zone, weeks, weekday: Rotation(
        members, starts, handover, zone, weekday=weekday, period_days=7 * weeks
    ),
    st.lists(st.integers(1, 99), min_size=1, max_size=5).map(tuple),
    st.dates(date(2005, 1, 1), date(2035, 1, 1)),
    st.times().map(lambda at: at.replace(microsecond=0)),
    st.sampled_from(ZONES),
    st.integers(1, 3),
    st.none() | st.integers(0, 6),
) | st.builds(
    lambda members, starts, handover, zone, days: Rotation(members, starts, handover, zone, period_days=days),
    st.lists(st.integers(1, 99), min_size=1, max_size=5).map(tuple),
    st.dates(date(2005, 1, 1), date(2035, 1, 1)),
    st.times().map(lambda at: at.replace(microsecond=0)),
    st.sampled_from(ZONES),
    st.integers(1, 10),
)
instants = st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


def test_the_duty_goes_to_the_next_member_each_monday_at_nine_in_shanghai() -> None:
    rotation = weekly()
    assert on_duty(rotation, utc(2026, 1, 5, 0, 59, 59)) == 3
    assert on_duty(rotation, utc(2026, 1, 5, 1)) == 1
    assert on_duty(rotation, utc(2026, 1, 12, 0, 59, 59)) == 1
    assert on_duty(rotation, utc(2026, 1, 12, 1)) == 2


def test_a_start_in_mid_week_waits_for_the_hand_over_day() -> None:
    rotation = Rotation((1, 2), date(2026, 1, 7), time(9), "Asia/Shanghai", weekday=0)
    assert rotation.first_day == date(2026, 1, 12)


def test_a_week_with_a_spring_change_lasts_an_hour_less() -> None:
    (shift,) = shifts(weekly("Europe/Berlin"), utc(2026, 3, 24), utc(2026, 3, 24, 1))
    assert shift == Shift(3, utc(2026, 3, 23, 8), utc(2026, 3, 30, 7))


def test_a_hand_over_in_the_gap_happens_when_the_gap_ends() -> None:
    daily = Rotation((1, 2), date(2026, 3, 28), time(2, 30), "Europe/Berlin", period_days=1)
    gap_ends = utc(2026, 3, 29, 1)
    assert on_duty(daily, gap_ends - timedelta(seconds=1)) == 1
    assert on_duty(daily, gap_ends) == 2


def test_a_hand_over_that_occurs_twice_happens_the_first_time_only() -> None:
    daily = Rotation((1, 2), date(2026, 10, 24), time(2, 30), "Europe/Berlin", period_days=1)
    first = utc(2026, 10, 25, 0, 30)
    assert [shift.start for shift in shifts(daily, first, first + timedelta(hours=20))] == [first]
    assert on_duty(daily, first - timedelta(seconds=1)) == 1
    assert on_duty(daily, first) == on_duty(daily, first + timedelta(hours=1)) == 2


def test_a_half_hour_gap_in_the_southern_spring_is_met_to_the_second() -> None:
    daily = Rotation((1, 2), date(2026, 10, 3), time(2, 10), "Australia/Lord_Howe", period_days=1)
    gap_ends = utc(2026, 10, 3, 15, 30)
    assert on_duty(daily, gap_ends - timedelta(seconds=1)) == 1
    assert on_duty(daily, gap_ends) == 2


def test_a_day_that_a_zone_left_out_has_no_shift_of_its_own() -> None:
    daily = Rotation((1, 2, 3), date(2011, 12, 29), time(0), "Pacific/Apia", period_days=1)
    held = shifts(daily, utc(2011, 12, 29, 12), utc(2011, 12, 31, 12))
    assert [shift.member for shift in held] == [1, 3, 1]
    assert all(earlier.end == later.start for earlier, later in pairwise(held))


@given(rotations, instants, st.integers(1, 60 * 24 * 40))
def test_shifts_follow_each_other_without_gap_or_overlap(rotation: Rotation, start: datetime, minutes: int) -> None:
    end = start + timedelta(minutes=minutes)
    held = shifts(rotation, start, end)
    assert held[0].start <= start < held[0].end
    assert held[-1].start < end <= held[-1].end
    assert all(shift.start < shift.end for shift in held)
    assert all(earlier.end == later.start for earlier, later in pairwise(held))


@given(rotations, instants)
def test_the_preview_says_what_the_hour_will_bring(rotation: Rotation, at: datetime) -> None:
    for shift in shifts(rotation, at, at + timedelta(days=21)):
        last = shift.end - timedelta(seconds=1)
        assert on_duty(rotation, shift.start) == on_duty(rotation, last) == shift.member


@given(rotations, instants)
def test_a_hand_over_happens_at_the_wall_time_asked_for_unless_the_clock_skips_it(
    rotation: Rotation, at: datetime
) -> None:
    zone = ZoneInfo(rotation.zone)
    for shift in shifts(rotation, at, at + timedelta(days=14)):
        wall = shift.start.astimezone(zone)
        just_before = (shift.start - timedelta(seconds=1)).astimezone(zone)
        a_gap_ends_here = wall.utcoffset() != just_before.utcoffset()
        assert wall.time() == rotation.handover or a_gap_ends_here


@pytest.fixture
def server_in_honolulu() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Pacific/Honolulu"
    clock.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    clock.tzset()


def test_the_server_s_own_zone_changes_nothing(server_in_honolulu: None) -> None:
    assert datetime.now().astimezone().utcoffset() == timedelta(hours=-10)
    assert on_duty(weekly(), utc(2026, 1, 5, 1)) == 1
    assert shifts(weekly(), utc(2026, 1, 6), utc(2026, 1, 7)) == [Shift(1, utc(2026, 1, 5, 1), utc(2026, 1, 12, 1))]


@settings(max_examples=30)
@given(rotations, instants, st.sampled_from(ZONES))
def test_an_instant_means_the_same_whatever_offset_it_is_written_in(
    rotation: Rotation, at: datetime, zone: str
) -> None:
    assert on_duty(rotation, at) == on_duty(rotation, at.astimezone(ZoneInfo(zone)))


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Asia"])
def test_an_unknown_zone_is_named(zone: str) -> None:
    with pytest.raises(UnknownZone, match=r"zone: .* is not an IANA time zone"):
        weekly(zone)


def test_a_rotation_of_nobody_is_refused() -> None:
    with pytest.raises(NoMembers, match="members"):
        weekly(members=())


def test_a_weekday_with_a_period_that_is_no_week_is_refused() -> None:
    with pytest.raises(BadHandover, match="weekday"):
        Rotation((1,), date(2026, 1, 5), time(9), "UTC", weekday=0, period_days=3)


@pytest.mark.parametrize("fault", [{"period_days": 0}, {"weekday": 7}, {"handover": time(9, tzinfo=UTC)}])
def test_a_hand_over_that_cannot_be_is_refused(fault: dict[str, object]) -> None:
    good: dict[str, object] = {
        "members": (1,),
        "starts": date(2026, 1, 5),
        "handover": time(9),
        "zone": "UTC",
    }
    with pytest.raises(BadHandover, match=next(iter(fault))):
        Rotation(**(good | fault))  # type: ignore[arg-type]


def test_an_instant_without_offset_is_refused() -> None:
    with pytest.raises(NaiveInstant, match="has no offset"):
        on_duty(weekly(), datetime(2026, 1, 5, 1))


def test_an_empty_window_has_no_shifts() -> None:
    assert shifts(weekly(), utc(2026, 1, 5), utc(2026, 1, 5)) == []
