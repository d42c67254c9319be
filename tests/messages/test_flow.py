"""From a committed row to a delivered message, over HTTP in both directions."""

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
