"""What a drill measures, against figures computed by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from command.drills.evaluation import course as courses
from command.drills.evaluation import facts, proposals
from command.drills.evaluation.course import Happening
from command.drills.evaluation.facts import Figures, Share, Span
from playbooks.scenario import Fact, Measure

START = datetime(2026, 11, 27, 8, tzinfo=UTC)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def drill(minute: float, kind: str, **data: Any) -> Happening:
    return Happening("drill:1", at(minute), f"drill.{kind}", data)


def done(minute: float, kind: str, number: str = "A", **data: Any) -> Happening:
    return Happening(f"incident:{number}", at(minute), kind, data)


def measured(mine: Sequence[Happening], theirs: Sequence[Happening], now: float = 60) -> Figures:
    return facts.measure(courses.of(mine), mine, theirs, at(now))


BEGAN = drill(0, "began")
REPORTED = done(4, "incident.reported", source="person")


@pytest.mark.parametrize(
    ("minute", "second"),
    [
        (-5, 0),
        (0, 0),
        (10, 600),
        (12, 600),
        (20, 600),
        (21, 660),
        (30, 1200),
        (31, 1260),
        (32, 1380),
        (40, 2340),
        (99, 2340),
    ],
)
def test_exercise_time_stands_still_in_pauses_and_goes_at_each_stretchs_speed(minute: float, second: float) -> None:
    """10 min run, 10 min paused, 10 min run; from minute 31 on twice as fast; over at minute 40."""
    course = courses.of(
        [
            BEGAN,
            drill(10, "paused", second=600.0, because="person"),
            drill(20, "resumed", second=600.0, speed=1.0),
            drill(31, "resumed", second=1260.0, speed=2.0),
            drill(40, "ended", second=2340.0),
        ]
    )
    assert course.second(at(minute)) == pytest.approx(second)
    assert course.paused_s(at(99)) == 600


def test_nothing_reported_is_not_applicable_and_divides_by_nothing() -> None:
    found = measured([BEGAN], [])
    spans = [found.span(fact) for fact in Fact if fact not in facts.SHARES]
    assert spans == [Span(None, begun=False)] * 5
    assert (found.tasks_done, found.clocks_met, found.pages_acknowledged) == (Share(0, 0),) * 3
    assert [found.value(fact) for fact in Fact] == [None] * 7
    assert found.answer_median is None and found.answer_slowest is None


@pytest.mark.proves("R9")
def test_times_run_from_the_first_of_one_thing_to_the_first_of_the_other() -> None:
    found = measured(
        [
            BEGAN,
            drill(1, "inject_delivered", number=1, second=60.0),
            drill(2, "inject_delivered", number=2, second=120.0),
        ],
        [
            REPORTED,
            done(4.5, "incident.graded", tier=3),
            done(9, "incident.activated"),
            done(9, "page.queued", page_id=1),
            done(9.5, "page.queued", page_id=2),
            done(12, "page.acknowledged", page_id=2),
            done(10, "notice.drafted", notice_kind="first"),
            done(11, "notice.submitted", notice_kind="update"),
            done(14, "notice.approved", notice_kind="first"),
            done(15, "incident.graded", tier=2),
        ],
    )
    assert [found.value(fact) for fact in Fact][:5] == [3, 0.5, 5, 3, 10]
    assert found.pages_acknowledged == Share(1, 2)


def test_a_pause_between_two_things_is_not_counted_and_speed_is() -> None:
    mine = [
        BEGAN,
        drill(0, "inject_delivered", number=1, second=0.0),
        drill(5, "paused", second=300.0, because="real"),
        drill(35, "resumed", second=300.0, speed=10.0),
    ]
    found = measured(mine, [REPORTED, done(35.5, "incident.activated")])
    assert found.value(Fact.time_to_report) == 4
    assert found.value(Fact.time_to_activate) == pytest.approx(
        1 + 5
    )  # one minute before the pause, half a minute tenfold
    assert found.paused_minutes == 30


def test_a_report_by_alarms_or_by_a_controller_in_the_players_place_is_none_of_theirs() -> None:
    delivered = drill(1, "inject_delivered", number=1, second=60.0)
    alarms = [done(2, "incident.reported", source="alarms")]
    assert measured([BEGAN, delivered], alarms).time_to_report == Span(None, begun=True)
    added = [*alarms, done(5, "incident.report_added", person_id=1)]
    assert measured([BEGAN, delivered], added).value(Fact.time_to_report) == 4
    stood_in = [BEGAN, delivered, drill(4, "incident_joined", number="A", by="controller", second=240.0)]
    assert measured(stood_in, [REPORTED]).time_to_report == Span(None, begun=True)
    assert measured(stood_in, [REPORTED, done(6, "incident.graded")]).value(Fact.time_to_grade) == 2
    early = [BEGAN, drill(5, "inject_delivered", number=1, second=300.0)]
    assert measured(early, [REPORTED]).time_to_report == Span(None, begun=False)


def test_tasks_count_as_they_stand_at_the_end_once_each() -> None:
    given = [done(1, "task.given", task=task) for task in ("a", "b", "c", "d")]
    changed = [("a", "done"), ("b", "done"), ("b", "open"), ("c", "skipped")]
    theirs = [*given, *(done(2 + n, "task.changed", task=task, state=state) for n, (task, state) in enumerate(changed))]
    assert measured([BEGAN], theirs).tasks_done == Share(1, 4)
    late = [*theirs, done(20, "task.changed", task="d", state="done"), done(9, "task.given", "B", task="a")]
    assert measured([BEGAN, drill(20, "ended", second=1200.0)], late).tasks_done == Share(1, 5)


@pytest.mark.parametrize(
    ("history", "share"),
    [
        ([("started", 0, 30), ("stopped", 30, None)], Share(1, 1)),  # exactly when it is due is in time
        ([("started", 0, 30), ("stopped", 31, None)], Share(0, 1)),
        ([("started", 0, 30)], Share(0, 1)),  # open and overdue at minute 60
        ([("started", 0, 90)], Share(0, 0)),  # not due yet
        ([("started", 0, 90), ("stopped", 50, None)], Share(1, 1)),
        ([("started", 0, 90), ("moved", 10, 20), ("stopped", 25, None)], Share(0, 1)),
        ([("started", 0, 30), ("breached", 30, 30), ("stopped", 40, None)], Share(0, 1)),
        ([("started", 0, 30), ("stopped", 20, None), ("reopened", 40, 50)], Share(0, 1)),
    ],
)
def test_clocks_met_of_those_due(history: list[tuple[str, float, float | None]], share: Share) -> None:
    theirs = [
        done(
            minute,
            f"clock.{what}",
            clock="first-response",
            **({"due_at": at(due).isoformat()} if due is not None else {"met_at": at(minute).isoformat()}),
        )
        for what, minute, due in history
    ]
    assert measured([BEGAN], theirs).clocks_met == share


def test_a_clock_has_its_minutes_in_exercise_time_whatever_the_wall_says() -> None:
    started = done(0, "clock.started", clock="c", due_at=at(30).isoformat())
    paused = [BEGAN, drill(10, "paused", second=600.0, because="real"), drill(70, "resumed", second=600.0, speed=1.0)]
    stopped = done(85, "clock.stopped", clock="c", met_at=at(85).isoformat())
    assert measured(paused, [started, stopped], 99).clocks_met == Share(1, 1)  # 25 minutes of exercise time
    fast = [BEGAN, drill(0, "resumed", second=0.0, speed=10.0)]
    late = done(4, "clock.stopped", clock="c", met_at=at(4).isoformat())
    assert measured(fast, [started, late], 5).clocks_met == Share(0, 1)  # 40 minutes of it


def test_answers_count_from_delivery_to_the_first_answer() -> None:
    mine = [
        BEGAN,
        *(drill(n, "inject_delivered", number=n, second=60.0 * n) for n in (1, 2, 3, 4)),
        drill(3, "inject_answered", number=1, second=180.0),
        drill(9, "inject_answered", number=2, second=540.0),
        drill(9, "inject_answered", number=1, second=540.0),
        drill(13, "inject_answered", number=4, second=780.0),
        drill(20, "inject_skipped", number=5, second=1200.0, because="over"),
    ]
    found = measured(mine, [])
    assert found.injects_answered == Share(3, 4)
    assert (found.answer_median, found.answer_slowest, found.injects_skipped) == (7, 9, 1)


@pytest.mark.parametrize(
    ("minutes", "over", "rating"),
    [
        (9, True, "P"),
        (10, True, "P"),
        (10.1, True, "S"),
        (15, True, "S"),
        (15.1, True, "M"),
        (None, True, "U"),
        (None, False, None),
    ],
)
def test_a_run_proposes_a_rating_of_a_time(minutes: float | None, over: bool, rating: str | None) -> None:
    theirs = [REPORTED] + ([done(4 + minutes, "incident.activated")] if minutes is not None else [])
    measure = Measure(fact=Fact.time_to_activate, within_minutes=10)
    assert proposals.propose(measure, measured([BEGAN], theirs), over=over) == rating
    assert proposals.propose(measure, measured([BEGAN], []), over=True) is None


@pytest.mark.parametrize(
    ("met", "of", "over", "rating"),
    [
        (4, 5, True, "P"),
        (3, 5, True, "S"),
        (2, 5, True, "M"),
        (0, 5, True, "U"),
        (0, 0, True, None),
        (3, 5, False, None),
    ],
)
def test_a_run_proposes_a_rating_of_a_share(met: int, of: int, over: bool, rating: str | None) -> None:
    given = [done(1, "task.given", task=f"t{n}") for n in range(of)]
    theirs = [*given, *(done(2, "task.changed", task=f"t{n}", state="done") for n in range(met))]
    measure = Measure(fact=Fact.tasks_done, at_least=0.8)
    assert proposals.propose(measure, measured([BEGAN], theirs), over=over) == rating
