"""`house` is an outbox with the simulator behind it; `build` makes one with settings of the test's own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from command.core.database import Database
from command.core.keys import Keyring
from tests.messages.house import House

Build = Callable[..., House]


@pytest.fixture
def build(database: Database, keyring: Keyring, tmp_path: Path) -> Iterator[Build]:
    built: list[House] = []

    def make(**given: Any) -> House:
        built.append(House(database, given.pop("keyring", keyring), tmp_path, **given))
        return built[-1]

    yield make
    for house in built:
        house.close()


@pytest.fixture
def house(build: Build) -> House:
    return build()
