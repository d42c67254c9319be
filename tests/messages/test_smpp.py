"""The outbox over SMPP: what is queued is sent, its receipts and replies come back by the bind, and nothing is sent twice."""

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from command.core.settings import GatewaySettings
from command.messages import listening
from command.messages.models import Inbound, OptOut, State
from tests.messages.conftest import Build
from tests.messages.house import House, number
from tests.notifiers.smsc import Smsc


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    peer = Smsc(repeat=True)
    yield peer
    peer.stop()


@pytest.fixture
def house(build: Build, smsc: Smsc) -> House:
    """A house whose Chinese texts can leave by SMPP only."""
    smpp = GatewaySettings(
        name="smsc",
        transport="smpp",
        host="127.0.0.1",
        port=smsc.port,
        username="tocsin",
        password=smsc.password,
        sender="10690000",
        binds=2,
        window=8,
        rate=100_000,
    )
    made = build(gateway={"unicode": False}, gateways_besides=(smpp,))
    listening.begin(made.installation, made.gateways, made.handlers)
    made.wait(lambda: smsc.binds == 3)  # two for notices, one for pages
    return made


def applied(house: House, state: State, count: int) -> None:
    def done() -> bool:
        house.apply()
        return house.states()[state] == count

    house.wait(done, 10)


@pytest.mark.proves("I1")
def test_a_notice_is_delivered_by_its_receipts(house: House, smsc: Smsc) -> None:
    smsc.auto = "after"
    house.enqueue(40)
    house.send()
    applied(house, State.DELIVERED, 40)
    assert len(smsc.taken) == 40
    assert house.tally_matches()


def test_a_receipt_by_the_id_alone_and_twice_counts_once(house: House, smsc: Smsc) -> None:
    (id,) = house.enqueue()
    house.send()
    house.gateways.roads["smsc"].bulk.transport._by_id.clear()  # type: ignore[attr-defined]
    for _ in range(2):
        smsc.receipt("m1", number(1).removeprefix("+"))
    applied(house, State.DELIVERED, 1)
    house.wait(lambda: len(smsc.answers) == 2)
    assert smsc.answers == [0, 0]
    assert house.row(id).provider_id == "m1"
    assert house.tally_matches()


def test_a_receipt_with_our_reference_settles_a_doubt_after_a_restart(house: House, smsc: Smsc) -> None:
    smsc.faults.append("drop_after")
    (id,) = house.enqueue()
    house.send()
    assert house.row(id).state == State.IN_DOUBT
    for gateway in (house.gateways.roads["smsc"].bulk, house.gateways.roads["smsc"].pages):
        gateway.transport._by_reference.clear()  # type: ignore[attr-defined]
    house.wait(lambda: smsc.binds == 4)
    smsc.receipt("m1", number(1).removeprefix("+"), reference=smsc.taken[0].user_message_reference)
    applied(house, State.DELIVERED, 1)
    assert len(smsc.taken) == 1


def test_a_broken_connection_sends_nothing_twice(house: House, smsc: Smsc) -> None:
    smsc.faults.extend([0, 0, "drop_after", 0, 0, "drop", 0, "drop_after"])
    house.enqueue(30)
    house.send()
    sent = Counter(one.destination_addr for one in smsc.taken)
    assert max(sent.values()) == 1
    states = house.states()
    assert states[State.IN_DOUBT] >= 3
    assert states[State.SUBMITTED] + states[State.IN_DOUBT] + states[State.READY] == 30


def test_a_refused_account_stops_the_gateway_and_keeps_the_messages(house: House, smsc: Smsc) -> None:
    smsc.faults.extend([0x0A] * 200)
    house.enqueue(3)
    house.send()
    assert house.states() == {State.READY: 3}
    assert not smsc.taken


def test_a_throttled_message_is_tried_again(house: House, smsc: Smsc) -> None:
    smsc.faults.append(0x58)
    (id,) = house.enqueue()
    house.send()
    assert (house.row(id).state, house.row(id).code) == (State.READY, "throttled")


@pytest.mark.parametrize("word", ["STOP", "退订"])
def test_a_reply_opts_its_sender_out_once(house: House, smsc: Smsc, word: str) -> None:
    coding = 0 if word == "STOP" else 8
    text = word.encode("ascii") if word == "STOP" else word.encode("utf-16-be")
    for _ in range(2):
        smsc.deliver(text, source_addr=number(1).removeprefix("+"), destination_addr="10690000", data_coding=coding)
    house.wait(lambda: len(smsc.answers) == 2)
    assert smsc.answers == [0, 0]
    with house.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Inbound)) == 1
        assert session.scalar(select(OptOut.recipient)) == house.keyring.index(number(1))
