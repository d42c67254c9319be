"""What a bad SMPP link makes of the outbox: an account of the exercises' own, a link that goes silent, answers that come too late."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from command.core.beats import LINKS
from command.core.settings import GatewaySettings
from command.messages import listening
from command.messages.models import EXERCISE_GATEWAY, State
from command.messages.resent import marked
from tests.messages.conftest import Build
from tests.messages.house import House, number
from tests.notifiers.smsc import Smsc

Opened = Callable[..., Smsc]


@dataclass
class Pair:
    house: House
    live: Smsc
    drilled: Smsc


def smpp(smsc: Smsc, name: str = "smsc", **changes: Any) -> GatewaySettings:
    given: dict[str, Any] = {
        "name": name,
        "transport": "smpp",
        "host": "127.0.0.1",
        "port": smsc.port,
        "username": "tocsin",
        "password": smsc.password,
        "sender": "10690000",
        "window": 8,
        "rate": 100_000,
    }
    return GatewaySettings(**given | changes)


@pytest.fixture
def opened() -> Iterator[Opened]:
    peers: list[Smsc] = []

    def make(**given: Any) -> Smsc:
        peers.append(Smsc(**given))
        return peers[-1]

    yield make
    for peer in peers:
        peer.stop()


@pytest.fixture
def pair(build: Build, opened: Opened) -> Pair:
    """A live account and one of the exercises, at two SMSCs that count their ids alike."""
    live, drilled = opened(password="alive"), opened(password="drilled")
    made = build(
        gateway={"unicode": False},
        gateways_besides=(smpp(live), smpp(drilled, EXERCISE_GATEWAY, username="drills", sender="10699999")),
    )
    listening.begin(made.installation, made.gateways, made.handlers)
    made.wait(lambda: live.binds == 2 and drilled.binds == 1)
    return Pair(made, live, drilled)


def link(build: Build, smsc: Smsc, monkeypatch: pytest.MonkeyPatch, timeout: float, **changes: Any) -> House:
    """A house whose only road is an SMSC that is given up after `timeout`."""
    monkeypatch.setattr("notifiers.smpp.BOUND_WITHIN", 0.2)
    made = build(gateway={"unicode": False}, gateways_besides=(smpp(smsc, **changes),))
    road = made.gateways.roads["smsc"]
    for gateway in (road.bulk, road.pages):
        object.__setattr__(gateway.transport._settings, "timeout", timeout)  # type: ignore[attr-defined]
    listening.begin(made.installation, made.gateways, made.handlers)
    made.wait(lambda: smsc.binds == 2)
    return made


def applied(house: House, state: State, count: int) -> None:
    def done() -> bool:
        house.apply()
        return house.states()[state] == count

    house.wait(done, 10)


@pytest.mark.proves("I3")
def test_exercises_go_by_their_own_account_and_nothing_else_does(pair: Pair) -> None:
    pair.house.allow(101, 102)
    pair.house.enqueue(2, first=101, exercise=True, notice_id=2, text="【演练】网络中断")
    pair.house.enqueue(3)
    pair.house.send()
    assert {one.destination_addr.decode()[-3:] for one in pair.drilled.taken} == {"101", "102"}
    assert {one.source_addr for one in pair.drilled.taken} == {b"10699999"}
    assert {one.destination_addr.decode()[-3:] for one in pair.live.taken} == {"001", "002", "003"}
    assert {one.source_addr for one in pair.live.taken} == {b"10690000"}


@pytest.mark.proves("I3")
def test_an_id_of_one_account_says_nothing_of_the_other(pair: Pair) -> None:
    """Both SMSCs call their first message m1, and no process remembers which was whose."""
    pair.house.allow(101)
    (drill,) = pair.house.enqueue(1, first=101, exercise=True, notice_id=2, text="【演练】网络中断")
    (real,) = pair.house.enqueue(1)
    pair.house.send()
    for name in ("smsc", EXERCISE_GATEWAY):
        forget(pair.house, name)
    pair.live.receipt("m1", number(1).removeprefix("+"))
    applied(pair.house, State.DELIVERED, 1)
    assert pair.house.row(real).state == State.DELIVERED
    assert pair.house.row(drill).state == State.SUBMITTED
    pair.drilled.receipt("m1", number(101).removeprefix("+"))
    applied(pair.house, State.DELIVERED, 2)


def forget(house: House, name: str) -> None:
    road = house.gateways.roads[name]
    for gateway in (road.bulk, road.pages):
        wire = gateway.transport("sms") if name == EXERCISE_GATEWAY else gateway.transport  # type: ignore[attr-defined]
        wire._by_id.clear()
        wire._by_reference.clear()


@pytest.mark.proves("I1", "I2")
def test_a_link_that_goes_silent_gives_back_what_it_did_not_carry(
    build: Build, opened: Opened, monkeypatch: pytest.MonkeyPatch, time: Any
) -> None:
    """A window is in doubt and is never sent again; the rest waits, and leaves once the SMSC is back. Nobody gets two."""
    smsc = opened(repeat=True)
    house = link(build, smsc, monkeypatch, 0.4)
    smsc.deaf = True
    house.enqueue(40)
    house.send()
    doubts = house.states()[State.IN_DOUBT]
    assert 1 <= doubts <= 8
    assert house.states()[State.READY] == 40 - doubts
    smsc.deaf = False
    bulk = house.gateways.roads["smsc"].bulk
    house.wait(lambda: bulk.transport.bound == 1)  # type: ignore[attr-defined]
    for _ in range(8):
        time.forward(minutes=2)
        house.send()
    assert house.states() == {State.IN_DOUBT: doubts, State.SUBMITTED: 40 - doubts}
    assert max(Counter(one.destination_addr for one in smsc.taken).values()) == 1
    time.forward(minutes=1)
    house.sweep()
    assert house.states() == {State.UNKNOWN: doubts, State.SUBMITTED: 40 - doubts}
    assert house.tally_matches()


@pytest.mark.proves("I2")
def test_an_acceptance_that_comes_too_late_counts_as_sent(
    build: Build, opened: Opened, monkeypatch: pytest.MonkeyPatch, time: Any
) -> None:
    smsc = opened(late=0.8)
    house = link(build, smsc, monkeypatch, 0.3)
    smsc.faults.append("late")
    (id,) = house.enqueue()
    house.send()
    assert house.row(id).state == State.IN_DOUBT
    applied(house, State.SUBMITTED, 1)
    assert house.row(id).provider_id == "m1"
    time.forward(minutes=10)
    house.sweep()
    house.send()
    assert house.states() == {State.SUBMITTED: 1}
    assert len(smsc.taken) == 1


@pytest.mark.proves("I2")
def test_a_page_in_doubt_is_sent_again_marked_and_never_unmarked(
    build: Build, opened: Opened, monkeypatch: pytest.MonkeyPatch, time: Any
) -> None:
    smsc = opened()
    house = link(build, smsc, monkeypatch, 0.3)
    smsc.faults.append("silent")
    id = house.page()
    house.send()
    assert house.row(id).state == State.IN_DOUBT
    time.forward(minutes=1)
    house.sweep()
    house.send()
    first, again = [one.short_message.decode("utf-16-be") for one in smsc.taken]
    assert again == marked(first, "zh") != first


def test_texts_leave_by_the_senders_in_turn_and_binds_say_how_they_stand(build: Build, opened: Opened) -> None:
    smsc = opened()
    senders = ({"number": "10690001"}, {"number": "10690002"})
    house = build(gateway={"unicode": False}, gateways_besides=(smpp(smsc, sender="", senders=senders, binds=2),))
    listening.begin(house.installation, house.gateways, house.handlers)
    house.wait(lambda: smsc.binds == 3)
    house.enqueue(12)
    house.send()
    assert {one.source_addr for one in smsc.taken} <= {b"10690001", b"10690002"}
    found = house.gateways.links()["smsc"]
    assert [(one["pages"], one["state"]) for one in found] == [(False, "bound"), (False, "bound"), (True, "bound")]
    smsc.refuse_bind = 0x0D
    smsc.break_all()
    house.wait(lambda: all(one["state"] == "refused" for one in house.gateways.links()["smsc"]))
    assert {one["error"] for one in house.gateways.links()["smsc"]} == {"the bind was refused: bind failed"}
    assert LINKS.told() == house.gateways.links()
