"""Live drills: texts to listed players alone, pages to players alone, and the word that stops it all."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from command import parts
from command.core import clock
from command.drills.models import State
from command.drills.runs import phones
from command.messages import exercises, inbound
from command.messages.models import Body, Delivery, ExerciseAllowed
from command.oncall.models import Page
from command.people.models import Person
from notifiers.base import Inbound
from tests.drills.scene import Stage, line, scenario


def allowed(stage: Stage) -> set[str]:
    """Who is on the allow-list now."""
    with stage.database.read() as session:
        people = session.scalars(select(Person)).all()
        return {each.username for each in people if exercises.allowed(session, each.number_index or b"")}


def send_in(stage: Stage, who: str, text: str, gateway: str = "exercise") -> Any:
    def work(session: Session) -> Any:
        person = session.get_one(Person, stage.people[who])
        number = stage.installation.keyring.decrypt(person.number)
        came = Inbound(provider_id=f"in-{text}-{who}", sender=number, recipient="+8612000000000", text=text)
        return inbound.receive(session, gateway, came, parts.handlers(), stage.installation.keyring)

    return stage.do(work)


def written(stage: Stage) -> list[tuple[str, str, str]]:
    """(who, text, state) of every message of an exercise."""
    with stage.database.read() as session:
        query = (
            select(Person.username, Body.text, Delivery.state)
            .join(Delivery, Delivery.addressee == Person.id)
            .join(Body, Body.id == Delivery.body_id)
            .where(Delivery.exercise, Delivery.page_id.is_(None))
            .order_by(Delivery.id)
        )
        return list(session.execute(query).tuples())


@pytest.mark.proves("B3", "I3")
def test_a_text_goes_to_the_players_of_its_role_with_the_mark_first(stage: Stage) -> None:
    code = stage.begun(scenario(line(1, method="sms", content={"zh": "基站断电", "en": "Cell is down"})), mode="live")
    assert allowed(stage) == {"dou", "eng", "ada", "dep", "ops"}
    stage.minutes(1)
    stage.minutes(0)
    assert written(stage) == [("dou", "[DRILL] Network centre: Cell is down", "ready")]
    stage.send()
    assert written(stage)[0][2] in ("submitted", "sent", "delivered")
    assert stage.told(code, "inject_delivered")[0][1] == {
        "number": 1,
        "second": 60.0,
        "people": 1,
        "texts": 1,
        "alarms": 0,
    } | {"second": stage.inject(code, 1).delivered_s}


@pytest.mark.parametrize("mode", ["simulation", "tabletop"])
def test_without_phones_the_same_text_is_on_the_screen_alone(stage: Stage, mode: str) -> None:
    code = stage.begun(scenario(line(1, method="sms")), mode=mode)
    stage.minutes(1)
    assert stage.states(code) == {1: "delivered"} and written(stage) == [] and allowed(stage) == set()


@pytest.mark.parametrize("mode", ["live", "simulation"])
def test_only_players_are_paged_and_in_a_simulation_on_their_screens(stage: Stage, mode: str) -> None:
    code = stage.begun(scenario(line(1)), mode=mode, players={"desk": ("dou",), "field": ("sec",)})
    made = stage.verb("report", code, "dou", kind="network_fault", area="800101", elements=["CELL-1"])
    number = made.json["number"]
    stage.act("dou", number, "assess")
    stage.act("dou", number, "activate")
    for _ in range(3):
        stage.send()
        stage.minutes(6)
    with stage.database.read() as session:
        paged = session.scalars(select(Page)).all()
        sent = session.scalars(select(Delivery).where(Delivery.page_id.is_not(None))).all()
    assert {page.person_id for page in paged} == {stage.people["dou"]}
    assert bool(sent) == (mode == "live")
    assert "escalation.target_empty" in stage.kinds(number), (
        "who is on call and does not play is passed over, on record"
    )
    taken = stage.post("dou", f"/api/v1/pages/{paged[0].id}/actions/acknowledge")
    assert taken.status_code == 200, taken.text


@pytest.mark.parametrize("gateway", ["exercise", "console"])
def test_the_stop_word_of_anybody_who_takes_part_stops_it(stage: Stage, gateway: str) -> None:
    code = stage.begun(scenario(line(1, method="sms"), line(30)), mode="live", area="80")
    stage.minutes(1)
    assert send_in(stage, "kef", "STOPDRILL", gateway) == "not_understood", "not of somebody who takes no part"
    assert send_in(stage, "eng", "please stop the drill", gateway) == "not_understood"
    assert stage.drill(code).state == State.RUNNING
    assert send_in(stage, "eng", " Stop drill! ", gateway) == "answered"
    assert stage.drill(code).state == State.STOPPED
    assert stage.told(code, "stopped")[0][1]["because"] == "stop_word"
    said = written(stage)
    assert said[0][2] == "withdrawn", "what had not left does not any more"
    assert {who for who, text, state in said if "was stopped" in text} == {"dou", "eng", "ada", "dep", "ops"}
    assert all(text.startswith(("[DRILL]", "【演练】")) for _, text, _ in said)
    stage.database.write(lambda s: clock.move(s, phones.LAST_WORDS + timedelta(seconds=1), allowed=True))
    assert allowed(stage) == set()


def test_a_number_that_another_drill_allowed_stays_allowed(stage: Stage) -> None:
    code = stage.plan(mode="live")
    stage.agree(code)

    def allow(session: Session) -> bytes:
        index = session.get_one(Person, stage.people["eng"]).number_index or b""
        exercises.allow(session, index, clock.now(session) + timedelta(days=9), "person:1")
        return index

    index = stage.database.write(allow)
    assert stage.verb("begin", code).status_code == 200
    assert stage.verb("stop", code, "dou").status_code == 200
    with stage.database.read() as session:
        kept = session.get_one(ExerciseAllowed, index)
        assert kept.by == "person:1" and kept.until > clock.now(session) + timedelta(days=8)
