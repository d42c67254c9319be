"""From a committed row to a delivered message, over HTTP in both directions."""

import itertools

import pytest

from command.messages.models import State
from tests.messages.house import House


@pytest.mark.proves("D5", "I1")
def test_every_queued_message_is_delivered_once(house: House) -> None:
    house.enqueue(300)
    assert house.send()
    house.settle_down()
    assert house.states() == {State.DELIVERED: 300}
    received = house.received()
    assert len(received) == 300 and set(received.values()) == {1}
    assert house.tally_matches()
    assert not house.send(), "nothing is left to send"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_busy_machine_does_not_make_transactions_small(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = itertools.count(0.0, 0.05)
    monkeypatch.setattr("time.perf_counter", lambda: next(slow))  # on the wall, whatever is done takes long
    before = {kind: chunk.size for kind, chunk in house.sender._chunks.items()}
    house.enqueue(300)
    house.send()
    assert house.states() == {State.SUBMITTED: 300}
    assert all(chunk.size >= before[kind] for kind, chunk in house.sender._chunks.items())
