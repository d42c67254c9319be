"""Reaching the right engineer, over the simulator, a real mail server and a real chat: everything goes over the wire."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from command import parts
from command.messages.models import State
from command.oncall.models import EscalationState, PageState
from tests.messages.conftest import Build
from tests.messages.conftest import build as build
from tests.messages.house import House
from tests.notifiers.listener import Listener
from tests.notifiers.mailserver import MailServer, by_mail
from tests.oncall.reachable import add, confirm, goes_on, have, went_out
from tests.oncall.scene import Scene, step

WHO = "li.hong"
VOICE = {"name": "voice", "transport": "twilio_voice", "sender": "+8610690000"}


class Stage:
    """People of the demo operator, and an outbox that reaches their simulated phones."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.scene = Scene(house.installation).begin()

    def page(self) -> int:
        chain = self.scene.page(step(f"person:{self.scene.ids[WHO]}"), step("post:duty_officer", after=10))
        self.scene.engine()
        self.house.send()
        return chain

    def go_on(self) -> None:
        goes_on(self.scene)
        self.house.send()

    @property
    def phone(self) -> str:
        return f"/api/phones/{self.scene.roster.person(WHO).number}"

    def calls(self, number: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.house.http.get(f"/api/phones/{number}/calls").json()["items"]
        return items

    def texts(self) -> list[str]:
        items = self.house.http.get(f"{self.phone}/messages").json()["items"]
        return [item["body"] for item in items if item["direction"] == "out"]

    def have(self, *kinds: Any, **more: Any) -> None:
        have(self.scene, WHO, *kinds, **more)


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


@pytest.mark.proves("R2", "R4")
def test_an_sms_to_a_landline_becomes_a_call_and_its_key_acknowledges(stage: Set) -> None:
    at = stage(others=(VOICE,))
    at.have("voice")
    at.house.fault("receipt:30006")
    chain = at.page()
    at.house.settle_down()
    at.go_on()
    number = "+8612099999992"
    at.house.wait(lambda: at.calls(number)[0]["waiting"])
    at.house.http.post(f"/api/phones/{number}/press", json={"digits": "1"}).raise_for_status()
    at.house.wait(lambda: at.calls(number)[0]["over"])
    at.house.settle_down()
    call = at.calls(number)[0]
    assert "INC-1" in call["said"][0] and "http" not in call["said"][0] and "已应答" in call["said"][-1]
    (page,) = at.scene.pages()
    assert (page.state, page.answered_via) == (PageState.ACKNOWLEDGED, "keypad")
    assert at.scene.chain(chain).state == EscalationState.ACKNOWLEDGED
    assert at.scene.journal("page.acknowledged")[0]["via"] == "keypad"


@pytest.mark.proves("R4", "R28")
def test_two_on_the_keypad_calls_for_help(stage: Set) -> None:
    at = stage(others=(VOICE,))
    at.have("voice")
    at.house.fault("receipt:30006")
    at.page()
    at.house.settle_down()
    at.go_on()
    number = "+8612099999992"
    at.house.wait(lambda: at.calls(number)[0]["waiting"])
    at.house.http.post(f"/api/phones/{number}/press", json={"digits": "2"}).raise_for_status()
    at.house.wait(lambda: at.calls(number)[0]["over"])
    (page,) = at.scene.pages()
    assert page.state == PageState.ACKNOWLEDGED and page.help_at is not None


@pytest.mark.proves("R2", "R4")
def test_with_the_sms_gateway_down_the_page_comes_by_mail_which_names_another_way(stage: Set, mail: MailServer) -> None:
    at = stage(others=(by_mail(mail),))
    at.have("email")
    at.house.simulator.stop()
    at.page()
    at.go_on()
    (letter,) = mail.box.mails
    said = letter.get_content()
    (page,) = at.scene.pages()
    assert re.search(rf"/p/{page.id}\.\S+", said) and f"发短信{page.code}到10690000" in said
    assert letter["Subject"].startswith("【示例通信】呼叫：INC-1") and "\n" not in letter["Subject"]
    assert went_out(at.scene) == ["sms", "email"]


@pytest.mark.proves("R4")
def test_a_mail_the_server_took_leaves_the_page_waiting_for_an_answer(stage: Set, mail: MailServer) -> None:
    at = stage(others=(by_mail(mail),))
    at.have("email")
    at.house.fault("receipt:30003")
    at.page()
    at.house.settle_down()
    at.go_on()
    (page,) = at.scene.pages()
    assert page.state == PageState.WAITING and at.house.states()[State.DELIVERED] >= 1
    assert at.scene.reply(WHO, page.code) == "已应答：INC-1。"


@pytest.mark.proves("R4")
def test_a_code_is_spoken_digit_by_digit_by_the_phone_it_proves(stage: Set) -> None:
    at = stage(others=(VOICE,))
    made = add(at.scene, WHO, "voice")
    at.house.send()
    number = "+8612099999992"
    at.house.wait(lambda: bool(at.calls(number)) and at.calls(number)[0]["over"])
    said = at.calls(number)[0]["said"]
    assert said[0] == said[1] and "按1" not in "".join(said)
    assert confirm(at.scene, WHO, made, "".join(re.findall(r"\d", said[0]))) == "right"


@pytest.mark.proves("R4")
def test_a_page_reaches_a_chat(stage: Set) -> None:
    listener = Listener()
    address = listener.url.replace("http://", "json://") + "/room"
    at = stage(others=({"name": "chat", "transport": "chat", "schemes": ("json",)},))
    at.have("chat", address=address)
    at.house.fault("receipt:30006")
    at.page()
    at.house.settle_down()
    at.go_on()
    assert "INC-1" in str(listener.next().params)
    listener.close()


@pytest.mark.proves("R4")
def test_a_gateway_without_replies_and_links_says_whom_to_call(stage: Set) -> None:
    at = stage(gateway={"two_way": False, "url": False})
    at.page()
    (text,) = at.texts()
    assert "http" not in text and "回复" not in text and "致电10000" in text


@pytest.mark.proves("R4")
def test_where_some_gateways_take_no_replies_the_number_that_does_is_named(stage: Set) -> None:
    at = stage(others=({"name": "one-way", "two_way": False, "sender": "95555"},))
    at.page()
    (page,) = at.scene.pages()
    (text,) = at.texts()
    assert f"发短信{page.code}到10690000" in text
