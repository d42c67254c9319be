"""Phone drills over the wire: the simulator rings, a real mail server takes mail, and everything goes by the exercise gateway."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from command import parts
from command.messages.models import Delivery, ExerciseAllowed, Purpose, State
from tests.messages.conftest import Build
from tests.messages.conftest import build as build
from tests.messages.house import House
from tests.notifiers.mailserver import MailServer
from tests.oncall import drills
from tests.oncall.drills import call, later
from tests.oncall.reachable import have
from tests.oncall.scene import Scene
from tests.oncall.test_reach_scenarios import VOICE, by_mail

QIN, YOU = "qin.yang", "you.na"
ANOTHER = "+8612099999992"


class Stage:
    """People of the demo operator, and an outbox that reaches their simulated phones."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.scene = Scene(house.installation).begin()

    def hold(self, *people: str, **given: Any) -> int:
        run = drills.held(self.scene, *(f"person:{name}" for name in people), **given)
        self.house.send()
        return run

    def go_on(self) -> None:
        drills.engine(self.scene)
        self.house.send()

    def texts(self, username: str) -> list[str]:
        phone = self.scene.roster.person(username).number
        items = self.house.http.get(f"/api/phones/{phone}/messages").json()["items"]
        return [item["body"] for item in items if item["direction"] == "out"]

    def calls(self, number: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.house.http.get(f"/api/phones/{number}/calls").json()["items"]
        return items

    def deliveries(self) -> list[Delivery]:
        drill = select(Delivery).where(Delivery.purpose.in_([Purpose.DRILL, Purpose.ANSWER])).order_by(Delivery.id)
        return self.scene.ask(lambda s: list(s.scalars(drill)))


Set = Callable[..., Stage]


@pytest.fixture
def stage(build: Build) -> Set:
    def made(**given: Any) -> Stage:
        return Stage(build(handlers=parts.handlers(), **given))

    return made


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[MailServer]:
    server = MailServer(tmp_path)
    yield server
    server.stop()


@pytest.mark.proves("R9", "B3", "I3")
def test_phones_ring_through_the_exercise_gateway_and_are_answered_by_text(stage: Set) -> None:
    at = stage()
    at.hold(QIN, YOU)
    (text,) = at.texts(QIN)
    assert text.startswith("【演练】") and text.count("演练】") == 1
    at.house.settle_down()
    assert {each.gateway for each in at.deliveries()} == {"exercise"}
    assert {each.state for each in at.deliveries()} == {State.DELIVERED}
    assert "已记录您的应答" in str(at.scene.reply(QIN, call(at.scene, QIN).code))
    at.house.send()
    assert sum(text.startswith("【演练】已记录您的应答") for text in at.texts(QIN)) == 1 and len(at.texts(QIN)) == 2
    at.house.settle_down()
    assert {each.gateway for each in at.deliveries()} == {"exercise"}


@pytest.mark.proves("R9", "B3")
def test_a_key_in_a_call_answers_and_the_call_names_no_help(stage: Set) -> None:
    at = stage(others=(VOICE,))
    have(at.scene, QIN, "voice", wait=2)
    at.hold(QIN, ways="order")
    later(at.scene, minutes=2)
    at.go_on()
    at.house.wait(lambda: bool(at.calls(ANOTHER)) and at.calls(ANOTHER)[0]["waiting"])
    at.house.http.post(f"/api/phones/{ANOTHER}/press", json={"digits": "2"}).raise_for_status()
    at.house.wait(lambda: "没有这个按键。" in "".join(at.calls(ANOTHER)[0]["said"]) and at.calls(ANOTHER)[0]["waiting"])
    at.house.http.post(f"/api/phones/{ANOTHER}/press", json={"digits": "1"}).raise_for_status()
    at.house.wait(lambda: at.calls(ANOTHER)[0]["over"])
    said = at.calls(ANOTHER)[0]["said"]
    assert "演练" in said[0] and "求助" not in "".join(said) and "http" not in "".join(said)
    assert said[-1] == "已记录您的应答。这是演练，谢谢。"
    assert call(at.scene, QIN).answered_via == "keypad"
    assert {each.gateway for each in at.deliveries()} == {"exercise"}


@pytest.mark.proves("R9", "B3")
def test_a_number_that_fails_is_followed_by_mail(stage: Set, mail: MailServer) -> None:
    at = stage(others=(by_mail(mail),))
    have(at.scene, QIN, "email", wait=20)
    at.house.fault("receipt:30006")
    at.hold(QIN, ways="order")
    at.house.settle_down()
    at.go_on()
    letter = mail.box.mails[-1]
    assert letter["Subject"].startswith("【演练】") and "/d/" in letter.get_content()
    states = [each.state for each in at.deliveries()]
    assert states == [State.UNDELIVERED, State.DELIVERED]


@pytest.mark.proves("R9", "B3")
def test_a_gateway_named_exercise_stands_alone(stage: Set) -> None:
    at = stage(others=(VOICE, {"name": "exercise"}))
    have(at.scene, QIN, "voice", wait=2)
    at.hold(QIN, ways="order")
    later(at.scene, minutes=2)
    at.go_on()
    assert len(at.texts(QIN)) == 1 and at.calls(ANOTHER) == []


@pytest.mark.proves("B3", "I3")
def test_whoever_is_not_on_the_allow_list_is_not_reached(stage: Set) -> None:
    at = stage(others=(VOICE,))
    drill = drills.plan(at.scene, f"person:{QIN}", minutes=2)
    later(at.scene, minutes=2)
    drills.engine(at.scene)
    at.scene.write(lambda s: s.execute(delete(ExerciseAllowed)))
    at.house.send()
    assert drill and at.texts(QIN) == []
    (refused,) = at.deliveries()
    assert (refused.state, refused.code) == (State.FAILED, "not_allowed")


@pytest.mark.proves("R9")
def test_a_stopped_drill_rings_nobody(stage: Set) -> None:
    at = stage()
    run = drills.held(at.scene, f"person:{QIN}")
    drills.stop(at.scene, run)
    at.house.send()
    assert at.texts(QIN) == []
