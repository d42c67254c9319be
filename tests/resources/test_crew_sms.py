"""Crews called out over the SMS simulator: what arrives on whose phone, what is replied, and what becomes of what was dispatched."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from command import parts
from command.core import clock
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import Keyring
from command.messages import exercises, inbound
from command.messages.models import Inbound
from command.resources.crew_models import ResourceCall
from notifiers import base
from tests.builders import PEOPLE
from tests.conftest import Time
from tests.messages.house import House
from tests.resources.test_life import API, Depot

once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what passes alike on both databases."""
HAN, STRANGER = "+8612055550001", "+8612055550009"


class Yard(Depot):
    """The depot with an SMS provider: crews, their contacts, and the phones they read and answer on."""

    house: House
    number: str

    def crew(self, *names: str, outside: str = "Han Mei", number: str = "120 5555 0001", language: str = "en") -> None:
        """Crews come in, all called by one number."""
        stock = self.receive(self.near, "crew", *names)
        for unit in self.units(stock):
            body = {"outside": outside, "number": number, "language": language}
            self.ok("dou", f"{API}/units/{unit}/actions/contact", **body)

    def dispatched(self, name: str, number: str | None = None, **step: Any) -> str:
        """A crew is asked for by an engineer, sent by the duty officer; the address of what is out."""
        stock = next(each for each in self.read("stocks?resource=crew")["items"])
        unit = next(each["id"] for each in self.read(f"stocks/{stock['id']}/units")["items"] if each["serial"] == name)
        request = self.approved(number or self.number, resource="crew", quantity=1)
        take = [{"stock": stock["id"], "unit": unit}]
        held = self.ok("dou", f"{API}/requests/{request}/actions/fill", take=take)["taken"][0]["id"]
        self.ok("dou", f"{API}/out/{held}/actions/assign")
        self.ok("dou", f"{API}/out/{held}/actions/dispatch", **step)
        return f"out/{held}"

    def deliver(self) -> None:
        self.house.send()
        self.house.settle_down()

    def phone(self, number: str = HAN) -> list[str]:
        """What a phone has received, newest first."""
        items = self.house.http.get(f"/api/phones/{number}/messages").json()["items"]
        return [item["body"] for item in items if item["direction"] == "out"]

    def code(self, number: str = HAN) -> str:
        return str(re.findall(r"Reply (\d{5})|请回复(\d{5})", self.phone(number)[0])[0][0])

    def reply(self, text: str, number: str = HAN) -> str:
        """A phone sends a text; what it gets back."""
        before = len(self.phone(number))
        self.house.http.post(f"/api/phones/{number}/reply", json={"body": text, "to": "10690000"})
        self.house.send()
        assert len(self.phone(number)) == before + 1, "every reply gets an answer"
        return self.phone(number)[0]

    def number_of(self, username: str) -> str:
        """The number of somebody of the register."""
        return f"+86120000{list(PEOPLE).index(username):05d}"

    def answers(self) -> list[str]:
        lines = [each["text"]["en"] for each in self.journal(self.number) if each["kind"] == "resource.crew_answered"]
        return [line.rpartition(": ")[2] for line in lines]


@pytest.fixture
def yard(database: Database, keyring: Keyring, tmp_path: Any, time: Time) -> Iterator[Yard]:
    house = House(database, keyring, tmp_path, handlers=parts.handlers())
    made = Yard(house.installation)
    made.stocked(time)
    made.house, made.number = house, made.responding()
    yield made
    house.close()


@pytest.fixture
def desk(installation: Installation, time: Time) -> Yard:
    """The same without a provider."""
    made = Yard(installation)
    made.stocked(time)
    made.number = made.responding()
    return made


