"""The engine is killed at random instants while it sends to thousands, and started again each time (I1, I2, I11)."""

import random
import threading

import pytest

from command.core.keys import new_key, parse
from tests.conftest import Time
from tests.faults.engines import Ending, Engine, check, fill
from tests.messages.conftest import Build

SHORT, LONG, PAGES = (2500, 25), (5000, 200), 60
"""Recipients and kills in `make test-short`, and with --long."""
LONGEST_LIFE = 0.5
"""Seconds an engine lives after its first breath, at most."""
WAYS = (
    ("sqlite", "authoritative"),
    pytest.param("postgresql", "advisory", marks=pytest.mark.long),
    pytest.param("sqlite", "advisory", marks=pytest.mark.long),
    pytest.param("postgresql", "authoritative", marks=pytest.mark.long),
)
"""Databases and ways in which a provider answers look-ups; with --long every combination, and more kills. Kills on both databases with
other trouble besides are in test_matrix."""


@pytest.fixture
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return LONG if request.config.getoption("long") else SHORT


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.proves("I1", "I2", "I11", "B11")
@pytest.mark.parametrize(("database_url", "look_up"), WAYS, indirect=["database_url"])
def test_nothing_is_lost_or_doubled_when_the_engine_is_killed(
    build: Build, time: Time, look_up: str, size: tuple[int, int]
) -> None:
    keys, (recipients, kills) = new_key(), size
    house = build(gateway={"look_up": look_up}, keyring=parse(keys))
    fill(house, recipients, PAGES)
    engine, dice = Engine(house.installation, keys), random.Random(20)
    for _ in range(kills):
        engine.start()
        threading.Event().wait(dice.uniform(0, LONGEST_LIFE))
        engine.kill()
        # The provider's own seconds pass too: what the dead engine had written to its sockets is taken before anyone asks.
        house.stats()
        time.forward(minutes=2)
    engine.start()
    try:
        house.wait(Ending(house, time).over, seconds=240)
    finally:
        engine.kill()
    check(house, recipients, PAGES, look_up=look_up)
