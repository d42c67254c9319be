"""What stands against the begin of a drill, and what makes one that goes on give way: each says why, and what to do."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from command.core import clock
from command.drills.models import State
from command.oncall.models import DutyLayer, DutyMember, Schedule
from command.people.models import Person
from tests.drills.scene import Stage, line, scenario


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "tocsin.db")
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


def ready(stage: Stage, **given: Any) -> str:
    code = stage.plan(**given)
    stage.agree(code)
    return code


def refused(stage: Stage, code: str, **body: Any) -> tuple[str, str]:
    answer = stage.verb("begin", code, **body)
    assert answer.status_code == 409, answer.text
    assert answer.json["remedy"], "the way out is named"
    return answer.json["type"].rsplit(":", 1)[-1], answer.json["detail"]


def grave(stage: Stage) -> str:
    """A live incident of tier II that ada commands."""
    number = stage.responding()
    stage.act("ada", number, "regrade", tier=2, reason="many calls")
    return number


def rotate(stage: Stage, within: timedelta) -> None:
    """The duty `operations` changes hands so soon."""

    def work(session: Session) -> None:
        at: datetime = clock.now(session) + within
        schedule = Schedule(code="night", name_zh="夜班", name_en="Night", department="technical")
        session.add(schedule)
        session.flush()
        layer = DutyLayer(
            schedule_id=schedule.id,
            position=0,
            name_zh="夜班",
            name_en="Night",
            zone="UTC",
            starts_on=at.date() - timedelta(days=3),
            handover=at.time().replace(microsecond=0),
            period_days=1,
            windows=[],
        )
        session.add(layer)
        session.flush()
        for place, who in enumerate(("dou", "ops")):
            session.add(DutyMember(layer_id=layer.id, position=place, person_id=stage.people[who]))

    stage.do(work)


def test_a_shift_change_is_refused_unless_somebody_says_why(stage: Stage) -> None:
    rotate(stage, timedelta(minutes=20))
    code = ready(stage)
    assert refused(stage, code) == ("shift-change", "A shift changes within half an hour: night.")
    begun = stage.verb("begin", code, override="the new shift is here already")
    assert begun.status_code == 200, begun.text
    assert stage.told(code, "began")[0][1]["overridden"]["id"] == stage.drill(code).override_note_id


def test_a_shift_that_changes_later_is_in_nobodys_way(stage: Stage) -> None:
    rotate(stage, timedelta(minutes=45))
    code = ready(stage)
    assert stage.verb("begin", code, override="just in case").status_code == 200
    assert stage.told(code, "began")[0][1]["overridden"] is None, "there was nothing to override"


def test_people_who_are_busy_in_a_grave_incident_are_named(stage: Stage) -> None:
    code = ready(stage)
    number = grave(stage)
    name, why = refused(stage, code)
    assert name == "people-busy" and f"eng ({number})" in why
    stage.act("ada", number, "restore", evidence="tested")
    assert stage.verb("begin", code).status_code == 200


def test_a_grave_incident_pauses_what_goes_on_until_somebody_who_knows_goes_on(stage: Stage) -> None:
    code = stage.begun(scenario(line(5)))
    stage.minutes(1)
    grave(stage)
    stage.engine()
    assert stage.drill(code).state == State.PAUSED
    assert stage.told(code, "paused")[0][1]["because"] == "real"
    stage.minutes(30)
    assert stage.states(code) == {5: "pending"}
    assert stage.verb("resume", code).status_code == 200
    stage.minutes(5)
    assert stage.states(code) == {5: "delivered"}


@pytest.mark.parametrize("other", ["80", "8001", "800101"])
def test_two_do_not_go_on_in_one_area_or_in_a_part_of_it(stage: Stage, other: str) -> None:
    first = stage.begun(area="8001")
    code = ready(stage, area=other)
    assert refused(stage, code)[0] == "area-busy"
    assert first in refused(stage, code)[1]
    elsewhere = ready(stage, area="8002")
    assert stage.verb("begin", elsewhere).status_code == 200


def test_a_player_without_a_number_cannot_play_live(stage: Stage) -> None:
    def forget(session: Session) -> None:
        session.get_one(Person, stage.people["eng"]).number_index = None

    stage.do(forget)
    name, why = refused(stage, ready(stage, mode="live"))
    assert name == "no-number" and "eng" in why


def test_nothing_begins_without_players(stage: Stage) -> None:
    assert refused(stage, ready(stage, players={}))[0] == "no-players"
