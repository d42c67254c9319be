"""Two engines, and engines that are killed between any two steps: every inject once, every alarm once, nothing lost."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.alarms.models import Alarm
from command.core import clock
from command.drills import kept
from command.drills.runs import feeding, injects, watching
from command.drills.runs.models import DrillFeed
from command.engine import injects as engine
from command.messages.models import Delivery, Purpose
from tests.drills.scene import Stage, line, scenario

TRACE = {"name": "microwave", "start": 70000, "end": 70400, "speed": 1.0}


def entries(stage: Stage, code: str) -> list[int]:
    return sorted(data["number"] for _, data in stage.told(code, "inject_delivered"))


@pytest.mark.proves("I1")
def test_two_engines_at_the_same_instant_deliver_each_inject_once(stage: Stage) -> None:
    lines = [line(n, at_minutes=1.0, method="sms") for n in range(1, 13)]
    code = stage.begun(scenario(*lines), mode="live")
    stage.database.write(lambda s: _forward(s, 1))
    both = [threading.Thread(target=engine.run_once, args=(stage.installation,)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    stage.engine()
    assert entries(stage, code) == list(range(1, 13))
    with stage.database.read() as session:
        query = select(func.count()).select_from(Delivery).where(Delivery.purpose == Purpose.DRILL)
        assert session.scalar(query) == 12


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("where", [(injects, "deliver"), (feeding, "work"), (watching, "work")])
def test_an_engine_that_dies_in_the_middle_leaves_nothing_half_done(
    stage: Stage, where: tuple[Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    room, name = where
    code = stage.begun(
        scenario(line(1, method="sms"), line(2, at_minutes=1.0, method="alarms", trace=TRACE), duration_minutes=120),
        mode="live",
    )
    stage.database.write(lambda s: _forward(s, 1))
    whole = getattr(room, name)

    def dies(*args: Any, **kwargs: Any) -> Any:
        whole(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(room, name, dies)
        with pytest.raises(Killed):
            for _ in range(3):
                engine.run_once(stage.installation)
    assert entries(stage, code) == ([1, 2] if room is feeding else [])
    with stage.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Alarm)) == 0
        assert not any(session.scalars(select(DrillFeed.sent)))
    stage.engine()
    assert entries(stage, code) == [1, 2]
    assert len(stage.texts(code)) == 1


@pytest.mark.proves("R9")
def test_a_recording_is_played_in_step_with_exercise_time_and_stands_still_with_it(stage: Stage) -> None:
    code = stage.begun(scenario(line(1, at_minutes=0.0, method="alarms", trace=TRACE), duration_minutes=120))
    stage.engine()
    whole = feeding.of(injects.read(stage.inject(code, 1)))
    assert len(whole) > 50

    def sent() -> int:
        with stage.database.read() as session:
            return session.scalars(select(DrillFeed.sent)).one()

    stage.minutes(2)
    with stage.database.read() as session:
        since = kept.ticking(stage.drill(code)).at(clock.now(session)) - (stage.inject(code, 1).delivered_s or 0)
    expected = sum(each.after_s <= since for each in whole)
    assert abs(sent() - expected) <= 3 and 0 < sent() < len(whole)
    assert stage.verb("pause", code).status_code == 200
    stage.engine()
    still = sent()
    stage.minutes(20)
    assert sent() == still
    assert stage.verb("resume", code).status_code == 200
    stage.minutes(10)
    assert sent() == len(whole)
    with stage.database.read() as session:
        assert all(session.scalars(select(Alarm.exercise)))
        distinct = {(each.element, each.problem) for each in whole}
        assert session.scalar(select(func.count()).select_from(Alarm)) == len(distinct)


def _forward(session: Session, minutes: float) -> None:
    clock.move(session, timedelta(minutes=minutes), allowed=True)
