"""Each figure by hand, edge cases first: nothing to count, errors, what was reopened or merged, exactly on the second. No database."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.incidents.clocks import judge
from command.insights import drill_rows, message_rows, page_rows, resource_rows, service_figures
from command.insights.defined.shape import GROUPS
from command.insights.defined.table import DEFINITIONS
from command.insights.excluded import months_over
from command.insights.measures import NOTHING, Aim, Measure, change, rate, spread, verdict
from command.insights.service_figures import Answers, Clocks, Lost, Tasks

NINE = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
SECOND = 1_000_000
BERLIN = ZoneInfo("Europe/Berlin")


def after(**delta: float) -> datetime:
    return NINE + timedelta(**delta)


def clocks(*rows: tuple[str, bool, int]) -> list[Clocks]:
    return [Clocks("first-plan", 3, state, overdue, count) for state, overdue, count in rows]


@pytest.mark.proves("R20", "R21")
@pytest.mark.parametrize(
    ("rows", "good", "of", "running"),
    [
        ([], 0, 0, 0),
        ([("running", False, 4)], 0, 0, 4),
        ([("void", True, 9)], 0, 0, 0),
        ([("met", True, 3)], 3, 3, 0),
        ([("running", True, 1), ("met", False, 1)], 1, 2, 0),
        ([("breached", True, 1), ("met", True, 97), ("running", False, 5)], 97, 98, 5),
    ],
)
def test_attainment_counts_open_and_overdue_as_breached(
    rows: list[tuple[str, bool, int]], good: int, of: int, running: int
) -> None:
    found = service_figures.attainment(clocks(*rows), "first-plan")
    assert (found.good, found.of, found.more["running"]) == (good, of, running)
    assert (found.value is None) == (of == 0)


@pytest.mark.proves("R21")
def test_attainment_is_of_the_tiers_of_a_class_and_of_one_clock() -> None:
    rows = [Clocks("sla-resolve", tier, state, True, 1) for tier in (1, 2, 3) for state in ("met", "breached")]
    rows += [Clocks("sla-respond", 1, "met", True, 50)]
    urgent = service_figures.attainment(rows, "sla-resolve", frozenset({1, 2}))
    assert (urgent.good, urgent.of) == (2, 4)
    assert service_figures.attainment(rows, "sla-resolve", frozenset({4})).value is None


@pytest.mark.proves("R2")
def test_the_programme_rate_is_of_those_whose_target_has_passed() -> None:
    rows = [
        Answers("met", "met", 97, 970, 1.0),
        Answers("breached", "breached", 3, 30, 1.0),
        Answers("met", "running", 50, 500, 1.0),
        Answers("error", "error", 2, 20, 1.0),
        Answers("running", "none", 1, 10, 1.0),
    ]
    restored = service_figures.in_time(rows, "restoration")
    assert (restored.good, restored.of, restored.value) == (97, 100, 97.0)
    assert (restored.more["running"], restored.more["error"], restored.more["none"]) == (50, 2, 1)
    responded = service_figures.in_time(rows, "response")
    assert (responded.good, responded.of, responded.more["running"]) == (147, 150, 1)
    assert service_figures.in_time([], "response").value is None


@pytest.mark.proves("R2")
@pytest.mark.parametrize(
    ("met", "late", "good", "of"),
    [
        (0, [], 0, 0),
        (100, [], 100, 100),
        (0, [(0, 0)], 0, 0),
        (900, [(80, 100)], 980, 1000),
        (900, [(79, 100)], 979, 1000),
        (0, [service_figures.restored_then(100, 30)], 70, 100),
        (0, [service_figures.restored_then(100, 130)], 0, 100),
    ],
)
def test_the_restoration_rate_is_of_users(met: int, late: list[tuple[int, int]], good: int, of: int) -> None:
    found = service_figures.users_restored([Answers("met", "met", 1, met, 0.0)], late)
    assert (found.good, found.of) == (good, of)
    assert verdict(found, Aim(98)) == ("none" if not of else "met" if good * 100 >= 98 * of else "missed")


@pytest.mark.proves("R21")
@pytest.mark.parametrize(
    ("lost", "subscribers", "minutes", "value"),
    [
        (0.0, 0, 60.0, None),
        (5.0, 100, 0.0, None),
        (0.0, 100, 60.0, 100.0),
        (6_000.0, 100, 60.0, 0.0),
        (9_999.0, 100, 60.0, 0.0),
        (60.0, 100, 60.0, 99.0),
        (0.1, 1_000_000, 43_200.0, 99.999),
        (1 / 3, 100, 60.0, 99.994),
    ],
)
def test_availability_is_never_rounded_up_nor_below_zero(
    lost: float, subscribers: int, minutes: float, value: float | None
) -> None:
    assert service_figures.availability(lost, subscribers, minutes).value == value


@pytest.mark.proves("R21")
def test_what_the_network_and_a_person_say_of_one_area_counts_once_at_every_moment() -> None:
    both = [
        Lost(False, 1, 100, NINE, after(minutes=60)),
        Lost(True, 1, 150, after(minutes=30), after(minutes=90)),
        Lost(True, 2, 10, NINE, after(minutes=10)),
        Lost(False, 1, 999, after(minutes=5), after(minutes=5)),
    ]
    assert service_figures.united(both) == 30 * 100 + 60 * 150 + 10 * 10
    assert service_figures.united([]) == 0


@pytest.mark.proves("R20")
def test_process_execution_asks_nothing_of_skipped_tasks() -> None:
    rows = [
        Tasks("done", True, True, 8),
        Tasks("done", False, True, 1),
        Tasks("open", False, True, 1),
        Tasks("waiting", False, True, 1),
        Tasks("open", False, False, 5),
        Tasks("skipped", False, True, 3),
    ]
    found = service_figures.execution(rows)
    assert (found.good, found.of, found.more["late"], found.more["skipped"]) == (8, 11, 3, 3)
    assert service_figures.execution([Tasks("skipped", False, True, 3)]).value is None


def test_failures_are_told_for_a_hundred_elements() -> None:
    assert service_figures.failures(3, 0) == NOTHING
    assert service_figures.failures(3, 200).value == 1.5
    assert service_figures.failures(0, 7).value == 0


@pytest.mark.parametrize(
    ("micros", "mean", "median", "p90", "unknown", "errors"),
    [
        ([], None, None, None, 0, 0),
        ([None, None], None, None, None, 2, 0),
        ([-1, None], None, None, None, 1, 1),
        ([0], 0, 0, 0, 0, 0),
        ([30 * SECOND, 10 * SECOND, None, -5], 20, 20, 30, 1, 1),
        ([n * SECOND for n in range(1, 11)], 5.5, 5.5, 9, 0, 0),
    ],
)
def test_spans_leave_errors_and_the_unknown_out_and_count_them(
    micros: list[int | None], mean: float | None, median: float | None, p90: float | None, unknown: int, errors: int
) -> None:
    found = spread(micros)
    assert (found.value, found.more["median"], found.more["p90"]) == (mean, median, p90)
    assert (found.more["unknown"], found.more["errors"]) == (unknown, errors)


@pytest.mark.proves("R20", "R16")
@pytest.mark.parametrize(
    ("found", "aim", "said"),
    [
        (rate(0, 0), Aim(98), "none"),
        (rate(9796, 10_000), Aim(98), "missed"),
        (rate(98, 100), Aim(98), "met"),
        (rate(1, 20), Aim(5, "below"), "missed"),
        (rate(49_999, 1_000_000), Aim(5, "below"), "met"),
        (Measure(45.0), Aim(45, "at_most"), "met"),
        (Measure(45.0001), Aim(45, "at_most"), "missed"),
        (Measure(0.0), Aim(0, "at_most"), "met"),
        (Measure(84.99), Aim(85), "missed"),
        (Measure(None), Aim(85), "none"),
        (Measure(7.0), None, "none"),
    ],
)
def test_a_verdict_is_judged_on_what_is_not_on_what_is_shown(found: Measure, aim: Aim | None, said: str) -> None:
    assert verdict(found, aim) == said


def test_a_change_is_better_or_worse_by_what_is_wanted() -> None:
    assert change(Measure(2.0), Measure(1.0), "more") == "better"
    assert change(Measure(2.0), Measure(1.0), "less") == "worse"
    assert change(Measure(2.0), Measure(1.0), "neither") == "other"
    assert change(Measure(2.0), Measure(2.0), "less") == "same"
    assert change(Measure(None), Measure(2.0), "less") == change(Measure(2.0), None, "less") == "none"


@given(st.datetimes(), st.datetimes(), st.datetimes())
def test_a_clock_judged_by_rows_is_judged_as_the_incident_judges_it(
    due: datetime, met: datetime, now: datetime
) -> None:
    """Of a clock that runs: overdue is breached, on the second is not."""
    found = service_figures.attainment([Clocks("c", 1, "running", due < now, 1)], "c")
    assert bool(found.of) == (judge(due, None, now) == "breached")


def test_night_follows_the_wall_clock_through_both_changes_of_a_year() -> None:
    begin, end = (datetime(year, 1, 1, tzinfo=BERLIN) for year in (2026, 2027))
    hour = 3600 * SECOND
    assert page_rows.offsets(BERLIN, begin, end) == [
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), hour),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), 2 * hour),
        (end, hour),
    ]
    china = ZoneInfo("Asia/Shanghai")
    assert page_rows.offsets(china, NINE, after(days=900)) == [(after(days=900), 8 * hour)]


@pytest.mark.parametrize(
    ("delivered", "notices", "every"),
    [
        ([], [], 1),
        ([(9, 100)], [9], 1),
        ([(9, 10_000)], [9], 10),
        ([(9, 600), (8, 500), (7, 1)], [9], 1),
        ([(9, 600), (8, 401), (7, 400)], [9], 1),
        ([(9, 600), (8, 400), (7, 1)], [9, 8], 1),
        ([(9, 1), (8, 1_000)], [9], 1),
    ],
)
def test_of_many_messages_an_even_part_is_looked_at(
    delivered: list[tuple[int, int]], notices: list[int], every: int
) -> None:
    assert message_rows.sample(delivered, looked_at=1_000, reach=1_000) == (notices, every)


@pytest.mark.parametrize(
    ("had", "out", "value"),
    [(0.0, 0.0, None), (10.0, 0.0, 0.0), (3.0, 2.0, 66.6), (10.0, 12.0, 100.0), (8.0, -1.0, 0.0)],
)
def test_the_use_of_resources_is_a_share_of_the_hours_they_were_there(
    had: float, out: float, value: float | None
) -> None:
    assert resource_rows.used(had, out).value == value


@pytest.mark.parametrize(
    ("said", "settled", "shares"),
    [
        ([], [], {"P": 0, "S": 0, "M": 0, "U": 0}),
        ([(1, "a", "P"), (1, "a", "P"), (1, "b", "U")], [], {"P": 1, "S": 0, "M": 0, "U": 1}),
        ([(1, "a", "P"), (1, "a", "S")], [], {"P": 0, "S": 0, "M": 0, "U": 0}),
        ([(1, "a", "P"), (1, "a", "S")], [(1, "a", "M")], {"P": 0, "S": 0, "M": 1, "U": 0}),
        ([(1, "a", "P"), (2, "a", "P")], [(3, "a", "P")], {"P": 3, "S": 0, "M": 0, "U": 0}),
    ],
)
def test_results_of_drills_are_those_evaluators_agree_on_or_the_trainer_settled(
    said: list[Any], settled: list[Any], shares: dict[str, int]
) -> None:
    found = drill_rows.ratings(said, settled)
    assert {rating: each.good for rating, each in found.items()} == shares
    assert {each.of for each in found.values()} == {sum(shares.values())}


def test_actions_are_done_in_time_up_to_the_end_of_their_day() -> None:
    day, china = date(2026, 11, 20), ZoneInfo("Asia/Shanghai")
    last = datetime(2026, 11, 20, 23, 59, 59, tzinfo=china)
    rows: Iterable[tuple[str, date, datetime | None]] = [
        ("verified", day, last),
        ("verified", day, last + timedelta(seconds=1)),
        ("open", day, None),
        ("open", date(2026, 11, 22), None),
        ("dropped", day, None),
    ]
    found = drill_rows.done(rows, date(2026, 11, 21), china)
    assert (found.good, found.of, found.more["dropped"]) == (1, 3, 1)


@pytest.mark.parametrize(
    ("first", "last", "today", "months"),
    [
        ("2026-11-20", "2026-11-20", "2026-11-30", []),
        ("2026-11-20", "2026-11-20", "2026-12-01", ["2026-11"]),
        ("2026-10-31", "2026-12-01", "2026-12-31", ["2026-10", "2026-11"]),
        ("2025-12-31", "2026-01-01", "2026-02-01", ["2025-12", "2026-01"]),
    ],
)
def test_restricted_incidents_are_told_by_months_that_are_over(
    first: str, last: str, today: str, months: list[str]
) -> None:
    found = months_over(*map(date.fromisoformat, (first, last, today)))
    assert [f"{begin:%Y-%m}" for begin, _ in found] == months


def test_every_figure_has_a_group_a_definition_and_a_source() -> None:
    for one in DEFINITIONS.values():
        assert one.group in GROUPS and len(one.says) > 10 and one.source
