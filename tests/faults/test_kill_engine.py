"""The engine is killed at random instants while it sends to 5,000, and started again each time (I1, I2, I11)."""

import multiprocessing
import random
import threading
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from command.core.keys import new_key, parse
from command.messages.models import Delivery, Purpose, State
from tests.conftest import Time
from tests.faults import engine_process
from tests.messages.conftest import Build
from tests.messages.house import ENDED, House, number

RECIPIENTS, PAGES, KILLS = 5000, 60, 50
LONGEST_LIFE = 0.8
"""Seconds an engine lives after its first breath, at most."""


class Engine:
    """Engine processes, forked from a server that has the imports done so that one is born quickly."""

    def __init__(self, house: House, keys: str) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.faults.engine_process"])
        self._arguments = (house.installation.settings.model_dump(), keys)
        self._process: Any = None

    def start(self) -> None:
        born = self._context.Event()
        self._process = self._context.Process(target=engine_process.main, args=(*self._arguments, born), daemon=True)
        self._process.start()
        assert born.wait(30), "the engine did not start"

    def kill(self) -> None:
        self._process.kill()
        self._process.join()


WAYS = (
    ("sqlite", "authoritative"),
    ("postgresql", "advisory"),
    pytest.param("sqlite", "advisory", marks=pytest.mark.long),
    pytest.param("postgresql", "authoritative", marks=pytest.mark.long),
)
"""Each database with one of the two ways in which a provider answers look-ups; with --long every combination, and more kills."""


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    return 4 * KILLS if request.config.getoption("long") else KILLS


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.proves("I1", "I2", "I11", "B11")
@pytest.mark.parametrize(("database_url", "look_up"), WAYS, indirect=["database_url"])
def test_nothing_is_lost_or_doubled_when_the_engine_is_killed(
    build: Build, time: Time, look_up: str, kills: int
) -> None:
    keys = new_key()
    house = build(gateway={"look_up": look_up}, keyring=parse(keys))
    house.enqueue(RECIPIENTS)
    for index in range(PAGES):
        house.page(RECIPIENTS + 1 + index, page_id=index + 1, text=f"请应答 {1000 + index}")
    engine, dice = Engine(house, keys), random.Random(20)
    for _ in range(kills):
        engine.start()
        threading.Event().wait(dice.uniform(0, LONGEST_LIFE))
        engine.kill()
        # The provider's own seconds pass too: what the dead engine had written to its sockets is taken before anyone asks.
        house.stats()
        time.forward(minutes=2)
    engine.start()
    try:
        house.wait(lambda: _over(house, time), seconds=240)
    finally:
        engine.kill()
    _check(house, look_up)


def _over(house: House, time: Time) -> bool:
    """Whether every row is terminal; time passes while the engine works on what is left."""
    threading.Event().wait(0.5)
    if set(house.states()) <= ENDED:
        return True
    if not house.states()[State.READY]:
        time.forward(minutes=1)
    return False


def _check(house: House, look_up: str) -> None:
    received = house.received()
    with house.database.read() as session:
        rows = session.execute(
            select(Delivery.addressee, Delivery.purpose, Delivery.state, Delivery.resent, Delivery.tries)
        ).all()
    assert len(rows) == RECIPIENTS + PAGES and {row.state for row in rows} <= ENDED
    for row in rows:
        copies = received[number(row.addressee)]
        marked = row.purpose == Purpose.PAGE and row.resent
        assert copies <= (row.tries if marked else 1), f"{row} was sent {copies} times"
        assert copies >= 1 or row.state == State.UNKNOWN, f"{row} was lost"
    unknown = [row for row in rows if row.state == State.UNKNOWN]
    if look_up == "authoritative":
        assert not unknown, "a provider whose look-up is proof leaves nothing unknown"
    assert house.tally_matches()
    assert Counter(row.purpose for row in rows) == {Purpose.NOTICE: RECIPIENTS, Purpose.PAGE: PAGES}
