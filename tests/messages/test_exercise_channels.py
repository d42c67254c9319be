"""A drill by call, mail or chat reaches its allow-list alone, says first what it is, and never passes a live gateway (I3, B3)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from command.messages import breakers
from command.messages.models import State
from notifiers.base import ExerciseRefused, Message
from notifiers.chat import Chat
from notifiers.smtp import Smtp
from notifiers.twilio_voice import TwilioVoice
from tests.messages.conftest import Build
from tests.messages.house import House, number
from tests.messages.test_calls import VOICE
from tests.notifiers.listener import Listener
from tests.notifiers.mailserver import MailServer, by_mail

pytestmark = pytest.mark.proves("I3", "B3")
WORDS = "【演练】【示例通信】呼叫：INC-1 网络故障"
LIVE = {"voice": TwilioVoice, "email": Smtp, "chat": Chat}
channels = pytest.mark.parametrize("channel", [*LIVE])


class Town:
    """An operator with a gateway of each kind, and what has arrived by each."""

    def __init__(self, build: Build, folder: Path) -> None:
        self.mail, self.room = MailServer(folder), Listener()
        chat = {"name": "chat", "transport": "chat", "schemes": ("json",)}
        voice = {**VOICE, "auth_token": "the-token-of-calls-alone"}
        options = ("--longest-gather", "0.5", "--callback-token", "the-token-of-calls-alone")
        self.house: House = build(others=(voice, by_mail(self.mail), chat), simulator_options=options)
        room = self.room.url.replace("http://", "json://") + "/room"
        self.addresses = {"voice": number(1), "email": "li.hong@example.net", "chat": room}

    def page(self, channel: Any, text: str = WORDS, exercise: bool = True) -> int:
        keyring, address = self.house.keyring, self.addresses[channel]
        given = {"recipient": keyring.index(address), "number": keyring.encrypt(address)}
        made = self.house.page(1, text=text, channel=channel, exercise=exercise, **given)
        self.house.send()
        return made

    def allow(self, channel: str) -> None:
        self.house.allow_at(channel, self.addresses[channel])

    def calls(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.house.http.get(f"/api/phones/{number(1)}/calls").json()["items"]
        return items

    def arrived(self, channel: str) -> str:
        """The first words that arrived."""
        if channel == "email":
            (letter,) = self.mail.box.mails
            return str(letter["Subject"])
        if channel == "chat":
            (written,) = self.room.next().params
            return str(json.loads(written)["message"])
        self.house.wait(lambda: bool(self.calls()) and self.calls()[0]["over"])
        return str(self.calls()[0]["said"][0])

    @property
    def silent(self) -> bool:
        return not self.mail.box.mails and self.room.quiet and not self.calls() and not self.house.messages(1)


@pytest.fixture
def town(build: Build, tmp_path: Path) -> Iterator[Town]:
    made = Town(build, tmp_path)
    yield made
    made.mail.stop()
    made.room.close()


@channels
def test_who_is_not_on_the_allow_list_hears_nothing_by_any_channel(town: Town, channel: str) -> None:
    row = town.house.row(town.page(channel))
    assert (row.state, row.code, row.gateway) == (State.FAILED, "not_allowed", "exercise") and town.silent


@channels
def test_who_is_on_it_is_told_first_that_it_is_a_drill(town: Town, channel: str) -> None:
    town.allow(channel)
    id = town.page(channel)
    said = town.arrived(channel)
    town.house.settle_down()
    row = town.house.row(id)
    assert (row.gateway, row.state) == ("exercise", State.DELIVERED) and "INC-1" in said
    assert said.startswith("这是演练。【示例通信】" if channel == "voice" else "【演练】【示例通信】")


@channels
def test_with_every_live_gateway_stopped_or_the_exercise_gateway_stopped_nothing_crosses_over(
    town: Town, channel: str
) -> None:
    town.allow(channel)
    town.house.database.write(lambda s: breakers.stop(s, "exercise", "20003"))
    drill = town.page(channel)
    assert town.house.row(drill).state == State.READY and town.silent
    for name in ("twilio", "voice", "mail", "chat"):
        town.house.database.write(lambda s, name=name: breakers.stop(s, name, "20003"))
    town.house.database.write(lambda s: breakers.restart(s, "exercise"))
    live = town.page(channel, exercise=False)
    assert town.house.row(live).gateway is None
    assert town.house.row(drill).gateway == "exercise" and "INC-1" in town.arrived(channel)


@channels
def test_the_live_gateway_of_each_channel_refuses_a_drill(town: Town, channel: Any) -> None:
    message = Message("0" * 32, town.addresses[channel], "x", exercise=True, channel=channel)
    roads = [road for road in town.house.gateways.roads.values() if road.capabilities.channel == channel]
    for gateway in (roads[0].bulk, roads[0].pages):
        assert isinstance(gateway, LIVE[channel])
        with pytest.raises(ExerciseRefused):
            town.house.gateways.run(gateway.send(message))
    assert town.silent


def test_a_channel_there_is_no_gateway_for_fails_at_once(build: Build) -> None:
    house = build()
    drill = house.page(1, channel="email", exercise=True)
    house.send()
    assert (house.row(drill).state, house.row(drill).reason) == (State.FAILED, "no_road")
