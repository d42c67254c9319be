"""The switch that holds mass messages, by page and API: who may, what the boards say, what passes."""

from typing import Any

import pytest

from command.core.journal import Entry
from command.engine import holds as cycle
from command.messages.models import Delivery, State
from tests.conftest import Time
from tests.incidents.conftest import Desk

HOLD = "/api/v1/messages/hold"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def entries(desk: Desk, kind: str) -> int:
    with desk.database.read() as session:
        return session.query(Entry).filter(Entry.kind == kind).count()


def test_the_commander_holds_everybody_sees_it_and_it_is_released_on_record(desk: Desk) -> None:
    assert desk.post("kef", HOLD, reason="x", minutes=5).status_code == 403
    assert desk.post("eng", HOLD, reason="x", minutes=5).status_code == 403
    assert desk.post("ada", HOLD, reason="x", minutes=0).json["field"] == "minutes"
    assert desk.post("ada", HOLD, reason=" ", minutes=5).json["field"] == "reason"
    held = desk.post("ada", HOLD, reason="signalling storm", minutes=30)
    assert held.status_code == 200 and held.json["on"] and held.json["hold"]["reason"] == "signalling storm"
    strip = desk.get("kef", "/messages/hold/strip?lang=en").text
    assert "Mass messages are held" in strip and "Ada" in strip and "data-until" in strip
    assert desk.get("kef", "/messages/hold/strip?lang=en&exercise=1").text.strip() == ""
    page = desk.get("kef", "/messages/hold?lang=en").text
    assert "signalling storm" in page and "/messages/release" not in page
    done = desk.ask("dou", "POST", "/messages/release", data={"reason": "calm"})
    assert done.status_code == 303 and not desk.get("ada", HOLD).json["on"]
    assert (entries(desk, "messages.held"), entries(desk, "messages.released")) == (1, 1)


def test_an_engineer_holds_on_their_own_word_and_that_is_on_record(desk: Desk) -> None:
    form: dict[str, Any] = {"reason": "nobody answers", "minutes": "20", "mass": "1"}
    refused = desk.ask("eng", "POST", "/messages/hold", data=form)
    assert refused.status_code == 403 and "nobody answers" in refused.text and 'name="override"' in refused.text
    assert desk.ask("eng", "POST", "/messages/hold", data=form | {"override": "true"}).status_code == 303
    with desk.database.read() as session:
        entry = session.query(Entry).filter(Entry.kind == "messages.held").one()
    assert '"override":true' in entry.data


def test_the_first_notice_waits_unless_it_is_let_through_and_the_incident_says_so(desk: Desk, time: Time) -> None:
    desk.post("ada", HOLD, reason="storm", minutes=30)
    number = desk.responding()
    desk.send()
    with desk.database.read() as session:
        assert session.query(Delivery).filter(Delivery.state == State.READY).count() == 20
    (waiting,) = desk.get("ada", HOLD).json["waiting"]
    assert (waiting["incident"], waiting["queued"], waiting["through"]) == (number, 20, False)
    assert desk.post("ada", f"{HOLD}/let-through", notice=99999, reason="x").status_code == 404
    said = {"notice": str(waiting["notice_id"]), "reason": "evacuation"}
    assert desk.ask("ada", "POST", "/messages/let-through", data=said).status_code == 303
    assert desk.ask("ada", "POST", "/messages/let-through", data=said).status_code == 303
    desk.send()
    with desk.database.read() as session:
        assert session.query(Delivery).filter(Delivery.state == State.READY).count() == 0
    assert desk.kinds(number).count("notice.let_through") == 1
    time.forward(minutes=31)
    cycle.run_once(desk.installation)
    cycle.run_once(desk.installation)
    assert entries(desk, "messages.hold_ended") == 1


@pytest.mark.parametrize(
    "body", [{}, {"minutes": 5}, {"reason": "x", "minutes": "soon"}, {"reason": "x", "minutes": 1e9}]
)
def test_a_hold_that_cannot_be_names_the_field(desk: Desk, body: dict[str, Any]) -> None:
    answer = desk.post("ada", HOLD, **body)
    assert answer.status_code == 422 and answer.json["field"] and answer.json["remedy"]
