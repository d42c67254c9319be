"""Many incidents at once: a person's phone rings once a minute, nothing is lost, nothing comes twice."""

import itertools
import re
import threading

import pytest
from sqlalchemy import select

from command.core.settings import GatewaySettings
from command.engine import escalate, reach
from command.messages.models import Delivery, State
from command.messages.resent import marked
from command.oncall.models import PageState
from command.oncall.paging import service
from command.oncall.paging.bundling import MOST_TOGETHER
from tests.conftest import Time
from tests.oncall.scene import Scene, step

QIN = "qin.yang"
ONE = (step("person:18", 0, 10),)
NUMBERS = ("INC-1", "INC-2", "INC-3")
once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what the databases do alike."""


@pytest.fixture
def settings(settings: object) -> object:
    gateway = GatewaySettings(name="sms", transport="simulated", two_way=True, url=True)
    return settings.model_copy(update={"gateways": (gateway,)})  # type: ignore[attr-defined]


@pytest.fixture
def stormed(scene: Scene, time: Time) -> Scene:
    """Three incidents page one person within ten seconds."""
    for number in NUMBERS:
        scene.page(*ONE, number=number)
        scene.engine()
        time.forward(seconds=5)
    return scene


def codes(scene: Scene) -> list[str]:
    return [scene.pages(number)[-1].code for number in NUMBERS]


def test_the_first_page_goes_at_once_and_those_after_it_go_together(stormed: Scene, time: Time) -> None:
    assert len(stormed.inbox(QIN)) == 1
    time.forward(seconds=30)
    stormed.engine()
    assert len(stormed.inbox(QIN)) == 1, "the minute is not over"
    time.forward(seconds=15)
    stormed.engine()
    stormed.engine()
    _, second, third = codes(stormed)
    assert stormed.inbox(QIN)[1:] == [
        f"【示例通信】呼叫：共2个\n{second} INC-2 网络故障，梅江区。\n{third} INC-3 网络故障，梅江区。\n"
        "应答：回复代码；全部应答：回复“全部收到”。"
    ]
    (waits,) = stormed.journal("page.bundled", "INC-2")
    assert 40 <= waits["seconds"] <= 55


@once
def test_a_code_answers_its_page_alone_and_a_bare_word_asks(stormed: Scene, time: Time) -> None:
    time.forward(seconds=45)
    stormed.engine()
    first, second, third = codes(stormed)
    assert stormed.reply(QIN, "ACK") == (
        f"您有多个呼叫，请回复其中的代码：{first} (INC-1), {second} (INC-2), {third} (INC-3)"
    )
    assert stormed.reply(QIN, third) == "已应答：INC-3。"
    assert [stormed.pages(n)[0].state for n in NUMBERS] == [
        PageState.SENDING,
        PageState.SENDING,
        PageState.ACKNOWLEDGED,
    ]
    assert stormed.reply(QIN, "全部收到") == "已应答：INC-1。已应答：INC-2。"
    assert {stormed.pages(n)[0].state for n in NUMBERS} == {PageState.ACKNOWLEDGED}


@once
def test_tier_one_waits_for_nobody(stormed: Scene, time: Time) -> None:
    stormed.page(*ONE, number="INC-9", tier=1)
    stormed.engine()
    assert "INC-9" in stormed.inbox(QIN)[1]
    time.forward(seconds=45)
    stormed.engine()
    assert ["INC-9" in text for text in stormed.inbox(QIN)] == [False, True, False]


@once
def test_after_a_message_of_several_the_next_page_waits_a_minute_again(stormed: Scene, time: Time) -> None:
    time.forward(seconds=45)
    stormed.engine()
    time.forward(seconds=45)
    stormed.page(*ONE, number="INC-4")
    stormed.engine()
    assert len(stormed.inbox(QIN)) == 2
    time.forward(seconds=15)
    stormed.engine()
    assert "INC-4" in stormed.inbox(QIN)[2] and "共" not in stormed.inbox(QIN)[2], "alone it is a page as any other"
    time.forward(seconds=61)
    stormed.page(*ONE, number="INC-5")
    stormed.engine()
    assert len(stormed.inbox(QIN)) == 4, "after a minute of quiet a page goes at once"


@once
def test_two_people_are_not_made_to_wait_for_each_other(stormed: Scene) -> None:
    stormed.page(step("person:19"), number="INC-4")
    stormed.engine()
    assert len(stormed.inbox("you.na")) == 1


@once
def test_what_needs_nobody_any_more_is_left_out(stormed: Scene, time: Time) -> None:
    stormed.write(lambda s: service.stop(s, 2, "restored"))
    time.forward(seconds=45)
    stormed.engine()
    assert "INC-3" in stormed.inbox(QIN)[1] and "INC-2" not in stormed.inbox(QIN)[1]


@once
def test_a_storm_that_is_over_before_the_minute_sends_nothing_more(stormed: Scene, time: Time) -> None:
    for incident in (2, 3):
        stormed.write(lambda s, incident=incident: service.stop(s, incident, "restored"))
    time.forward(seconds=45)
    stormed.engine()
    assert len(stormed.inbox(QIN)) == 1


def test_a_message_still_in_the_queue_is_written_anew_when_one_of_its_incidents_is_over(
    stormed: Scene, time: Time
) -> None:
    time.forward(seconds=45)
    stormed.engine()
    stormed.write(lambda s: service.stop(s, 2, "restored"))
    stormed.engine()
    texts = stormed.inbox(QIN)
    assert "INC-2" in texts[1] and "INC-2" not in texts[2] and "INC-3" in texts[2]
    states = stormed.ask(lambda s: list(s.scalars(select(Delivery.state).order_by(Delivery.id))))
    assert states == [State.READY, State.WITHDRAWN, State.READY]


def test_a_message_of_several_that_cannot_arrive_brings_the_next_step_of_each_forward(scene: Scene, time: Time) -> None:
    for number in NUMBERS:
        scene.page(step("person:18"), step("person:19", 30), number=number)
    scene.engine()
    time.forward(seconds=60)
    scene.engine()
    scene.deliver_last(QIN, State.SUBMITTED)
    assert [scene.pages(n)[0].state for n in NUMBERS] == [PageState.SENDING, PageState.WAITING, PageState.WAITING]
    scene.deliver_last(QIN, State.UNDELIVERED, "30003")
    scene.engine()
    assert [scene.called(n) for n in NUMBERS] == [[QIN], [QIN, "you.na"], [QIN, "you.na"]]
    assert [entry["code"] for n in NUMBERS for entry in scene.journal("page.failed", n)] == ["30003", "30003"]


@once
def test_many_pages_make_several_messages_of_a_size_a_phone_can_show(scene: Scene, time: Time) -> None:
    numbers = [f"INC-{n}" for n in range(1, 2 * MOST_TOGETHER + 4)]
    for number in numbers:
        scene.page(*ONE, number=number)
    scene.engine()
    time.forward(seconds=60)
    scene.engine()
    named = [re.findall(r"INC-\d+", text) for text in scene.inbox(QIN)]
    assert [len(each) for each in named] == [1, MOST_TOGETHER, MOST_TOGETHER, 2]
    assert sorted(itertools.chain(*named)) == sorted(numbers)
    assert max(len(marked(text, "zh")) for text in scene.inbox(QIN)) < 1600


@once
def test_an_exercise_waits_for_an_exercise_only(stormed: Scene, time: Time) -> None:
    stormed.allow_exercise(QIN, time.now().replace(year=time.now().year + 1))
    stormed.page(*ONE, number="INC-7", exercise=True)
    stormed.engine()
    assert "INC-7" in stormed.inbox(QIN)[1]


@pytest.mark.proves("I2", "I11")
def test_a_message_that_an_engine_left_behind_is_sent_once_when_its_lease_ends(stormed: Scene, time: Time) -> None:
    time.forward(seconds=45)
    (lost,) = stormed.write(lambda s: escalate._claim(s, escalate.BUNDLES))
    stormed.engine()
    assert len(stormed.inbox(QIN)) == 1
    time.forward(seconds=31)
    stormed.engine()
    assert len(stormed.inbox(QIN)) == 2
    stormed.write(lambda s: escalate._send(s, lost, reach.road(stormed.installation)))
    assert len(stormed.inbox(QIN)) == 2, "who lost the claim sends nothing"


@pytest.mark.proves("I2", "I11")
def test_engines_at_once_send_every_page_in_one_message_only(scene: Scene, time: Time) -> None:
    numbers = [f"INC-{n}" for n in range(1, 9)]
    for number in numbers:
        scene.page(*ONE, number=number)
    run_engines_at_once(scene)
    assert [len(scene.called(number)) for number in numbers] == [1] * 8
    assert len(scene.inbox(QIN)) == 1, "whoever is first, the others wait"
    time.forward(seconds=60)
    run_engines_at_once(scene)
    named = [re.findall(r"INC-\d+", text) for text in scene.inbox(QIN)]
    assert sorted(itertools.chain(*named)) == sorted(numbers)
    assert [len(each) for each in named] == [1, 7]


def run_engines_at_once(scene: Scene) -> None:
    together = threading.Barrier(3)

    def engine() -> None:
        together.wait()
        for _ in range(4):
            scene.engine()

    engines = [threading.Thread(target=engine) for _ in range(3)]
    for each in engines:
        each.start()
    for each in engines:
        each.join()
    scene.engine()
