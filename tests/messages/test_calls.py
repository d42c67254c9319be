"""Calls, end to end over HTTP: Tocsin asks the simulator to ring, the phone picks up, hears the page, and keys answer it."""

from datetime import timedelta
from typing import Any

import pytest
import requests

from command.messages import breakers
from command.messages.handlers import Handlers, Pressed
from command.messages.models import Lane, Purpose, State
from tests.conftest import Time
from tests.messages.conftest import Build
from tests.messages.house import House, number

WORDS = "示例通信呼叫：INC-1 网络故障，梅江区。"


class Calls:
    """A house whose only gateway calls, and what is pressed in it."""

    def __init__(self, build: Build) -> None:
        self.pressed: list[Pressed] = []
        handlers = Handlers(keys=[self._press])
        gateway = {"transport": "twilio_voice", "sender": "+8610690000"}
        self.house: House = build(gateway=gateway, handlers=handlers, simulator_options=("--longest-gather", "0.5"))

    def _press(self, session: Any, pressed: Pressed) -> str | None:
        self.pressed.append(pressed)
        return "已应答，谢谢。" if pressed.digits == "1" else None

    def ring(self) -> int:
        delivery = self.house.page(text=WORDS, channel="voice")
        self.house.send()
        return delivery

    def call(self) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.house.http.get(f"/api/phones/{number(1)}/calls").json()["items"]
        return found[0]

    def press(self, digits: str) -> None:
        self.house.wait(lambda: self.call()["waiting"])
        self.house.http.post(f"/api/phones/{number(1)}/press", json={"digits": digits}).raise_for_status()

    def over(self) -> dict[str, Any]:
        self.house.wait(lambda: self.call()["over"])
        self.house.settle_down()
        return self.call()


@pytest.fixture
def calls(build: Build) -> Calls:
    return Calls(build)


@pytest.mark.proves("R4")
def test_a_call_speaks_the_page_and_its_key_answers_it(calls: Calls) -> None:
    delivery = calls.ring()
    calls.press("1")
    call = calls.over()
    assert call["said"][0] == WORDS and "应答请按1" in call["said"][1] and call["said"][-1] == "已应答，谢谢。"
    assert [(key.page_id, key.digits, key.language) for key in calls.pressed] == [(1, "1", "zh")]
    assert calls.house.row(delivery).state == State.DELIVERED


def test_nine_says_it_again_and_a_key_without_meaning_is_named(calls: Calls) -> None:
    calls.ring()
    calls.press("9")
    calls.house.wait(lambda: calls.call()["said"].count(WORDS) == 2)
    calls.press("5")
    calls.house.wait(lambda: calls.call()["said"].count(WORDS) == 3)
    calls.press("1")
    assert "没有这个按键。" in calls.over()["said"]
    assert [key.digits for key in calls.pressed] == ["5", "1"]


def test_a_phone_nobody_presses_a_key_on_has_answered_nothing(calls: Calls) -> None:
    delivery = calls.ring()
    call = calls.over()
    assert calls.pressed == [] and call["said"].count(WORDS) == 2 and "尚未应答" in call["said"][-1]
    assert calls.house.row(delivery).state == State.DELIVERED  # picked up, which is no answer


def test_a_doubtful_call_that_rings_again_says_so(build: Build, time: Time) -> None:
    calls = Calls(build)
    calls.house.fault("reset_before", times=1)
    calls.ring()
    time.forward(seconds=30)
    calls.house.sweep()
    calls.house.send()
    calls.press("1")
    assert calls.over()["said"][0] == f"（重发）{WORDS}"


@pytest.mark.parametrize("ending", ["busy", "no-answer", "failed"])
def test_a_call_nobody_picks_up_has_not_arrived(calls: Calls, ending: str) -> None:
    calls.house.fault(f"call:{ending}")
    delivery = calls.ring()
    calls.over()
    row = calls.house.row(delivery)
    assert row.state in (State.UNDELIVERED, State.FAILED) and row.code == ending


def test_only_the_gateway_may_ask_what_a_call_says(calls: Calls) -> None:
    delivery = calls.ring()
    attempt = calls.house.row(delivery).attempt
    origin = calls.house.installation.settings.origin
    for address in ("voice", "keys", "call"):
        answer = requests.post(
            f"{origin}/hooks/twilio/twilio/{address}?attempt={attempt}", data={"Digits": "1"}, timeout=10
        )
        assert answer.status_code == 403
    assert calls.pressed == []
    calls.over()


def test_a_notice_does_not_move_while_only_other_channels_are_open(build: Build) -> None:
    house = build(others=(VOICE,))
    (notice,) = house.enqueue()
    before = house.row(notice)
    house.database.write(lambda session: breakers.stop(session, "twilio", "20003"))
    house.send()
    after = house.row(notice)
    assert (after.state, after.fence, after.due_at) == (State.READY, before.fence, before.due_at)
    house.database.write(lambda session: breakers.restart(session, "twilio"))
    house.send()
    assert len(house.messages(1)) == 1


VOICE = {"name": "voice", "transport": "twilio_voice", "sender": "+8610690000"}


def told_by_call(house: House, **more: Any) -> int:
    """Something that is no page, spoken to the phone of 2."""
    given = {"purpose": Purpose.DUTY, "lane": Lane.CORRECTION, "channel": "voice", "notice_id": None}
    return house.enqueue(1, first=2, **given | more)[0]


def test_what_is_no_page_leaves_by_its_own_channel_while_notices_wait_for_theirs(build: Build) -> None:
    house = build(others=(VOICE,))
    (notice,), call = house.enqueue(), told_by_call(house)
    house.database.write(lambda session: breakers.stop(session, "twilio", "20003"))
    before = house.row(notice)
    house.send()
    after = house.row(notice)
    assert house.row(call).submitted_at is not None and house.row(call).gateway == "voice"
    assert (after.state, after.fence, after.due_at) == (State.READY, before.fence, before.due_at)


def test_what_waits_for_a_closed_channel_neither_stops_notices_nor_waits_for_ever(build: Build, time: Time) -> None:
    house = build(others=(VOICE,))
    house.database.write(lambda session: breakers.stop(session, "voice", "20003"))
    call = told_by_call(house, valid_until=house.now() + timedelta(minutes=1))
    (notice,) = house.enqueue()
    before = house.row(call)
    house.send()
    assert house.row(notice).submitted_at is not None
    assert (house.row(call).state, house.row(call).fence) == (State.READY, before.fence)
    time.forward(minutes=2)
    house.send()
    assert (house.row(call).state, house.row(call).reason) == (State.EXPIRED, "validity_over")


def test_a_slow_call_keeps_no_sms_of_the_same_notice_waiting(build: Build) -> None:
    """Calls have a queue of their own: one a second here, and the messages queued behind twenty of them are gone after a few."""
    house = build(others=({"name": "voice", "transport": "twilio_voice", "rate": 1},))
    house.enqueue(20, text=WORDS, channel="voice")
    house.enqueue(50, first=100)
    house.sender.run(stop=lambda: len(house.received()) == 50)
    assert len(house.received()) == 50 and 0 < house.stats()["calls"] < 20


def test_a_call_never_goes_out_as_an_sms(build: Build) -> None:
    house = build()
    call = house.page(text=WORDS, channel="voice")
    house.send()
    row = house.row(call)
    assert (row.state, row.reason) == (State.FAILED, "no_road") and house.messages(1) == []
