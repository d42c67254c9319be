"""What an alarm is depends on what was reported, never on the order or the number of times it arrived."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.alarms.dedupe import Change, Standing, State, fold, in_order, merge
from command.alarms.reports import Key, Report, Severity

KEY = Key("nms", "W1", "", "Down")
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def raised(minute: float, severity: str = "major", cleared: float | None = None) -> Report:
    return Report(KEY, Severity(severity), at(minute), None if cleared is None else at(cleared))


def cleared(minute: float) -> Report:
    return Report(KEY, Severity.CLEARED, at(minute))


def told(*batches: Sequence[Report]) -> Standing:
    """Deliver batches as intake does: from what is known, with the history where it is needed."""
    known: Standing | None = None
    history: set[Change] = set()
    for batch in batches:
        merged = merge(known, batch, history)
        assert set(merged.fresh).isdisjoint(history), "a change was taken for new twice"
        history |= set(merged.fresh)
        known = merged.standing
    assert known is not None
    return known


@pytest.mark.parametrize(
    ("case", "reports", "state", "began", "last", "count"),
    [
        ("a raise", [raised(1)], "raised", 1, 1, 1),
        ("a raise again", [raised(1), raised(1)], "raised", 1, 1, 1),
        ("raised and cleared", [raised(1), cleared(2)], "cleared", 1, 1, 1),
        ("both in one report", [raised(1, cleared=2)], "cleared", 1, 1, 1),
        ("a clear before its raise", [cleared(2), raised(1)], "cleared", 1, 1, 1),
        ("a clear alone", [cleared(2)], "cleared", 2, 2, 0),
        ("a clear at the instant of the raise", [raised(1), cleared(1)], "cleared", 1, 1, 1),
        ("a re-delivery after the clear", [raised(1), cleared(2), raised(1)], "cleared", 1, 1, 1),
        ("raised anew", [raised(1), cleared(2), raised(3)], "raised", 3, 3, 2),
        ("flapping", [raised(1), cleared(2), raised(3), cleared(4), raised(5)], "raised", 5, 5, 3),
        ("repeated while it stands", [raised(1), raised(2), raised(3)], "raised", 1, 3, 3),
        ("a late clear between two raises", [raised(1), raised(3), cleared(2)], "raised", 3, 3, 2),
        ("a late raise before all", [raised(3), raised(1)], "raised", 1, 3, 2),
        ("an old clear of an older spell", [raised(3), cleared(2)], "raised", 3, 3, 1),
    ],
)
def test_dedupe(case: str, reports: list[Report], state: str, began: float, last: float, count: int) -> None:
    found = told(*([report] for report in reports))
    assert (found.state, found.raised_at, found.last_at, found.count) == (state, at(began), at(last), count), case


def test_severity_and_text_are_those_of_the_latest_raise() -> None:
    assert told([raised(1, "critical")], [raised(2, "minor")]).severity == "minor"
    assert told([raised(2, "minor")], [raised(1, "critical")]).severity == "minor"


def test_of_two_severities_at_one_instant_the_worse_counts() -> None:
    assert told([raised(1, "minor")], [raised(1, "major")]).severity == "major"
    assert told([raised(1, "major")], [raised(1, "minor")]).severity == "major"


def test_changes_in_order_need_no_history() -> None:
    known = told([raised(1), cleared(2)])
    assert in_order(known, {Change(at(2), True), Change(at(3), False)})
    assert not in_order(known, {Change(at(1.5), False)})


def test_an_alarm_is_made_of_something() -> None:
    with pytest.raises(ValueError, match="at least one change"):
        fold(None, [])


REPORTS = st.lists(
    st.builds(
        lambda minute, severity, length: (
            raised(minute, severity, None if length is None else minute + length)
            if severity != "cleared"
            else cleared(minute)
        ),
        st.integers(0, 12),
        st.sampled_from([severity.value for severity in Severity]),
        st.none() | st.integers(0, 4),
    ),
    min_size=1,
    max_size=8,
)


@given(REPORTS, st.data())
def test_any_order_any_batches_and_any_repetition_end_in_the_same_alarm(
    reports: list[Report], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(reports), max_size=6))
    shuffled = data.draw(st.permutations(reports + again))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    batches = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True) if a < b]
    assert told(*batches) == told(reports)


@given(REPORTS)
def test_an_alarm_is_raised_exactly_when_its_latest_raise_is_after_its_latest_clear(reports: list[Report]) -> None:
    raises = [report.raise_at for report in reports if report.raise_at]
    clears = [report.clear_at for report in reports if report.clear_at]
    stands = bool(raises) and (not clears or max(raises) > max(clears))
    assert (told(reports).state is State.RAISED) == stands
