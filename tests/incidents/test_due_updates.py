"""The update that is due is drafted by itself, told to whoever informs users, and leaves only when a person approves it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from command.engine import late_updates
from command.incidents import telling
from command.incidents.models import Incident
from command.messages.models import Body, Delivery, Purpose
from tests.conftest import Time
from tests.incidents.conftest import Desk
from tests.incidents.test_telling import at_local
from tests.notices.policies import written

pytestmark = pytest.mark.proves("B10", "B11")


def told(desk: Desk, **fields: Any) -> str:
    """An incident of tier II whose first notice left: the next news are promised within the hour."""
    number = desk.responding(**fields)
    desk.send()
    desk.act("ada", number, "regrade", tier=2, reason="by judgement")
    return number


def cycle(desk: Desk) -> None:
    with desk.acting():
        late_updates.run_once(desk.installation)


def updates(desk: Desk, number: str) -> list[dict[str, Any]]:
    return [each for each in desk.notices(number) if each["kind"] == "update"]


def texts_to_staff(desk: Desk) -> list[str]:
    with desk.database.read() as session:
        query = select(Body.text).join(Delivery, Delivery.body_id == Body.id).where(Delivery.purpose == Purpose.ANSWER)
        return list(session.scalars(query.order_by(Delivery.id)))


def test_it_is_drafted_before_its_time_once_and_waits_for_a_person(desk: Desk, time: Time) -> None:
    number = told(desk)
    time.forward(minutes=49)
    cycle(desk)
    assert updates(desk, number) == []
    time.forward(minutes=2)
    for _ in range(3):
        cycle(desk)
    (update,) = updates(desk, number)
    assert (update["state"], update["automatic"], update["created_by"]) == ("submitted", False, "system:notices")
    assert update["audience"] == 20 and update["pre_approved_cap"] == 0
    time.forward(hours=3)
    for _ in range(2):
        cycle(desk)
        desk.send()
    assert updates(desk, number)[0]["state"] == "submitted", "nothing leaves by itself, however late"
    assert desk.told(update["id"]) == set()
    assert desk.kinds(number).count("notice.update_drafted") == 1
    assert desk.kinds(number).count("notice.update_late") == 1


def test_it_shows_on_the_board_and_whoever_informs_users_is_told(desk: Desk, time: Time) -> None:
    number = told(desk)
    time.forward(minutes=51)
    before = texts_to_staff(desk)
    cycle(desk)
    cycle(desk)
    (text,) = texts_to_staff(desk)[len(before) :]
    assert number in text
    board = desk.get("ada", f"/incidents/{number}?lang=en").text
    (update,) = updates(desk, number)
    assert update["texts"]["en"] in board and "Approve" in board
    lines = {line["kind"]: line for line in desk.journal(number)}
    assert lines["notice.update_drafted"]["data"]["person_id"]
    assert "待审批" in desk.get("ada", f"/incidents/{number}?lang=zh").text


def test_approved_ahead_it_leaves_at_the_promised_time_and_promises_the_next_from_there(desk: Desk, time: Time) -> None:
    number = told(desk)
    first = desk.notices(number)[0]
    time.forward(minutes=52)
    cycle(desk)
    (update,) = updates(desk, number)
    answer = desk.post("ada", f"/api/v1/notices/{update['id']}/actions/approve", count=update["audience"])
    assert answer.status_code == 200, answer.text
    desk.send()
    assert desk.told(update["id"]) == set(), "the last news are not an hour old"
    time.forward(minutes=9)
    cycle(desk)
    desk.send()
    assert desk.told(update["id"]) == {"CELL-1"}
    assert "notice.update_late" not in desk.kinds(number)
    assert len(updates(desk, number)) == 1 and first["state"] != "draft"
    time.forward(minutes=45)
    cycle(desk)
    assert len(updates(desk, number)) == 1, (
        "the next one is due an hour after the promised time, not after the approval"
    )
    time.forward(minutes=6)
    cycle(desk)
    assert len(updates(desk, number)) == 2


def test_one_that_keeps_quiet_hours_does_not_leave_before_its_time_by_day_either(desk: Desk, time: Time) -> None:
    desk.database.info["settings"] = desk.installation.settings.model_copy(update={"quiet_hours": True})
    at_local(desk, time, 10)
    number = desk.responding()
    desk.send()
    desk.act("ada", number, "regrade", tier=3, reason="by judgement")
    with desk.database.read() as session:
        incident = session.scalars(select(Incident).where(Incident.number == number)).one()
        promised = telling.promise(session, incident, telling.plan_of(session, incident)[1])
    assert promised is not None
    time.forward(seconds=(promised - time.now()).total_seconds() - 300)
    cycle(desk)
    (update,) = updates(desk, number)
    assert update["keeps_quiet"]
    answer = desk.post("ada", f"/api/v1/notices/{update['id']}/actions/approve", count=update["audience"])
    assert answer.status_code == 200, answer.text
    desk.send()
    assert desk.told(update["id"]) == set()
    time.forward(minutes=6)
    desk.send()
    assert desk.told(update["id"]) == {"CELL-1"}


def test_what_changes_while_it_waits_is_in_it(desk: Desk, time: Time) -> None:
    number = told(desk)
    time.forward(minutes=51)
    cycle(desk)
    (old,) = updates(desk, number)
    eta = time.now() + timedelta(hours=3)
    desk.act("eng", number, "eta", eta=eta.isoformat(), reason="splicing")
    before = len(texts_to_staff(desk))
    for _ in range(2):
        cycle(desk)
    withdrawn, new = updates(desk, number)
    assert (withdrawn["id"], withdrawn["state"], new["state"]) == (old["id"], "withdrawn", "submitted")
    assert "between" in new["texts"]["en"] and "between" not in old["texts"]["en"]
    assert len(texts_to_staff(desk)) == before, "it is the same update still"


def test_who_refuses_it_gets_no_second_one_and_a_persons_own_update_takes_its_place(desk: Desk, time: Time) -> None:
    number = told(desk)
    time.forward(minutes=51)
    cycle(desk)
    (update,) = updates(desk, number)
    assert desk.post("ada", f"/api/v1/notices/{update['id']}/actions/reject", reason="vague").status_code == 200
    cycle(desk)
    assert len(updates(desk, number)) == 1
    own = {"incident": number, "kind": "update", "texts": {"zh": "配件已到", "en": "The part has come"}}
    mine = desk.post("dou", "/api/v1/notices", **own).json
    desk.post("dou", f"/api/v1/notices/{mine['id']}/actions/submit")
    time.forward(minutes=10)
    desk.post("ada", f"/api/v1/notices/{mine['id']}/actions/approve", count=20)
    time.forward(minutes=51)
    cycle(desk)
    second = updates(desk, number)[-1]
    assert second["created_by"] == "system:notices"
    assert desk.post("dou", "/api/v1/notices", **own).status_code == 201
    later = updates(desk, number)[-1]
    desk.post("dou", f"/api/v1/notices/{later['id']}/actions/submit")
    time.forward(minutes=10)
    desk.post("ada", f"/api/v1/notices/{later['id']}/actions/approve", count=20)
    cycle(desk)
    assert {each["id"]: each["state"] for each in updates(desk, number)}[second["id"]] == "withdrawn"


def test_it_is_taken_back_when_service_returns(desk: Desk, time: Time) -> None:
    number = told(desk)
    time.forward(minutes=51)
    cycle(desk)
    desk.act("ada", number, "restore", evidence="test calls")
    cycle(desk)
    assert updates(desk, number)[0]["state"] == "withdrawn"
    time.forward(hours=5)
    cycle(desk)
    assert len(updates(desk, number)) == 1


def test_an_operator_turns_it_off(desk: Desk, time: Time, tmp_path: Path) -> None:
    policy = written(tmp_path, cadence={"draft_minutes": None})
    desk.database.info["settings"] = desk.installation.settings.model_copy(update={"notices": policy})
    number = told(desk)
    time.forward(hours=2)
    cycle(desk)
    assert updates(desk, number) == []
    assert "No update is drafted by itself." in desk.get("aud", "/notices/policy?lang=en").text
