"""A database of every age is upgraded with its rows. One walk through all revisions: each leaves rows in the tables it makes, so at the
newest there are rows that are as old as their table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.orm import Session

from command.core import schema
from command.core.columns import Base
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import Keyring
from command.core.settings import Settings
from tests.core.old_rows import GIVEN, fill, kept
from tests.incidents.conftest import Desk

FILLED = {"clock_offset", "duty_layer", "duty_member", "loss_tally", "tariff_plan"}
"""Tables in which a migration puts its own rows."""
MOVED = ("zone", "starts_on", "handover", "period_days")
GONE = {"schedule_member", *(f"schedule.{column}" for column in MOVED)}
"""Tables and columns that a migration replaced; what was in them is in others (tests/core/test_upgrade.py)."""
OLDEST_SERVED = schema.served(schema.head() or "")[-1]
NUMBER = "+8612000000001"
NUMBER_OF_INCIDENT = GIVEN["incident"]["number"]
MOST_PAGES = 100
"""Pages that answer at least."""
NOT_OURS = {"alembic_version"}


class Walk:
    """One database on its way through the revisions, and what was put into it when."""

    def __init__(self, connection: Connection, cipher: bytes) -> None:
        self.connection, self.cipher = connection, cipher
        self.context = MigrationContext.configure(connection, opts={"render_as_batch": True})
        self.put: dict[str, list[dict[str, Any]]] = {}
        self.known: dict[str, set[str]] = {}
        self.revisions = list(ScriptDirectory.from_config(schema.config()).walk_revisions())[::-1]

    def up(self, script: Script) -> None:
        """To the next revision, then rows into what it made."""
        before = self.tables()
        self._moves(script.module.upgrade)
        if script.revision == OLDEST_SERVED:
            self.known = {table: set(self.columns(table)) for table in self.tables()}
        for table in self._in_order(self.tables() - before):
            self.put[table] = fill(self.connection, table, self.cipher)

    def go_on_counting(self) -> None:
        """The next row that the code adds gets the next id; SQLite does so by itself."""
        if self.connection.dialect.name == "postgresql":
            for table in sorted(self.put.keys() & self.tables()):
                columns = sa.inspect(self.connection).get_columns(table)
                if any(each["name"] == "id" and each["autoincrement"] for each in columns):
                    self.connection.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1000)"))

    def down(self, script: Script) -> None:
        self._moves(script.module.downgrade)

    def _moves(self, migration: Callable[[], None]) -> None:
        """One migration in a transaction of its own, which it may leave for an index made beside work."""
        self.connection.commit()
        with self.context.begin_transaction(), Operations.context(self.context):
            migration()

    def tables(self) -> set[str]:
        return set(sa.inspect(self.connection).get_table_names()) - NOT_OURS

    def columns(self, table: str) -> dict[str, bool]:
        """Whether a row may leave each column of a table out."""
        found = sa.inspect(self.connection).get_columns(table)
        return {each["name"]: bool(each["nullable"] or each["default"] is not None) for each in found}

    def _in_order(self, names: set[str]) -> Iterator[str]:
        """Those that others refer to first."""
        left = {name: self._parents(name) & names - {name} for name in sorted(names)}
        while left:
            ready = [name for name, parents in left.items() if not parents & left.keys()]
            assert ready, f"tables refer to each other in a circle: {left}"
            for name in ready:
                yield name
                del left[name]

    def _parents(self, name: str) -> set[str]:
        return {key["referred_table"] for key in sa.inspect(self.connection).get_foreign_keys(name)}


@contextmanager
def walking(url: str, cipher: bytes) -> Iterator[Walk]:
    """A walk through an empty database."""
    engine = create_engine(url)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("PRAGMA synchronous=OFF")
            connection.commit()
        yield Walk(connection, cipher)
    engine.dispose()


@pytest.fixture
def empty(database_url: str) -> str:
    """A database without any table."""
    if database_url.startswith("sqlite"):
        Path(database_url.removeprefix("sqlite:///")).unlink()
        return database_url
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return database_url


def changed(walk: Walk) -> dict[str, set[str]]:
    """Which columns of which tables no longer say what was put into them; `rows` where a row is not there."""
    found: dict[str, set[str]] = {}
    for table in sorted(walk.tables() & walk.put.keys()):
        for put in walk.put[table]:
            rows = kept(walk.connection, table, put)
            best = min((_unlike(put, row) for row in rows), key=len, default={"rows"})
            if best:
                found.setdefault(table, set()).update(best)
    return found


def _unlike(put: dict[str, Any], row: dict[str, Any]) -> set[str]:
    return {name for name, value in row.items() if value != put[name]}


def lost(walk: Walk) -> set[str]:
    """Tables, and columns of those that are left, that had a value and are no more."""
    there = walk.tables()
    columns = {table: {each["name"] for each in sa.inspect(walk.connection).get_columns(table)} for table in there}
    gone = {
        f"{name}.{column}"
        for name in there & walk.put.keys()
        for row in walk.put[name]
        for column in row.keys() - columns[name]
    }
    return gone | (walk.put.keys() - there)


@pytest.fixture
def old(empty: str, keyring: Keyring) -> Iterator[Walk]:
    """A database at the newest schema, its rows as old as their tables."""
    with walking(empty, keyring.encrypt(NUMBER)) as walk:
        for script in walk.revisions:
            walk.up(script)
        yield walk


def test_rows_of_every_age_come_to_the_newest_schema_and_back(old: Walk) -> None:
    assert {table for table, rows in old.put.items() if not rows} <= FILLED
    assert (changed(old), lost(old)) == ({}, GONE)
    if old.connection.dialect.name == "sqlite":
        assert old.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
    for script in old.revisions[:0:-1]:
        old.down(script)
    assert changed(old) == {}
    assert old.tables() >= {"schedule_member", "incident", "entry"}


def test_code_of_the_oldest_served_release_finds_its_columns_and_may_leave_newer_ones_out(old: Walk) -> None:
    """Whatever else a migration does: what that code reads is there, and a row that it writes is one."""
    assert old.known
    for table, columns in old.known.items():
        now = old.columns(table)
        assert columns <= now.keys(), table
        assert all(now[column] for column in now.keys() - columns), table


def test_the_code_reads_rows_of_every_age_and_its_pages_answer(
    old: Walk, settings: Settings, database: Database, keyring: Keyring
) -> None:
    """Every table as its room reads it (times, JSON, what must not be null), then every page and list at a plain address."""
    with Session(old.connection) as session:
        classes = [mapper.class_ for mapper in Base.registry.mappers]
        unread = {each.__tablename__ for each in classes if not session.scalars(sa.select(each)).first()}
    assert unread <= FILLED
    old.go_on_counting()
    old.connection.commit()
    desk = Desk(Installation(settings, database, keyring))
    addresses = [rule.rule for rule in desk.app.url_map.iter_rules() if _plain(rule)]
    answers = {address: desk.get("ada", address).status_code for address in addresses}
    assert {address: status for address, status in answers.items() if status >= 500} == {}
    assert sum(status == 200 for status in answers.values()) > MOST_PAGES
    assert desk.get("ada", f"/incidents/{NUMBER_OF_INCIDENT}").status_code == 200


def _plain(rule: Any) -> bool:
    """A page, or a list, of this database; no file, nothing that asks whether an engine runs."""
    asked = rule.methods and "GET" in rule.methods and not rule.arguments
    return bool(asked) and not rule.rule.startswith(("/static", "/readyz", "/api/v1/openapi"))
