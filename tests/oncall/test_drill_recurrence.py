"""When drills are held and what they have shown: pure, so held against many days, zones and answers."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.oncall.paging.answers import code_of as page_code
from command.oncall.phone_drill import figures, recurrence
from command.oncall.phone_drill.calling import code_of
from command.oncall.phone_drill.drill_models import Every
from command.oncall.phone_drill.figures import Result
from command.oncall.phone_drill.recurrence import Rhythm

ZONES = [
    ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
]
rhythms = st.builds(
    Rhythm,
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES),
    st.sampled_from(list(Every)),
)
instants = st.datetimes(datetime(1999, 1, 1), datetime(2101, 1, 1), timezones=st.just(UTC))


def local(at: datetime, rhythm: Rhythm) -> datetime:
    return at.astimezone(rhythm.zone).replace(tzinfo=None)


@given(rhythms, instants)
def test_the_next_time_comes_after_and_nothing_lies_between(rhythm: Rhythm, at: datetime) -> None:
    found = recurrence.after(rhythm, at)
    if rhythm.every == Every.ONCE:
        first = recurrence.instant(rhythm.starts, rhythm.zone)
        assert found == (first if first > at else None)
        return
    assert found is not None and found > at
    assert found == recurrence.after(rhythm, found - timedelta(seconds=1))
    assert recurrence.ahead(rhythm, at + timedelta(microseconds=1), 1) == [found]
    longest = timedelta(days=8 if rhythm.every == Every.WEEKLY else 36)
    assert found - max(at, recurrence.instant(rhythm.starts, rhythm.zone)) <= longest


@given(rhythms, instants)
def test_it_keeps_the_wall_clock_and_the_weekday(rhythm: Rhythm, at: datetime) -> None:
    found = recurrence.after(rhythm, at)
    if found is None:
        return
    held = local(found, rhythm)
    skipped = recurrence.instant(held, rhythm.zone) != found or held.time() != rhythm.starts.time()
    moved = timedelta(hours=1)
    assert (
        not skipped
        or held - moved <= held.replace(hour=rhythm.starts.hour, minute=rhythm.starts.minute) <= held + moved
    )
    if not skipped and rhythm.every != Every.ONCE:
        assert held.weekday() == rhythm.starts.weekday()
    if not skipped and rhythm.every == Every.MONTHLY:
        week = (held.day - 1) // 7 + 1
        last = (held + timedelta(days=7)).month != held.month
        assert week == rhythm.week or (rhythm.week == 5 and last)


@given(rhythms)
def test_times_rise_and_begin_with_the_first(rhythm: Rhythm) -> None:
    first = recurrence.instant(rhythm.starts, rhythm.zone)
    times = recurrence.ahead(rhythm, first, 14)
    assert times[0] == first and times == sorted(set(times))
    assert len(times) == (1 if rhythm.every == Every.ONCE else 14)


def test_the_first_monday_of_each_month_at_ten_in_summer_and_winter() -> None:
    rhythm = Rhythm(datetime(2026, 12, 7, 10), ZoneInfo("Europe/Berlin"), Every.MONTHLY)
    times = recurrence.ahead(rhythm, recurrence.instant(rhythm.starts, rhythm.zone), 8)
    assert [f"{local(at, rhythm):%m-%d %H}" for at in times] == [
        *("12-07 10", "01-04 10", "02-01 10", "03-01 10", "04-05 10", "05-03 10", "06-07 10", "07-05 10"),
    ]
    assert (times[0].hour, times[-1].hour) == (9, 8)


def test_a_fifth_weekday_is_the_last() -> None:
    rhythm = Rhythm(datetime(2027, 1, 29, 9), ZoneInfo("UTC"), Every.MONTHLY)
    times = recurrence.ahead(rhythm, recurrence.instant(rhythm.starts, rhythm.zone), 4)
    assert [f"{at:%m-%d}" for at in times] == ["01-29", "02-26", "03-26", "04-30"]


def test_a_time_that_the_clock_skips_is_held_an_hour_later_and_one_that_comes_twice_the_first_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert recurrence.instant(datetime(2027, 3, 28, 2, 30), berlin) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert recurrence.instant(datetime(2027, 10, 31, 2, 30), berlin) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(("apart", "clashes"), [(0, True), (29, True), (30, False), (-29, True), (-30, False)])
def test_two_drills_clash_while_both_go_on(apart: int, clashes: bool) -> None:
    at = datetime(2026, 12, 7, 2, tzinfo=UTC)
    half = timedelta(minutes=30)
    assert (recurrence.clash([at], half, [at + timedelta(minutes=apart)], half) is not None) == clashes


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_no_code_of_a_drill_is_one_of_a_page(call_id: int, page_id: int) -> None:
    assert code_of(call_id) != page_code(page_id)
    assert len({code_of(call_id + n) for n in range(1000)}) == 1000


results = st.builds(
    Result, st.none() | st.floats(0, 90000), late=st.booleans(), delivered=st.booleans(), failed=st.booleans()
).map(lambda each: Result(each.seconds, each.late and each.seconds is not None, each.delivered, each.failed))


@given(st.lists(results, max_size=40))
def test_figures_add_up(people: list[Result]) -> None:
    found = figures.summary(people)
    assert found.people == len(people) and found.answered + found.late <= found.reached <= found.people
    assert found.reached + found.failed <= found.people
    assert sum(band.people for band in figures.bands(people)) == found.answered
    assert all(0 <= band.share <= 1 for band in figures.bands(people))
    if found.median is not None and found.slowest is not None:
        assert found.median <= found.slowest
    else:
        assert found.answered == 0


def test_shares_and_the_middle_of_response_times() -> None:
    found = figures.summary(
        [Result(30), Result(90), Result(600), Result(None, delivered=True), Result(None, failed=True)]
    )
    assert (found.reached_share, found.answered_share, found.median, found.slowest) == (0.8, 0.6, 90, 600)
    assert [band.people for band in figures.bands([Result(59), Result(60), Result(1800)])] == [1, 1, 0, 0, 0, 1]
    assert figures.summary([]).reached_share is None
