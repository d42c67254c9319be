"""The dashboards by hand: groups, Pareto, repetitions, areas, days, distributions, differences. No database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import pytest

from command.insights import (
    area_board,
    behind,
    calendar_board,
    cause_board,
    comparison,
    gantt,
    groups,
    restoration_board,
    weak_points,
)
from command.insights.cases import Case, Failure, Part
from command.insights.comparison import Figured
from command.insights.filters import Filters
from command.insights.gantt import Bar
from command.insights.groups import UNKNOWN, Ground, Place
from command.insights.sheets import Board, Line, ordered
from command.insights.weak_points import Failed, Network
from tests.insights.test_charts import painted

CHINA = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
"""Noon in Shanghai, a Friday."""
WANTED = Filters(date(2026, 10, 1), date(2026, 11, 30), "month")
HOUR = 3600.0


def case(number: int, **given: Any) -> Case:
    """A tier III incident of 100 users, handled for two hours, restored three hours after its report."""
    plain: dict[str, Any] = {
        "id": number,
        "number": f"N{number}",
        "kind": "network_fault",
        "tier": 3,
        "root": None,
        "cause": None,
        "third_party": False,
        "area_id": 3,
        "reported": NOON.timestamp(),
        "handling": 2 * HOUR,
        "restoring": 3 * HOUR,
        "users": 100,
        "user_minutes": 1000.0,
    }
    return Case(**{**plain, **given})


AREAS = {
    1: Place("80", "Lingdong"),
    2: Place("8001", "Meichuan", 1),
    3: Place("800101", "Meijiang", 2),
    4: Place("800102", "Songping", 2),
    5: Place("8002", "Yunzhan", 1),
}


def ground(*cases: Case, failed: dict[int, list[Part]] | None = None) -> Ground:
    words = {
        "kind": {"network_fault": "Network fault", "natural_disaster": "Natural disaster"},
        "root": {"human_error": "human error", "natural_phenomenon": "natural phenomenon"},
        "cause": {"storm": "storm", "faulty_change": "faulty change"},
        "other": {UNKNOWN: "not known"},
    }
    roots = {"storm": "natural_phenomenon", "faulty_change": "human_error"}
    return Ground(cases, CHINA, failed or {}, AREAS, {7: Place("S-7", "Hill")}, words, roots)


def rows(board: Board, code: str) -> list[tuple[Any, ...]]:
    plate = board.plate(code)
    assert plate is not None
    return [line.cells for line in plate.lines]


@pytest.mark.parametrize(
    ("sizes", "upto", "few"),
    [
        ({}, [], []),
        ({UNKNOWN: 5}, [None], [False]),
        ({"a": 1}, [1000], [True]),
        ({"a": 8, "b": 1, "c": 1}, [800, 900, 1000], [True, False, False]),
        ({"a": 1, "b": 7, UNKNOWN: 90, "c": 2}, [700, 900, 1000, None], [True, True, False, False]),
        ({"a": 0, "b": 3}, [1000], [True]),
    ],
)
def test_a_pareto_adds_up_what_is_known_and_sets_the_rest_apart(
    sizes: dict[str, float], upto: list[int | None], few: list[bool]
) -> None:
    found = groups.pareto(sizes)
    assert [step.upto for step in found] == upto
    assert [step.few for step in found] == few


@pytest.mark.proves("R23")
def test_causes_are_counted_with_their_roots_third_parties_and_the_unknown() -> None:
    board = cause_board.board(
        ground(
            case(1, cause="storm"),
            case(2, cause="storm", third_party=True, user_minutes=50.0),
            case(3, cause="faulty_change", root="human_error"),
            case(4),
        ),
        WANTED,
        str,
    )
    assert board.said[0] == "The cause of 3 of 4 incidents is known."
    assert board.said[2] == "1 of 4 incidents came from a third party."
    assert rows(board, "pareto") == [
        ("storm", 2, 1050.0, 1, 666),
        ("faulty change", 1, 1000.0, 0, 1000),
        ("not known", 1, 1000.0, 0, None),
    ]
    assert rows(board, "roots")[1] == ("natural phenomenon", 2, 1050.0, 1, 500), "a cause gives its root"


def test_a_period_without_incidents_is_said_to_be_one() -> None:
    for board in (
        cause_board.board(ground(), WANTED, str),
        weak_points.board(ground(), Network({}, {}, {}), WANTED, "incidents", str),
        area_board.board(ground(), WANTED, "incidents", str),
        calendar_board.board(ground(), WANTED, "incidents", str),
        restoration_board.board(ground(), WANTED, {3: 24}, NOON.timestamp(), str),
    ):
        assert board.said == ("No incident counts in this period.",)
        for plate in board.plates:
            assert plate.figure is None or go.Figure(painted(plate.figure))


@pytest.mark.proves("R23")
def test_an_element_fails_again_within_thirty_and_ninety_days() -> None:
    day = 86_400
    failures = [Failure(9, 1, 0), Failure(1, 1, 30 * day), Failure(2, 1, 61 * day), Failure(3, 2, 62 * day)]
    found = weak_points.repeated(failures, {1, 2, 3})
    assert found == {1: Failed(2, 1, 2), 2: Failed(1, 0, 0)}, (
        "exactly 30 days are within; before the period none counts"
    )


@pytest.mark.proves("R23")
def test_weak_points_name_what_fails_costs_and_lasts_most() -> None:
    cell, tower = Part(11, "CELL-1", "access", 3, 7), Part(12, "CELL-2", "access", 3, 0)
    grounds = ground(
        case(1, cause="storm", handling=1 * HOUR),
        case(2, cause="storm", handling=3 * HOUR, user_minutes=7000.0),
        case(3, handling=-5.0),
        case(4, handling=None, area_id=None),
        failed={1: [cell, tower], 2: [cell], 3: []},
    )
    network = Network(
        {"element_kind": {"access": 50}, "site": {"S-7": 1}, "at": {"800101": 4}},
        {11: Failed(2, 1, 1), 12: Failed(1, 0, 0)},
        {
            11: {"element": "CELL-1", "element_kind": "access", "site": "S-7", "at": "800101"},
            12: {"element": "CELL-2", "element_kind": "access", "at": "800101"},
        },
    )
    board = weak_points.board(grounds, network, WANTED, "user_minutes", str)
    assert rows(board, "element") == [
        ("CELL-1", 2, 500, 8000.0, 2 * HOUR, 3 * HOUR, 1, 1),
        ("CELL-2", 1, 250, 1000.0, 1 * HOUR, 1 * HOUR, 0, 0),
    ]
    assert rows(board, "element_kind")[0] == ("access", 2, 500, 8000.0, 2 * HOUR, 3 * HOUR, 1, 1, 6.0)
    assert [line.cells[1] for line in board.weakest] == ["800101", "storm", "CELL-1", "S-7"]
    assert "3 of 4 incidents came from 800101, and 90 % of the user-minutes." in board.weakest[0].cells[2]
    assert "CELL-2" not in str(board.weakest), "once is no weak point"
    assert board.weakest[2].behind.startswith("/insights/incidents?") and "element=CELL-1" in board.weakest[2].behind
    assert board.weakest[1].leads.startswith("/improvement/new?title=")
    assert board.said == ("Without a handling time: 1 not begun or not restored, 1 with an error in the data.",)
    took = {row[0]: row[1] for row in rows(board, "took")}
    assert took["30–60 min"] == 1 and took["2–4 h"] == 1 and sum(took.values()) == 2


@pytest.mark.parametrize(("seconds", "key"), [(0, "0"), (1800, "0"), (1801, "30"), (7200, "60"), (86_401, "1440")])
def test_the_end_of_a_class_belongs_to_it(seconds: float, key: str) -> None:
    assert groups.handling_class(seconds) == key


def test_what_is_unknown_is_sorted_last() -> None:
    lines = [Line(("a", None)), Line(("b", 1)), Line(("c", 2)), Line(("d", 1))]
    assert [line.cells[0] for line in ordered(lines, 1)] == ["c", "b", "d", "a"]


@pytest.mark.proves("D7")
def test_areas_add_up_one_level_at_a_time() -> None:
    found = ground(
        case(1),
        case(2, area_id=4, reported=(NOON - timedelta(days=30)).timestamp()),
        case(3, area_id=2),
        case(4, area_id=5),
        case(5, area_id=None),
    )
    whole = rows(area_board.board(found, WANTED, "incidents", str), "areas")
    assert whole == [
        ("Meichuan", 3, 3000.0, 1, 2),
        ("Yunzhan", 1, 1000.0, 0, 1),
        ("area not known", 1, 1000.0, 0, 1),
    ]
    inside = area_board.board(found, Filters(WANTED.first, WANTED.last, "month", area="8001"), "incidents", str)
    assert [(row[0], row[1]) for row in rows(inside, "areas")] == [
        ("Meichuan as a whole", 1),
        ("Meijiang", 1),
        ("Songping", 1),
        ("reported elsewhere, with impact here", 1),
        ("area not known", 1),
    ]
    assert sum(row[1] for row in rows(inside, "areas")) == 5


def test_a_day_is_one_of_the_readers_calendar() -> None:
    night = datetime(2026, 11, 20, 17, tzinfo=UTC)
    board = calendar_board.board(ground(case(1, reported=night.timestamp()), case(2)), WANTED, "incidents", str)
    assert rows(board, "year-2026") == [("2026-11-21", 1, 1000.0), ("2026-11-20", 1, 1000.0)]
    hours = {row[0]: row[1:] for row in rows(board, "hours")}
    assert hours["Sat"][1] == 1 and hours["Fri"][12] == 1


def test_a_day_of_twenty_five_hours_is_one_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    found = ground(*(case(n, reported=at.timestamp()) for n, at in enumerate(twice)))
    board = calendar_board.board(Ground(found.cases, berlin, words=found.words), WANTED, "incidents", str)
    assert rows(board, "year-2026") == [("2026-10-25", 2, 2000.0)]
    assert rows(board, "hours")[6][3] == 2, "half past two came twice"


def test_a_mark_leads_to_exactly_the_incidents_it_counts() -> None:
    found = ground(
        case(1, cause="storm"), case(2), case(3, cause="storm", area_id=5), failed={1: [Part(1, "C", "x", 3, 7)]}
    )
    for given, numbers in (
        ({"cause": "storm"}, ["N3", "N1"]),
        ({"cause": UNKNOWN}, ["N2"]),
        ({"root": "natural_phenomenon", "within": "8001"}, ["N1"]),
        ({"element": "C", "site": "S-7"}, ["N1"]),
        ({"weekday": "4", "hour": "12"}, ["N3", "N2", "N1"]),
        ({"took": "60", "third_party": "0"}, ["N3", "N2", "N1"]),
        ({"at": "nowhere"}, []),
    ):
        assert [row[0] for row in rows(behind.board(found, given, str, None), "incidents")] == numbers
    assert behind.board(found, {}, str, 1).said[-1].startswith("The newest 1 of 3")


@pytest.mark.parametrize(
    ("hours", "steps"),
    [([], []), ([2.0], [(2.0, 1000)]), ([1.0, 3.0], [(1.0, 500), (3.0, 1000)]), ([0.0], [(1 / 60, 1000)])],
)
def test_the_distribution_rises_to_everything(hours: list[float], steps: list[tuple[float, int]]) -> None:
    assert restoration_board.steps([hour * HOUR for hour in hours]) == steps


def test_a_distribution_of_many_has_a_hundred_points() -> None:
    assert len(restoration_board.steps([float(n) for n in range(50_000)])) <= 101


def test_restored_exactly_at_the_target_is_in_it() -> None:
    at, now = NOON.timestamp(), NOON.timestamp() + 30 * HOUR
    found = [
        case(1, restoring=8 * HOUR, target=at + 8 * HOUR),
        case(2, restoring=8 * HOUR + 1, target=at + 8 * HOUR),
        case(3, restoring=None, target=at + 8 * HOUR),
        case(4, restoring=1.0, target=at + 48 * HOUR),
        case(5, restoring=-1.0, target=at + 8 * HOUR),
        case(6, target=None),
    ]
    rate = restoration_board.in_target(found, now)
    assert (rate.good, rate.of) == (1, 3)
    row = rows(restoration_board.board(ground(*found), WANTED, {3: 8}, now, str), "distribution")[2]
    assert row[1:4] == (6, 4, 1) and row[6] == 8 * HOUR


@pytest.mark.parametrize(
    ("one", "days", "moved", "verdict", "tenths"),
    [
        (Figured("x", 12, 10, False, True), (30, 30), 2, "worse", 200),
        (Figured("x", 31, 10, False, True), (31, 10), 0.0, "same", 0),
        (Figured("x", 20, 10, False, True), (40, 10), -0.5, "better", -500),
        (Figured("x", 990, 980, True), (1, 2), 10, "better", 10),
        (Figured("x", None, 980, True), (1, 1), None, "none", None),
        (Figured("x", 3, 0, False, True), (1, 1), 3, "worse", None),
    ],
)
def test_differences_say_whether_they_are_for_the_better(
    one: Figured, days: tuple[int, int], moved: float | None, verdict: str, tenths: int | None
) -> None:
    assert comparison.difference(one, days) == (pytest.approx(moved) if moved else moved, verdict)
    assert comparison.change(one, days) == tenths


@pytest.mark.parametrize(
    ("asked", "today", "b"),
    [
        ({}, date(2026, 3, 31), (date(2026, 2, 1), date(2026, 2, 28))),
        ({}, date(2026, 1, 1), (date(2025, 12, 1), date(2025, 12, 1))),
        ({"a_from": "2026-03-10", "a_to": "2026-03-19"}, date(2026, 6, 1), (date(2026, 2, 28), date(2026, 3, 9))),
        ({"b_from": "2020-01-01", "b_to": "2020-01-02"}, date(2026, 6, 1), (date(2020, 1, 1), date(2020, 1, 2))),
    ],
)
def test_the_other_period_is_the_one_before(asked: dict[str, str], today: date, b: tuple[date, date]) -> None:
    found = comparison.read(asked, today).b
    assert (found.first, found.last) == b


def bar(row: str, begin: int, end: int | None, **given: Any) -> Bar:
    at = NOON + timedelta(minutes=begin)
    over = NOON + timedelta(minutes=end) if end is not None else None
    return Bar(given.pop("group", "task"), row, at, over, given.pop("tone", "done"), "Done", **given)


def test_a_phase_that_ends_before_it_begins_is_listed_and_not_drawn() -> None:
    moments = [("a", NOON), ("b", NOON - timedelta(minutes=5)), ("c", None), ("d", NOON)]
    found = gantt.phases(moments, False, ("phase", "wrong"))
    assert [(one.row, one.said, one.end == one.begin) for one in found] == [
        ("a → b", "wrong", True),
        ("b → d", "phase", False),
        ("d →", "phase", False),
    ]
    assert gantt.phases(moments, True, ("phase", "wrong"))[-1].row == "b → d"


def test_late_is_what_ended_after_its_time_or_has_not_ended() -> None:
    due = NOON + timedelta(minutes=10)
    assert gantt.tone(due, due, NOON) == "done", "exactly when due is in time"
    assert gantt.tone(due + timedelta(seconds=1), due, NOON) == "late"
    assert gantt.tone(None, due, due) == "open"
    assert gantt.tone(None, due, due + timedelta(seconds=1)) == "late"


def test_a_closing_weeks_later_does_not_press_the_night_into_a_corner() -> None:
    bars = [bar("a", 0, 60), bar("b", 60, 60 * 24 * 7)]
    restored = NOON + timedelta(minutes=60)
    cut = gantt.window(bars, restored, NOON + timedelta(days=9), all_of_it=False)
    assert cut.cut and cut.end == restored + timedelta(minutes=15)
    assert gantt.window(bars, restored, NOON, all_of_it=True).end == NOON + timedelta(days=7)
    assert not gantt.window(bars, None, NOON, all_of_it=False).cut


@pytest.mark.proves("D7")
def test_two_hundred_tasks_have_a_row_each_and_room_to_be_read() -> None:
    bars = [bar(f"task {n}", n, n + 5, part="technical", due=NOON + timedelta(minutes=n)) for n in range(200)]
    bars += [bar("task 3", 300, None, part="technical", tone="open"), bar("sla", 0, 9, group="clock")]
    figure = gantt.draw(bars, None, gantt.window(bars, None, NOON, all_of_it=True), NOON + timedelta(hours=9), str)
    assert go.Figure(painted(figure))
    names = figure["layout"]["yaxis"]["ticktext"]
    assert names[:4] == ["▪ Clocks", "sla", "▪ Tasks · technical", "task 0"] and len(names) == 203
    assert figure["layout"]["height"] >= 20 * len(names)
    done = next(trace for trace in figure["data"] if trace["name"] == "done or met")
    assert len(done["y"]) == 201 and done["x"][1] == 5 * 60_000
    assert "2026-11-20T04:00:00.000" in done["base"]