@pytest.mark.proves("R11", "R28")
def test_a_crew_is_called_out_sets_out_arrives_is_done_and_every_word_is_on_record(yard: Yard, time: Time) -> None:
    yard.crew("Crew 3")
    out = yard.dispatched("Crew 3", place="CELL-1, gate 2")
    yard.deliver()
    text = yard.phone()[0]
    assert all(part in text for part in ("Crew 3", "CELL-1, gate 2", yard.number, "by ", "EN ROUTE", yard.code())), text
    (call,) = yard.read(f"{out}/calls")["items"]
    assert (call["state"], call["answer"], call["name"]) == ("delivered", None, "Han Mei")
    assert yard.reply(f"{yard.code()} en route 40") == f"Noted, Crew 3 is en route: incident {yard.number}."
    shown = yard.read(out)
    assert (shown["state"], shown["crew_answer"]) == ("en_route", "confirmed")
    assert shown["eta_at"][:16] == (time.now() + timedelta(minutes=40)).isoformat()[:16]
    assert len([each for each in yard.phone() if "is sent to" in each]) == 1, "its own word calls it out no second time"
    assert yard.reply("On scene.").startswith("Noted, Crew 3 is on scene")
    assert yard.read(out)["state"] == "on_scene"
    assert "is on scene already" in yard.reply("no")
    assert yard.reply("完成").startswith("Noted, Crew 3 is done")
    assert yard.read(out)["state"] == "released"
    assert yard.answers() == ["confirmed", "on scene", "done"]
    assert "resource.crew_called" in yard.kinds(yard.number)


@once
@pytest.mark.proves("R11")
def test_a_crew_that_cannot_come_is_shown_and_whoever_sent_it_and_asked_for_it_is_told(yard: Yard) -> None:
    yard.crew("抢修一队", outside="韩梅", language="zh")
    out = yard.dispatched("抢修一队")
    yard.deliver()
    assert yard.phone()[0].startswith("【") and f"事件{yard.number}" in yard.phone()[0]
    assert yard.reply("无法到场，车坏了").startswith("已记录无法到场：抢修一队")
    shown = yard.read(out)
    assert (shown["state"], shown["crew_answer"]) == ("en_route", "declined")
    said = [each for each in yard.journal(yard.number) if each["kind"] == "resource.crew_answered"]
    assert "无法到场" in said[0]["text"]["zh"] and "车坏了" in said[0]["text"]["zh"]
    yard.deliver()
    told = [yard.phone(yard.number_of(each))[0] for each in ("dou", "eng")]
    assert all("抢修一队" in each and yard.number in each for each in told), told


@once
@pytest.mark.proves("R11")
def test_with_several_dispatches_open_the_code_says_which_and_without_one_a_question_is_asked(
    yard: Yard, time: Time
) -> None:
    yard.crew("Crew 1", "Crew 2")
    first, second = yard.dispatched("Crew 1"), yard.dispatched("Crew 2")
    yard.deliver()
    codes = {each: yard.read(f"{each}/calls")["items"][0]["code"] for each in (first, second)}
    asked = yard.reply("on scene")
    assert "Several dispatches are open" in asked and all(code in asked for code in codes.values())
    assert (yard.read(first)["state"], yard.read(second)["state"]) == ("en_route", "en_route")
    assert "Crew 2 is en route" in yard.reply(codes[second])
    assert "Crew 2 is on scene" in yard.reply(f"到场 {codes[second]}")
    assert (yard.read(first)["state"], yard.read(second)["state"]) == ("en_route", "on_scene")
    assert "No dispatch has the code 11111" in yard.reply("11111 done")
    assert "Not understood" in yard.reply(f"{codes[first]} lunch")
    time.forward(minutes=16)
    yard.ok("dou", f"{API}/{first}/actions/release")
    assert "Crew 2 is done" in yard.reply("done"), "one is left, so no code is needed"


@once
@pytest.mark.proves("R11")
def test_a_number_nobody_called_changes_nothing_and_is_not_answered(yard: Yard) -> None:
    yard.crew("Crew 3")
    out = yard.dispatched("Crew 3")
    yard.deliver()
    yard.house.http.post(f"/api/phones/{STRANGER}/reply", json={"body": f"{yard.code()} done", "to": "10690000"})
    yard.house.send()
    assert yard.phone(STRANGER) == []
    assert (yard.read(out)["state"], yard.read(out)["crew_answer"]) == ("en_route", None)
    with yard.database.read() as session:
        assert session.scalars(select(Inbound.handled)).all() == ["unknown_sender"]


