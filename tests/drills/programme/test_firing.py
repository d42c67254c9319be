"""Starts are exact, once, whatever engines, restarts, downtime and clocks do. Time is moved; an engine keeps nothing between two rounds."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from command.core.installation import Installation
from command.drills.models import Drill, State
from command.drills.programme import freezing
from command.drills.runs import starting
from command.engine import drill_programmes
from command.engine.run import Cycle, Engine
from command.messages.models import Delivery
from tests.drills.programme.stage import Stage

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CHANGES = [
    ("Europe/Berlin", "2031-03-30", "02:30", [24, 23, 24]),
    ("Europe/Berlin", "2031-10-26", "02:30", [24, 25, 24]),
    ("America/New_York", "2031-03-09", "02:30", [24, 23, 24]),
    ("America/New_York", "2031-11-02", "01:30", [24, 25, 24]),
]
"""The zone, the day its clock changes, a time on it that is skipped or comes twice, and the hours from one drill to the next."""


def ready(stage: Stage, **given: Any) -> Drill:
    """A drill in two days that both supervisors have acknowledged."""
    made = stage.plan(**given)
    stage.acknowledge(made.id)
    return made


@pytest.mark.proves("D3", "R9")
def test_two_engines_at_once_make_one_drill_and_begin_it_once(stage: Stage) -> None:
    stage.series(rule="FREQ=WEEKLY", window_days=3)
    at_once(stage)
    made = stage.only()
    stage.acknowledge(made.id)
    stage.move(made.due_at - stage.now())
    at_once(stage)
    assert stage.only().state == State.RUNNING
    assert stage.kinds(made.id).count("drill.began") == 1
    assert [kind for kind, _ in stage.journal("drill_programme:1")] == ["drill_programme.kept", "drill_programme.fired"]


def at_once(stage: Stage) -> None:
    """Two engines look at the same instant."""
    gate = threading.Barrier(2)

    def engine() -> None:
        gate.wait(10)
        stage.engine()

    threads = [threading.Thread(target=engine) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)


@pytest.mark.proves("D3", "R9")
def test_an_engine_that_dies_at_the_instant_leaves_the_start_to_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ready(stage)
    stage.move(made.due_at - stage.now())

    def dies(session: Any, drill: Drill) -> None:
        begin(session, drill)
        raise SystemError("killed before it could commit")

    begin = starting.begin
    monkeypatch.setattr(starting, "begin", dies)
    stage.engine()
    assert stage.only().state == State.READY
    monkeypatch.undo()
    for _ in range(2):
        stage.engine()
    assert stage.only().state == State.RUNNING and stage.kinds(made.id).count("drill.began") == 1


@pytest.mark.proves("D3", "R9")
@pytest.mark.parametrize(("late", "state"), [("run", State.RUNNING), ("miss", State.MISSED)])
def test_after_an_hour_without_an_engine_a_drill_is_held_late_or_missed_as_it_says(
    stage: Stage, late: str, state: State
) -> None:
    made = ready(stage, late=late)
    stage.move(made.due_at + timedelta(hours=1) - stage.now())
    for _ in range(2):
        stage.engine()
    assert stage.only().state == state
    if state == State.MISSED:
        assert ("drill.missed", {"minutes_late": 60, "because": "no_engine"}) in stage.journal(f"drill:{made.id}")
        assert [each for each in stage.texts("tra") if "no engine ran" in each] == [stage.texts("tra")[-1]]
    else:
        (began,) = [data for kind, data in stage.journal(f"drill:{made.id}") if kind == "drill.began"]
        assert began["minutes_late"] == 60 and not stage.texts("tra")


@pytest.mark.proves("D3", "R9")
@pytest.mark.parametrize(("zone", "day", "wall", "hours"), CHANGES)
def test_a_daily_drill_in_the_night_of_a_clock_change_is_made_once_a_day(
    stage: Stage, zone: str, day: str, wall: str, hours: list[int]
) -> None:
    eve = date.fromisoformat(day) - timedelta(days=1)
    stage.set_clock(f"{eve}T00:00", zone)
    starts = datetime.combine(eve, time.fromisoformat(wall))
    stage.series(starts=starts, zone=zone, rule="FREQ=DAILY;COUNT=4", window_days=0)
    for _ in range(5 * 4):
        stage.engine()
        stage.move(timedelta(hours=6))
    made = stage.drills()
    assert [each.local_date for each in made] == [eve + timedelta(days=n) for n in range(4)]
    assert [(b.due_at - a.due_at) / timedelta(hours=1) for a, b in pairwise(made)] == hours
    walls = [f"{each.due_at.astimezone(ZoneInfo(zone)):%H:%M}" for each in made]
    assert walls == [wall, "03:30" if hours[1] == 23 else wall, wall, wall]
    assert made[1].due_at.astimezone(ZoneInfo(zone)).fold == 0


@ON_SQLITE
@pytest.mark.proves("R9")
def test_without_both_acknowledgements_it_waits_its_grace_and_is_then_missed_and_the_trainer_told(stage: Stage) -> None:
    made = stage.plan(grace_minutes=15)
    stage.acknowledge(made.id, "ada")
    stage.move(made.due_at - stage.now() + timedelta(minutes=14))
    stage.engine()
    assert stage.only().state == State.PLANNED
    stage.acknowledge(made.id, "dep")
    stage.engine()
    assert stage.only().state == State.RUNNING
    other = stage.plan(grace_minutes=15)
    stage.move(other.due_at - stage.now() + timedelta(minutes=16))
    stage.engine()
    missed = stage.drills()[-1]
    assert (missed.state, missed.reason) == (State.MISSED, "not_acknowledged")
    assert "did not acknowledge" in stage.texts("tra")[-1]
    with stage.database.read() as session:
        assert all(row.exercise for row in session.scalars(select(Delivery)))


@ON_SQLITE
def test_one_that_cannot_begin_is_tried_until_its_grace_is_over_and_leaves_nothing_of_a_try(stage: Stage) -> None:
    first = ready(stage)
    second = ready(stage, area="8002", due_at=stage.draft().due_at + timedelta(minutes=1))
    stage.do(lambda s: setattr(s.get_one(Drill, second.id), "area_id", first.area_id))
    stage.move(second.due_at - stage.now())
    stage.engine()
    assert [each.state for each in stage.drills()] == [State.RUNNING, State.READY]
    stage.move(timedelta(minutes=16))
    stage.engine()
    assert [(each.state, each.reason) for each in stage.drills()][1] == (State.MISSED, "refused")
    assert stage.kinds(second.id)[-1] == "drill.missed" and "drill.began" not in stage.kinds(second.id)


@ON_SQLITE
@pytest.mark.proves("R9")
def test_a_time_inside_a_freeze_is_moved_to_the_next_free_workday_or_skipped_on_record(stage: Stage) -> None:
    stage.set_clock("2031-05-01T08:00")
    who = stage.principal("tra")
    frozen = freezing.FreezeDraft(
        datetime(2031, 5, 5), datetime(2031, 5, 9, 12), "Asia/Shanghai", "割接", areas=("80",)
    )
    stage.do(lambda s: freezing.freeze(s, frozen, who), who.actor)
    begins = {"starts": datetime(2031, 5, 6, 10), "rule": "FREQ=MONTHLY;BYDAY=1TU"}
    moved, skipped = stage.series(**begins), stage.series(**begins, area="8002", on_closed="skip")
    for _ in range(12):
        stage.engine()
        stage.move(timedelta(days=1))
    (made,) = stage.drills()
    assert made.due_at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%a %d %H:%M") == "Mon 12 10:00"
    assert made.local_date == date(2031, 5, 6) and made.programme_id == moved
    assert stage.journal(f"drill_programme:{skipped}")[-1] == (
        "drill_programme.skipped",
        {"local_date": "2031-05-06", "slot": 600, "because": "freeze"},
    )


@ON_SQLITE
def test_a_freeze_set_later_moves_what_a_series_planned_and_leaves_what_somebody_did(stage: Stage) -> None:
    stage.set_clock("2031-05-02T08:00")
    stage.series(starts=datetime(2031, 5, 6, 10), rule="FREQ=MONTHLY;BYDAY=1TU")
    stage.engine()
    made = stage.only()
    stage.acknowledge(made.id)
    stage.plan(area="8002", due_at=datetime(2031, 5, 6, 10))
    who = stage.principal("tra")
    frozen = freezing.FreezeDraft(datetime(2031, 5, 6), datetime(2031, 5, 7), "Asia/Shanghai", "割接")
    done = stage.do(lambda s: freezing.freeze(s, frozen, who), who.actor)
    assert (done.moved, done.cancelled, done.left) == (1, 0, 1)
    again = next(each for each in stage.drills() if each.id == made.id)
    assert again.due_at == made.due_at + timedelta(days=1) and again.sequence == 1 and again.state == State.PLANNED
    assert "moved to 2031-05-07 10:00" in stage.texts("ada")[-1]


@ON_SQLITE
def test_the_trainer_is_told_ahead_of_a_time_at_which_another_drill_goes_on_there(stage: Stage) -> None:
    other = stage.plan(area="80")
    stage.series(starts=stage.draft().due_at + timedelta(minutes=30))
    stage.engine()
    (text,) = stage.texts("tra")
    assert "another drill goes on in its area" in text and other.code not in text


@ON_SQLITE
@pytest.mark.proves("D3")
def test_the_engines_own_clockwork_begins_a_drill_at_its_very_second(stage: Stage, installation: Installation) -> None:
    made = ready(stage)
    stage.move(made.due_at - timedelta(seconds=1.5) - stage.now())
    cycle = Cycle(
        "drill_programmes",
        30.0,
        lambda: drill_programmes.run_once(installation),
        lambda: drill_programmes.wait(installation),
    )
    stopping = threading.Event()
    engine = Engine(installation, [cycle], stopping)
    engine.start()
    engine._round(cycle)
    try:
        deadline = stage.now() + timedelta(seconds=15)
        while stage.only().began_at is None and stage.now() < deadline:
            stopping.wait(0.05)
    finally:
        engine.stop()
    began = stage.only().began_at
    assert began is not None and timedelta(0) <= began - made.due_at < timedelta(seconds=1)
    assert began.tzinfo == UTC
