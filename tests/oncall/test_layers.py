"""Layers, windows, leave and overrides: one holder at each instant, the preview is what runs, in every zone and across every change of
the clock."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from command.oncall.duties.layers import (
    BadWindow,
    Duty,
    Layer,
    Leave,
    OverlappingOverrides,
    Override,
    Span,
    Window,
    gaps,
    holder,
    layer_holder,
    spans,
)
from command.oncall.duties.rotation import Rotation
from tests.oncall.test_rotation import ZONES, utc

pytestmark = pytest.mark.proves("R28")

WORKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))


def daily(zone: str = "Asia/Shanghai", members: tuple[int, ...] = (1, 2, 3), at: time = time(9)) -> Rotation:
    return Rotation(members, date(2026, 1, 5), at, zone, period_days=1)


def shanghai(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Asia/Shanghai"))  # type: ignore[misc,arg-type]


def test_the_night_shift_holds_the_nights_and_the_day_shift_the_days() -> None:
    duty = Duty(
        (
            Layer(daily(members=(1,)), (Window(EVERY_DAY, time(8), time(20)),)),
            Layer(daily(members=(9,)), (Window(EVERY_DAY, time(20), time(8)),)),
        )
    )
    assert holder(duty, shanghai(2026, 3, 4, 19, 59, 59)) == 1
    assert holder(duty, shanghai(2026, 3, 4, 20)) == 9
    assert holder(duty, shanghai(2026, 3, 5, 7, 59, 59)) == 9
    assert holder(duty, shanghai(2026, 3, 5, 8)) == 1
    assert gaps(spans(duty, shanghai(2026, 1, 1), shanghai(2027, 1, 1))) == []


def test_the_sun_is_followed_from_shanghai_to_berlin_to_new_york() -> None:
    def office(zone: str, member: int, start: int, end: int) -> Layer:
        return Layer(daily(zone, (member,)), (Window(EVERY_DAY, time(start), time(end)),))

    duty = Duty(
        (office("America/New_York", 3, 9, 21), office("Europe/Berlin", 2, 8, 18), office("Asia/Shanghai", 1, 9, 17))
    )
    day = spans(duty, utc(2026, 7, 1, 1), utc(2026, 7, 2, 1))
    assert [span.member for span in day] == [1, 2, 3]
    assert gaps(day) == []


def test_a_friday_night_belongs_to_the_friday() -> None:
    layer = Layer(daily(members=(1,)), (Window(frozenset({4}), time(22), time(6)),))
    held = spans(Duty((layer,)), shanghai(2026, 3, 2), shanghai(2026, 3, 9))
    friday = Span(1, 0, shanghai(2026, 3, 6, 22).astimezone(UTC), shanghai(2026, 3, 7, 6).astimezone(UTC))
    assert [span for span in held if span.member is not None] == [friday]


def test_working_hours_leave_the_nights_and_the_weekend_to_nobody_and_that_is_said() -> None:
    layer = Layer(daily(), (Window(WORKDAYS, time(9), time(17)),))
    free = gaps(spans(Duty((layer,)), shanghai(2026, 3, 2, 9), shanghai(2026, 3, 9, 9)))
    assert len(free) == 5
    assert max(gap.end - gap.start for gap in free) == timedelta(hours=64)


def test_an_override_holds_the_duty_to_the_second() -> None:
    begin, end = shanghai(2026, 3, 4, 3), shanghai(2026, 3, 4, 5)
    duty = Duty((Layer(daily()),), (Override(77, begin, end),))
    assert holder(duty, begin - timedelta(seconds=1)) != 77
    assert holder(duty, begin) == holder(duty, end - timedelta(seconds=1)) == 77
    assert holder(duty, end) != 77


def test_whoever_is_away_is_passed_over_and_comes_back_to_their_own_turn() -> None:
    away = Leave(2, shanghai(2026, 1, 6), shanghai(2026, 1, 8))
    duty = Duty((Layer(daily()),), (), (away,))
    noons = [holder(duty, shanghai(2026, 1, day, 12)) for day in (5, 6, 7, 8, 9)]
    assert noons == [1, 3, 3, 1, 2]


def test_when_all_are_away_it_is_a_gap() -> None:
    leave = tuple(Leave(member, utc(2026, 1, 6), utc(2026, 1, 7)) for member in (1, 2, 3))
    held = spans(Duty((Layer(daily()),), (), leave), utc(2026, 1, 5), utc(2026, 1, 8))
    assert [(gap.start, gap.end) for gap in gaps(held)] == [(utc(2026, 1, 6), utc(2026, 1, 7))]


def test_two_overrides_at_once_are_refused() -> None:
    with pytest.raises(OverlappingOverrides, match="begins at 2026-01-02"):
        Duty((), (Override(1, utc(2026, 1, 1), utc(2026, 1, 3)), Override(2, utc(2026, 1, 2), utc(2026, 1, 4))))


@pytest.mark.parametrize("days", [frozenset[int](), frozenset({7})])
def test_a_window_of_no_day_is_refused(days: frozenset[int]) -> None:
    with pytest.raises(BadWindow, match="days"):
        Window(days, time(9), time(17))


rotations = st.builds(
    lambda members, starts, handover, zone, days: Rotation(members, starts, handover, zone, period_days=days),
    st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True).map(tuple),
    st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    st.times().map(lambda at: at.replace(microsecond=0)),
    st.sampled_from(ZONES),
    st.integers(1, 9),
)
clock_times = st.times().map(lambda at: at.replace(microsecond=0, second=0))
windows = st.builds(Window, st.sets(st.integers(0, 6), min_size=1).map(frozenset), clock_times, clock_times)
layers = st.builds(Layer, rotations, st.lists(windows, max_size=2).map(tuple))
instants = st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@st.composite
def duties(draw: st.DrawFn) -> tuple[Duty, datetime, datetime]:
    """A duty and a time to look at it, with overrides and leave around that time."""
    start = draw(instants)
    end = start + timedelta(minutes=draw(st.integers(1, 60 * 24 * 30)))
    hours = st.integers(-48, 24 * 30)
    edges = sorted(draw(st.sets(hours, max_size=6)))
    overrides = tuple(
        Override(draw(st.integers(20, 29)), start + timedelta(hours=left), start + timedelta(hours=right))
        for left, right in list(pairwise(edges))[::2]
    )
    leave = tuple(
        Leave(draw(st.integers(1, 9)), start + timedelta(hours=begin), start + timedelta(hours=begin + length))
        for begin, length in draw(st.lists(st.tuples(hours, st.integers(1, 200)), max_size=3))
    )
    return Duty(tuple(draw(st.lists(layers, min_size=1, max_size=3))), overrides, leave), start, end


@settings(max_examples=40, deadline=None)
@given(duties())
def test_the_spans_follow_each_other_without_gap_or_overlap(case: tuple[Duty, datetime, datetime]) -> None:
    duty, start, end = case
    held = spans(duty, start, end)
    assert (held[0].start, held[-1].end) == (start, end)
    assert all(span.start < span.end for span in held)
    assert all(earlier.end == later.start for earlier, later in pairwise(held))
    assert all((a.member, a.layer) != (b.member, b.layer) for a, b in pairwise(held))


@settings(max_examples=40, deadline=None)
@given(duties(), st.lists(st.floats(0, 0.999), min_size=1, max_size=20))
def test_the_preview_says_who_will_be_called(case: tuple[Duty, datetime, datetime], parts: list[float]) -> None:
    duty, start, end = case
    held = spans(duty, start, end)
    for at in (start + (end - start) * part for part in parts):
        (span,) = [span for span in held if span.start <= at < span.end]
        assert span.member == holder(duty, at)
    for span in held:
        assert span.member == holder(duty, span.start) == holder(duty, span.end - timedelta(microseconds=1))


@settings(max_examples=40, deadline=None)
@given(layers, instants)
def test_a_layer_has_exactly_one_holder_inside_its_windows_and_none_outside(layer: Layer, start: datetime) -> None:
    zone = ZoneInfo(layer.rotation.zone)
    for span in spans(Duty((layer,)), start, start + timedelta(days=15)):
        middle = span.start + (span.end - span.start) / 2
        wall = middle.astimezone(zone)
        inside = not layer.windows or any(in_week(window, wall) for window in layer.windows)
        quiet = wall.utcoffset() == (wall - timedelta(days=1)).utcoffset() == (wall + timedelta(days=1)).utcoffset()
        if quiet:
            assert (span.member is not None) == inside
        assert layer_holder(layer, (), middle) == span.member


def in_week(window: Window, wall: datetime) -> bool:
    """A window as somebody reads it off the wall clock; true away from changes of the clock."""
    at, today = wall.time(), wall.weekday()
    if window.start < window.end:
        return today in window.days and window.start <= at < window.end
    began_yesterday = (today - 1) % 7 in window.days and at < window.end
    return began_yesterday or (today in window.days and at >= window.start)
