"""Quiet hours, by somebody's own clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.oncall.reach.undisturbed import until

ZONES = ("Asia/Shanghai", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe")
_times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def at(zone: ZoneInfo, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=zone)


def test_a_night_ends_in_the_morning_whichever_side_of_midnight_it_is() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    for moment in (at(zone, 25, 22), at(zone, 25, 23, 59), at(zone, 26, 0), at(zone, 26, 6, 59)):
        assert until(moment, time(22), time(7), zone) == at(zone, 26, 7)
    for moment in (at(zone, 25, 21, 59), at(zone, 26, 7), at(zone, 26, 12)):
        assert until(moment, time(22), time(7), zone) is None


def test_an_afternoon_is_within_one_day() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert until(at(zone, 25, 13), time(12), time(14), zone) == at(zone, 25, 14)
    assert until(at(zone, 25, 14), time(12), time(14), zone) is None


def test_an_hour_that_comes_twice_is_quiet_until_it_is_over() -> None:
    zone = ZoneInfo("Europe/Berlin")
    second = datetime(2026, 10, 25, 2, 15, tzinfo=zone, fold=1).astimezone(UTC)
    assert until(second, time(22), time(2, 30), zone) == second + timedelta(minutes=15)


@pytest.mark.proves("R4")
@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)), _times, _times, st.sampled_from(ZONES).map(ZoneInfo))
def test_the_end_is_after_the_moment_within_a_day_and_outside_of_the_hours(
    moment: datetime, start: time, end: time, zone: ZoneInfo
) -> None:
    instant = moment.replace(tzinfo=UTC)
    over = until(instant, start, end, zone)
    if over is not None and start != end:
        assert instant < over <= instant + timedelta(hours=26)