@once
@pytest.mark.proves("R11", "R28")
def test_somebody_who_is_paged_and_sent_out_answers_each_by_its_own_code(yard: Yard) -> None:
    stock = yard.receive(yard.near, "crew", "Crew 9")
    yard.ok("dou", f"{API}/units/{yard.units(stock)[0]}/actions/contact", person="eng")
    out, engineer = yard.dispatched("Crew 9"), yard.number_of("eng")
    yard.deliver()
    text = next(each for each in yard.phone(engineer) if "Crew 9" in each)
    code = re.findall(r"Reply (\d{5})", text)[0]
    assert yard.reply(f"{code}，已到场", engineer).startswith("Noted, Crew 9 is on scene")
    assert yard.read(out)["state"] == "on_scene"
    for _ in range(3):
        yard.reply("done", engineer)
    assert yard.read(out)["state"] == "released"


@once
@pytest.mark.proves("R19")
def test_in_an_exercise_only_numbers_on_the_allow_list_are_called_out(yard: Yard) -> None:
    drill = yard.responding("tra", exercise=True)
    yard.crew("Crew 1", "Crew 2")
    out = yard.dispatched("Crew 1", drill)
    yard.deliver()
    assert yard.phone() == []
    assert yard.read(f"{out}/calls")["items"][0]["state"] == "failed"
    index = yard.installation.keyring.index(HAN)
    yard.do(lambda session: exercises.allow(session, index, clock.now(session) + timedelta(days=1), "person:1"))
    second = yard.dispatched("Crew 2", drill)
    yard.deliver()
    assert yard.phone()[0].startswith("[DRILL] ") and "Crew 2" in yard.phone()[0]
    yard.ok("dou", f"{API}/{out}/actions/release")
    assert "Crew 2 is on scene" in yard.reply("on scene")
    assert yard.read(second)["state"] == "on_scene"


@once
@pytest.mark.proves("I3", "R19")
def test_the_code_of_a_real_call_counts_though_it_came_to_the_number_of_exercises(yard: Yard) -> None:
    yard.crew("Crew 1")
    out = yard.dispatched("Crew 1")
    yard.deliver()
    came = base.Inbound(provider_id="SM-wrong-thread", sender=HAN, recipient="10690099", text=f"{yard.code()} on scene")
    yard.do(lambda session: inbound.receive(session, "exercise", came, parts.handlers(), yard.installation.keyring))
    assert yard.read(out)["state"] == "on_scene"
    yard.deliver()
    assert "Crew 1 is on scene" in yard.phone()[0] and "DRILL" not in yard.phone()[0]


@once
@pytest.mark.proves("I10", "R11")
def test_a_contact_is_understood_shown_masked_and_refused_with_the_field_that_is_wrong(desk: Yard) -> None:
    stock = desk.receive(desk.near, "crew", "Crew 3")
    (unit,) = desk.units(stock)
    address = f"{API}/units/{unit}/actions/contact"
    kept = desk.ok("dou", address, outside="Han Mei", number="120 5555-0001")["contact"]
    assert kept == {"person": None, "name": "Han Mei", "number": "+86 120****0001", "language": "zh"}
    for body, field in (
        ({"outside": "Han Mei", "number": "12"}, "number"),
        ({"outside": "Han Mei"}, "number"),
        ({"number": "120 5555 0001"}, "outside"),
        ({"person": "nobody"}, "person"),
        ({"person": "eng", "outside": "Han Mei"}, "person"),
    ):
        assert desk.no("dou", address, **body)["field"] == field
    assert desk.no("eng", address, person="eng")["status"] == 403
    assert desk.ok("dou", address, person="eng")["contact"]["person"] == "eng"
    assert desk.ok("dou", f"{API}/units/{unit}/actions/drop_contact")["contact"] is None
    desk.dispatched("Crew 3")
    with desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ResourceCall)) == 0


@once
@pytest.mark.proves("R11", "I11")
def test_a_dispatch_taken_back_before_the_sms_left_sends_none(desk: Yard) -> None:
    desk.crew("Crew 3")
    out = desk.dispatched("Crew 3")
    desk.ok("dou", f"{API}/{out}/actions/release")
    assert desk.read(f"{out}/calls")["items"][0]["state"] == "withdrawn"
