"""What points say of a series: pure, on times without a clock."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from command.measurements import chart
from command.measurements.course import Measured, Rule, back_since, bad_since, judge

START = datetime(2026, 11, 27, tzinfo=UTC)
RATE = Rule(
    below=True, warn=90, bad=80, recover=95, bad_minutes=5, recover_minutes=10, gap_minutes=3, none_at=100, all_at=0
)
DELAY = Rule(
    below=False, warn=80, bad=100, recover=50, bad_minutes=5, recover_minutes=10, gap_minutes=3, none_at=50, all_at=250
)


def points(*values: tuple[float, float]) -> list[Measured]:
    return [Measured(START + timedelta(minutes=minute), value) for minute, value in values]


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def test_it_is_bad_after_its_minutes_and_not_a_moment_before() -> None:
    run = points(*((minute, 60) for minute in range(6)))
    assert bad_since(run, RATE, at(5)) == START
    assert bad_since(run[:-1], RATE, at(4)) is None
    assert judge("good", run[:-1], RATE, at(4)).state == "good"


def test_a_gap_is_no_evidence_of_recovery() -> None:
    whole = points(*((minute, 97) for minute in range(11)))
    assert back_since(whole, RATE, at(10)) == START
    holed = [point for point in whole if point.at not in (at(4), at(5), at(6))]
    assert back_since(holed, RATE, at(10)) is None
    assert back_since(whole, RATE, at(14)) is None, "and neither is silence after it"


def test_between_the_thresholds_it_stays_as_it_was() -> None:
    between = points(*((minute, 88) for minute in range(30)))
    assert judge("bad", between, RATE, at(29)).state == "bad"
    assert judge("good", between, RATE, at(29)).state == "good"


def test_high_values_may_be_the_bad_ones() -> None:
    assert bad_since(points(*((minute, 100) for minute in range(6))), DELAY, at(5)) == START
    assert back_since(points(*((minute, 50) for minute in range(11))), DELAY, at(10)) == START
    assert [DELAY.share(value) for value in (20, 50, 150, 250, 900)] == [0, 0, 0.5, 1, 1]
    assert [RATE.share(value) for value in (100, 62, 0)] == [0, 0.38, 1]


@given(st.permutations(range(11)), st.integers(0, 10))
def test_one_bad_value_anywhere_in_the_run_forbids_recovery(order: list[int], wrong: int) -> None:
    run = sorted(points(*((minute, 70 if minute == wrong else 99) for minute in order)), key=lambda point: point.at)
    assert back_since(run, RATE, at(10)) is None


def test_a_chart_leaves_gaps_open_and_draws_the_thresholds() -> None:
    found = chart.draw(points((0, 99), (1, 98), (9, 70), (15, 60), (16, 61)), RATE, START, at(20))
    assert len(found.runs) == 2 and len(found.dots) == 1
    assert [(line.kind, line.named) for line in found.lines] == [("bad", True), ("recover", True), ("warn", False)]
    assert found.lines[1].y < found.lines[0].y, "higher values lie higher"
    assert chart.draw([], RATE, START, at(20)).runs == ()
