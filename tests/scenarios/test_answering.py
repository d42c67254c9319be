"""Nights on call over the SMS simulator: what arrives on whose phone, what is replied, what comes back."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from command import parts
from command.core.database import Database
from command.core.keys import Keyring
from command.engine import escalate
from command.messages.sender import Sender
from command.oncall.models import EscalationState
from tests.conftest import Time
from tests.messages.house import House, received_by
from tests.oncall.scene import Scene, step

QIN, YOU, WU = "qin.yang", "you.na", "wu.tao"
STEPS = (step("person:18"), step("person:19", 5))
once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For nights that pass alike on both databases."""


class Night:
    """The whole way of a page: the escalation, the outbox, the provider, the phones and back by webhook."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.scene = Scene(house.installation).begin()

    def engine(self) -> None:
        """What an engine does until nothing is due, as if it had just been started."""
        self.scene.engine()
        self.house.send()
        self.house.settle_down()
        self.scene.engine()
        self.house.send()

    def expect(self, username: str, *parts: str) -> str:
        """The newest SMS on a phone holds these words; all of it."""
        texts = self.phone(username)
        assert texts, f"{username} has received nothing"
        assert all(part in texts[0] for part in parts), texts[0]
        return texts[0]

    def phone(self, username: str) -> list[str]:
        """What a phone has received, newest first."""
        number = self.scene.roster.person(username).number
        items = self.house.http.get(f"/api/phones/{number}/messages").json()["items"]
        return [item["body"] for item in items if item["direction"] == "out"]

    def reply(self, username: str, text: str) -> str:
        """Somebody replies; the answer that arrives on their phone."""
        number = self.scene.roster.person(username).number
        before = len(self.phone(username))
        answer = self.house.http.post(f"/api/phones/{number}/reply", json={"body": text, "to": "10690000"})
        assert answer.json()["delivered"]
        self.house.send()
        assert len(self.phone(username)) == before + 1, "every reply gets an answer"
        return self.phone(username)[0]

    def received(self) -> int:
        """Messages the provider took in all."""
        return sum(received_by(self.house.simulator.url).values())


@pytest.fixture
def night(database: Database, keyring: Keyring, tmp_path: Any) -> Iterator[Night]:
    house = House(database, keyring, tmp_path, handlers=parts.handlers())
    yield Night(house)
    house.close()


def code_in(text: str) -> str:
    (found,) = re.findall(r"请回复(\d{4})", text)
    return str(found)


@pytest.mark.proves("R2", "R28", "I1")
def test_a_page_is_answered_in_words_and_every_word_is_answered(night: Night) -> None:
    chain = night.scene.page(*STEPS)
    night.engine()
    code = code_in(night.expect(QIN, "呼叫：INC-1"))
    assert night.reply(QIN, f"ａｃｋ {code}") == "已应答：INC-1。"
    assert night.reply(QIN, "EN ROUTE 20") == "已记录在途：INC-1。"
    assert night.reply(QIN, "已到场。") == "已记录到场：INC-1。"
    assert night.reply(QIN, "完成") == "已记录完成：INC-1。"
    assert night.scene.chain(chain).state == EscalationState.ACKNOWLEDGED
    (answered,) = night.scene.journal("page.acknowledged")
    assert answered["seconds"] < 30 * 60


@pytest.mark.proves("R4", "R28", "I11")
def test_silence_calls_the_next_person_and_a_restart_changes_nothing(night: Night, time: Time) -> None:
    night.scene.page(*STEPS)
    night.engine()
    night.expect(QIN, "INC-1")
    time.forward(minutes=3)
    night.house.sender.close()
    night.house.sender = Sender(night.house.installation, night.house.gateways, night.house.handlers)
    night.engine()
    assert night.phone(YOU) == []
    time.forward(minutes=2)
    night.engine()
    code = code_in(night.expect(YOU, "INC-1"))
    assert night.reply(YOU, code) == "已应答：INC-1。"
    assert night.reply(QIN, "收到") == "您没有待应答的呼叫。"
    time.forward(hours=1)
    night.engine()
    assert (len(night.phone(QIN)), len(night.phone(YOU)), night.phone(WU)) == (2, 2, [])


@once
@pytest.mark.proves("R28", "I1")
@pytest.mark.parametrize("fault", ["receipt:30003", "code:21610"], ids=["switched off", "blocked after STOP"])
def test_a_phone_that_cannot_be_reached_brings_the_next_person_at_once(night: Night, fault: str) -> None:
    night.house.fault(fault, times=1)
    night.scene.page(*STEPS)
    night.engine()
    assert night.scene.journal("page.failed")[0]["code"] == fault[-5:]
    night.expect(YOU, "INC-1")


@once
@pytest.mark.proves("I1", "I11")
def test_while_the_gateway_is_down_nothing_is_lost_and_the_chain_goes_on(night: Night, time: Time) -> None:
    night.house.fault("503")
    night.scene.page(*STEPS)
    night.engine()
    time.forward(minutes=5)
    night.engine()
    assert (night.phone(QIN), night.phone(YOU)) == ([], [])
    assert night.scene.called() == [QIN, YOU]
    night.house.heal()
    for _ in range(4):
        time.forward(minutes=2)
        night.house.sweep()
        night.engine()
    night.expect(YOU, "INC-1")
    assert night.reply(YOU, "ACK") == "已应答：INC-1。"


@pytest.mark.proves("I2")
def test_two_engines_at_once_page_once(night: Night) -> None:
    house = night.house
    others = [Sender(house.installation, house.gateways, house.handlers) for _ in range(2)]
    night.scene.page(*STEPS)
    together = threading.Barrier(2)

    def engine(sender: Sender) -> None:
        together.wait()
        for _ in range(3):
            night.scene.engine()

    threads = [threading.Thread(target=engine, args=(sender,)) for sender in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for sender in others:
        sender.run()
        sender.close()
    night.engine()
    assert len(night.phone(QIN)) == 1 and night.received() == 1


@once
@pytest.mark.proves("I2", "R31")
def test_a_storm_rings_twice_and_each_incident_is_answered_by_its_code(night: Night, time: Time) -> None:
    for number in ("INC-1", "INC-2", "INC-3"):
        night.scene.page(*STEPS, number=number)
    night.engine()
    assert len(night.phone(QIN)) == 1
    time.forward(seconds=61)
    night.engine()
    text = night.expect(QIN, "呼叫：共2个", "INC-2", "INC-3")
    second, third = re.findall(r"^(\d{4}) INC", text, re.MULTILINE)
    assert night.reply(QIN, third) == "已应答：INC-3。"
    assert "请回复其中的代码" in night.reply(QIN, "已到场")
    assert night.reply(QIN, f"{second} 求助") == "已求助：INC-2，正在呼叫下一位。"
    night.engine()
    night.expect(YOU, "INC-2")
    assert [page.state for n in ("INC-2", "INC-3") for page in night.scene.pages(n)[:1]] == ["acknowledged"] * 2


@once
@pytest.mark.proves("R2", "I11")
def test_an_acknowledgement_that_goes_quiet_calls_the_next_person(night: Night, time: Time) -> None:
    night.scene.page(*STEPS, tier=1)
    night.engine()
    night.reply(QIN, "收到")
    time.forward(minutes=31)
    night.engine()
    night.expect(QIN, "您应答后30分钟没有消息，正在呼叫下一位")
    night.expect(YOU, "INC-1")
    assert night.reply(QIN, "已到场") == "已记录到场：INC-1。"
    time.forward(minutes=31)
    night.engine()
    assert len(night.phone(YOU)) == 1, "who is there needs nobody else"
    assert escalate.run_once(night.house.installation) is False
