"""An engine that is asked to stop, as a service manager asks it, leaves nothing behind that anybody would have to wait for."""

import time as stopwatch
from collections import Counter

import pytest
from sqlalchemy import func, select

from command.core.beats import EngineBeat
from command.core.keys import new_key, parse
from command.messages.models import Delivery, State
from tests.conftest import Time
from tests.faults.engines import Ending, Engine, check, fill
from tests.messages.conftest import Build
from tests.messages.house import House

RECIPIENTS, PAGES = 2000, 5
CALL = 0.2
"""Seconds the provider takes for a call."""


@pytest.mark.faults
@pytest.mark.proves("I1", "I2", "I11")
def test_an_engine_that_stops_hands_back_what_it_held_within_a_second_of_its_last_call(
    build: Build, time: Time
) -> None:
    keys = new_key()
    house = build(keyring=parse(keys))
    fill(house, RECIPIENTS, PAGES)
    house.fault("latency", ms=int(CALL * 1000))
    engine = Engine(house.installation, keys)
    engine.start()
    house.wait(lambda: beats(house) == 1 and house.states()[State.CALLING] > 0, seconds=30)

    began = stopwatch.monotonic()
    assert engine.stop() == 0
    assert stopwatch.monotonic() - began < CALL + 1 + _ending_a_process()

    states = house.states()
    assert states[State.READY] > RECIPIENTS / 2, "the engine was stopped in the middle"
    assert not states[State.LEASED] and not states[State.CALLING] and not states[State.IN_DOUBT]
    assert beats(house) == 0, "readiness need not wait to see it gone"
    with house.database.read() as session:
        assert set(session.scalars(select(Delivery.tries).where(Delivery.state == State.READY))) == {0}

    house.heal()
    other = Engine(house.installation, keys)
    other.start()
    try:
        house.wait(Ending(house, time).over, seconds=120)
    finally:
        other.stop()
    figures = check(house, RECIPIENTS, PAGES, look_up="authoritative")
    assert figures.resent == 0 and Counter(house.received().values()) == {1: RECIPIENTS + PAGES}


def beats(house: House) -> int:
    """Engines that say they live."""
    with house.database.read() as session:
        return session.scalar(select(func.count()).select_from(EngineBeat)) or 0


def _ending_a_process() -> float:
    """Seconds that the interpreter's own end may take on this machine."""
    return 1.0
