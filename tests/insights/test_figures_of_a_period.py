"""The figures of a period, by hand: rates, spans, calendars, and what each incident adds. No database."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.insights import buckets, ledger, overview, rates, spans
from command.insights.buckets import Bucket
from command.insights.counting import Counted, response, restoration
from command.insights.funnel import funnel, together
from command.insights.rates import Rate
from command.insights.spans import Pair
from command.messages.models import State

NINE = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
"""Nine in the morning in Shanghai."""
NOW = NINE + timedelta(days=3)
LIMIT = timedelta(minutes=30)
CHINA = ZoneInfo("Asia/Shanghai")


def after(**delta: float) -> datetime:
    return NINE + timedelta(**delta)


def case(**given: Any) -> Counted:
    """A tier III incident reported at nine, handled after 10 min, restored after 2 h, target 24 h."""
    plain = Counted(
        id=1,
        number="A",
        tier=3,
        occurred_at=after(minutes=-6),
        detected_at=after(minutes=-2),
        reported_at=NINE,
        acknowledged_at=after(minutes=3),
        responding_at=after(minutes=10),
        restored_at=after(hours=2),
        target=after(hours=24),
        users_peak=100,
        users_now=0,
        user_minutes=12_000.0,
        measured_at=after(hours=2),
    )
    return plain._replace(**given)


@pytest.mark.proves("R2")
@pytest.mark.parametrize(
    ("good", "of", "shown", "verdict"),
    [
        (9796, 10_000, "97.9 %", "missed"),
        (98, 100, "98.0 %", "met"),
        (979_999, 1_000_000, "97.9 %", "missed"),
        (9999, 10_000, "99.9 %", "met"),
        (1, 1, "100 %", "met"),
        (0, 3, "0.0 %", "missed"),
        (2, 3, "66.6 %", "missed"),
        (0, 0, "n/a", "none"),
    ],
)
def test_a_rate_is_never_rounded_up(good: int, of: int, shown: str, verdict: str) -> None:
    rate = Rate(good, of, 980)
    assert (rates.words(rate.tenths), rate.verdict) == (shown, verdict)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_what_is_shown_is_never_more_than_what_is(good: int, of: int) -> None:
    rate = Rate(min(good, of), of, 980)
    assert rate.tenths is not None
    assert rate.tenths * of <= rate.good * 1000 < (rate.tenths + 1) * of
    assert (rate.verdict == "met") == (rate.good * 100 >= 98 * of)


def test_rates_are_added_by_their_counts() -> None:
    assert rates.total([Rate(1, 1, 980), Rate(97, 99, 980)], 980) == Rate(98, 100, 980)


def test_spans_know_mean_median_and_ninth_decile() -> None:
    found = spans.of(Pair(str(n), NINE, after(seconds=n)) for n in (50, 10, 20, 40, 30, 60, 70, 80, 90, 100))
    assert (found.mean, found.median, found.p90) == (55, 55, 90)
    odd = spans.of(Pair(str(n), NINE, after(seconds=n)) for n in (1, 2, 9))
    assert (odd.mean, odd.median, odd.p90) == (4, 2, 9)


def test_a_negative_span_is_listed_and_left_out_and_an_unknown_one_counted() -> None:
    found = spans.of([Pair("A", NINE, after(seconds=10)), Pair("B", NINE, after(seconds=-1)), Pair("C", None, NINE)])
    assert (found.seconds, found.unknown, found.errors) == ((10.0,), 1, ("B",))
    nothing = spans.of([])
    assert (nothing.mean, nothing.median, nothing.p90) == (None, None, None)


@pytest.mark.proves("R2")
@pytest.mark.parametrize(
    ("begun", "now", "verdict"),
    [
        (after(minutes=30), NOW, "met"),
        (after(minutes=30, microseconds=1), NOW, "breached"),
        (NINE, NOW, "met"),
        (None, after(minutes=30), "running"),
        (None, after(minutes=30, seconds=1), "breached"),
        (after(seconds=-1), NOW, "error"),
    ],
)
def test_a_response_is_in_time_up_to_thirty_minutes(begun: datetime | None, now: datetime, verdict: str) -> None:
    assert response(case(responding_at=begun), LIMIT, now) == verdict


@pytest.mark.proves("R2")
@pytest.mark.parametrize(
    ("restored", "target", "now", "verdict"),
    [
        (after(hours=24), after(hours=24), NOW, "met"),
        (after(hours=24, seconds=1), after(hours=24), NOW, "breached"),
        (None, after(hours=24), NOW, "breached"),
        (None, after(hours=24), after(hours=24), "running"),
        (after(hours=1), after(hours=24), after(hours=2), "running"),
        (after(hours=1), None, NOW, "none"),
        (after(hours=-1), after(hours=24), NOW, "error"),
    ],
)
def test_a_restoration_counts_once_its_target_has_passed(
    restored: datetime | None, target: datetime | None, now: datetime, verdict: str
) -> None:
    assert restoration(case(restored_at=restored, target=target), now) == verdict


def test_weeks_begin_on_monday_and_months_end_where_they_end() -> None:
    weeks = buckets.split(date(2026, 11, 4), date(2026, 11, 17), "week")
    assert [(each.first.day, each.last.day) for each in weeks] == [(4, 8), (9, 15), (16, 17)]
    months = buckets.split(date(2028, 1, 30), date(2028, 3, 1), "month")
    assert [each.last for each in months] == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 1)]


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 800), st.sampled_from(buckets.ORDER))
def test_buckets_cover_the_period_once(first: date, days: int, step: buckets.Step) -> None:
    last = first + timedelta(days=days)
    split = buckets.split(first, last, step)
    assert (split[0].first, split[-1].last) == (first, last)
    assert all(a.last + timedelta(days=1) == b.first for a, b in itertools.pairwise(split))
    for day in (first, last, first + timedelta(days=days // 2)):
        at = buckets.place(split, day)
        assert at is not None and split[at].first <= day <= split[at].last
    assert buckets.place(split, first - timedelta(days=1)) is None
    assert buckets.place(split, last + timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("days", "asked", "step"),
    [
        (7, None, "day"),
        (31, None, "day"),
        (32, None, "week"),
        (184, None, "month"),
        (400, "day", "month"),
        (5, "month", "month"),
    ],
)
def test_a_period_has_bars_that_can_be_told_apart(days: int, asked: buckets.Step | None, step: str) -> None:
    assert buckets.step_for(date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=days - 1), asked) == step


def test_days_are_those_of_the_readers_clock() -> None:
    """23:30 UTC on the 19th is the 20th in Shanghai."""
    late = case(reported_at=datetime(2026, 11, 19, 23, 30, tzinfo=UTC))
    days = buckets.split(date(2026, 11, 19), date(2026, 11, 20), "day")
    assert [bar.tiers[2] for bar in overview.overview([late], days, CHINA, LIMIT, NOW).bars] == [0, 1]
    assert [bar.tiers[2] for bar in overview.overview([late], days, UTC, LIMIT, NOW).bars] == [1, 0]


@pytest.mark.proves("D7", "R2")
def test_a_period_of_five_incidents_adds_up_as_by_hand() -> None:
    cases = [
        case(number="A"),
        case(number="B", tier=1, responding_at=after(minutes=31), restored_at=after(hours=30), users_peak=1000),
        case(
            number="C", responding_at=None, restored_at=None, users_now=10, measured_at=after(days=2), user_minutes=50.0
        ),
        case(number="D", occurred_at=None, restored_at=after(hours=3), target=NOW + timedelta(hours=1)),
        case(number="E", responding_at=after(minutes=-5), acknowledged_at=None),
    ]
    found = overview.overview(cases, (Bucket(date(2026, 11, 20), date(2026, 11, 20)),), CHINA, LIMIT, NOW)
    assert (found.incidents, found.tiers) == (5, (1, 0, 4, 0))
    assert found.response == Rate(2, 4, 1000)  # A and D; B late, C open and overdue, E a data error
    assert found.response_late == ("B", "C")
    assert found.restoration == Rate(2, 4, 980)  # A and E; B late, C open and overdue; D's target lies ahead
    assert (found.restoration_ahead, found.restoration_missed) == (1, ("B", "C"))
    assert found.users == 100 + 1000 + 100 + 100 + 100
    assert (
        found.user_minutes == 4 * 12_000 + 50 + 10 * 24 * 60
    )  # C has 10 users out since its last measurement a day ago
    assert [(bin.above, bin.numbers) for bin in found.bins if bin.numbers] == [(5, ("A", "D")), (30, ("B",))]
    assert found.faults == (overview.Fault("E", "response"),)
    response_spans = found.spans["response"]
    assert (response_spans.seconds, response_spans.unknown) == ((600.0, 600.0, 1860.0), 1)
    assert found.spans["restoration"].mean == (7560 + 108_360 + 7560) / 3
    assert (found.spans["detection"].unknown, found.spans["acknowledgement"].unknown) == (1, 1)


def test_a_period_without_incidents_has_no_rates() -> None:
    found = overview.overview([], buckets.split(date(2026, 11, 1), date(2026, 11, 3), "day"), UTC, LIMIT, NOW)
    assert (found.response.percent, found.restoration.verdict, len(found.bars)) == (None, "none", 3)


def test_the_bins_hold_their_upper_end() -> None:
    took = [
        case(number=str(minutes), responding_at=after(minutes=minutes)) for minutes in (0, 5, 5.01, 30, 30.01, 120, 121)
    ]
    found = {(bin.above, bin.upto): bin.numbers for bin in overview.bins(ledger.of(took, NOW))}
    assert found[0, 5] == ("0", "5") and found[5, 10] == ("5.01",)
    assert found[25, 30] == ("30",) and found[30, 45] == ("30.01",)
    assert found[60, 120] == ("120",) and found[120, None] == ("121",)


@pytest.mark.proves("D7")
def test_the_funnel_tells_apart_what_fell_out() -> None:
    states = {State.DELIVERED: 80, State.UNDELIVERED: 5, State.UNKNOWN: 2, State.SENT: 3, State.FAILED: 4}
    one = funnel(1, 100, {**states, State.SUPPRESSED: 3, State.READY: 2, State.IN_DOUBT: 1})
    assert (one.audience, one.sent, one.delivered) == (100, 90, 80)
    assert one.apart == {
        "waiting": 3,
        "suppressed": 3,
        "withdrawn": 0,
        "expired": 0,
        "failed": 4,
        "undelivered": 5,
        "unknown": 2,
        "underway": 3,
    }
    assert one.delivered + sum(one.apart.values()) == 100
    both = together([one, one])
    assert (both.notices, both.sent, both.apart["failed"]) == (2, 180, 8)
    assert together([]).rate.percent is None
