"""Doors by which an exercise could come near a live gateway, each tried (I3, B3)."""

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from command.incidents.models import Incident
from command.messages.models import Delivery
from command.notices.models import Notice
from command.oncall.models import Escalation, Page
from tests.incidents.conftest import Desk

pytestmark = pytest.mark.proves("I3", "B3")

POSTS = ("ada", "dep", "dou", "eng", "kef", "aud", "adm", "sec")
FLOW = (Incident, Notice, Page, Escalation, Delivery)


def drill(desk: Desk) -> str:
    """An exercise that pages, and tells the users of CELL-1."""
    number: str = desk.report("tra", elements=["CELL-1"], exercise=True)["number"]
    desk.act("dou", number, "assess")
    desk.act("dou", number, "activate")
    for kind in ("first", "update"):
        drafted = desk.post("dou", "/api/v1/notices", incident=number, kind=kind).json
        submitted = desk.post("dou", f"/api/v1/notices/{drafted['id']}/actions/submit").json
        if submitted and submitted.get("state") == "submitted":
            desk.post("ada", f"/api/v1/notices/{drafted['id']}/actions/approve", count=submitted["audience"])
    return number


def gateways(desk: Desk) -> set[tuple[bool, str | None]]:
    with desk.database.read() as session:
        return set(session.execute(select(Delivery.exercise, Delivery.gateway)).tuples())


@pytest.mark.parametrize("who", POSTS)
def test_nobody_but_a_trainer_starts_one(desk: Desk, who: str) -> None:
    body = {"kind": "network_fault", "area": "800101", "exercise": True}
    answer = desk.post(who, "/api/v1/incidents", **body)
    assert answer.status_code == 403
    typed = {"kind": "network_fault", "area": "800101", "summary": "cable cut", "exercise": "on"}
    form = desk.ask(who, "POST", "/incidents/report", data=typed)
    assert form.status_code == 403
    with desk.database.read() as session:
        assert session.scalar(select(Incident.id)) is None


def test_all_that_a_drill_sends_goes_by_the_exercise_gateway(desk: Desk) -> None:
    drill(desk)
    desk.send()
    used = gateways(desk)
    assert {gateway for exercise, gateway in used if exercise} <= {"exercise", None}
    assert used and all(exercise for exercise, _ in used), "nothing of a drill is a live row"


def test_its_notices_stay_exercises_whatever_happens_to_the_incident(desk: Desk) -> None:
    number = drill(desk)
    desk.fail(number, "CELL-1", "CELL-2")
    desk.send()
    desk.act("ada", number, "restore", evidence="checked")
    desk.send()
    desk.act("dou", number, "reopen", reason="back")
    desk.act("ada", number, "cancel", reason="over", override=True)
    desk.send()
    with desk.database.read() as session:
        assert all(session.scalars(select(Notice.exercise)))
    assert {exercise for exercise, _ in gateways(desk)} == {True}


def test_a_drill_and_the_real_thing_are_never_merged(desk: Desk) -> None:
    unreal, real = drill(desk), desk.responding()
    for child, into in ((unreal, real), (real, unreal)):
        refused = desk.refused("dou", child, "merge", into=into, reason="the same")
        assert refused["status"] == 409 and refused["remedy"]
    assert desk.see(unreal)["state"] == desk.see(real)["state"] == "responding"


@pytest.mark.parametrize("way", ["object", "statement"])
def test_no_row_of_a_drill_becomes_real(desk: Desk, way: str) -> None:
    drill(desk)
    desk.send()
    for model in FLOW:

        def turn(session: Session, model: Any = model) -> None:
            row = session.scalars(select(model)).first()
            assert row is not None, f"the drill has no {model.__tablename__}"
            if way == "object":
                row.exercise = False
            else:
                session.execute(text(f"UPDATE {model.__tablename__} SET exercise = false"))

        with pytest.raises((ValueError, DBAPIError), match="exercise"):
            desk.database.write(turn)


@pytest.mark.parametrize("address", ["/api/v1/alarms", "/api/v1/notices"])
def test_no_other_intake_takes_the_word(desk: Desk, address: str) -> None:
    answer = desk.post("tra" if "alarms" not in address else "ada", address, exercise=True)
    assert answer.status_code in (403, 422)
    if answer.status_code == 422:
        assert "exercise" in {error["field"] for error in answer.json["errors"]}


def test_it_is_on_no_board_of_the_real_world(desk: Desk) -> None:
    number = drill(desk)
    assert number not in desk.get("ada", "/board").text
    assert number in desk.get("ada", "/board/exercise").text
