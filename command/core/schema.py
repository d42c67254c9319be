"""Migrating a database up and down, the same on SQLite and PostgreSQL, while others work on it.

A migration waits LOCK_WAIT for a table and then lets go, so that what queues behind it is held up no longer than that; it is tried again
until PATIENCE is over. Nobody else migrates meanwhile. What is there afterwards serves the code of its own revision, and that of those
before it whose migrations since then only added (see `contracts` in docs/operate/upgrade.md): the database says which, for code of before
cannot know what came after."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command as alembic
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Text, create_engine, delete, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base
from command.core.paths import MIGRATIONS

UNFINISHED = "unfinished "
"""What goes before the revision of a database whose rows are still being copied into it: no process starts on it, no migration runs."""
LOCK_WAIT = 2.0
"""Seconds a migration waits for a table on PostgreSQL. Whoever comes after it waits behind it meanwhile."""
PATIENCE, PAUSE = 300.0, 1.0
"""Seconds until a migration that never gets its table, or finds somebody else migrating, gives up; seconds between two tries."""
SQLITE_PATIENCE = 30.0
BUSY = {"55P03", "40P01"}
"""The table was not free in time; a deadlock with somebody's unit of work."""
ONE_AT_A_TIME = 0x54_6F_63_73_63_68_65_6D
"""The advisory lock of whoever migrates a PostgreSQL database."""
KNOWN_TO_EXPAND = "0053"
"""From this revision on a migration that takes nothing away from the code before it says so by saying nothing."""


class ServedRevision(Base):
    """A revision whose code works on the schema of revision `schema`. Written when it is migrated, for code that is older than it; where
    the database is at another revision now, it says nothing."""

    __tablename__ = "served_revision"
    revision: Mapped[str] = mapped_column(Text, primary_key=True)
    schema: Mapped[str]


class SchemaError(Exception):
    """The schema cannot be used as it is; the message says what to do."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration for one connection."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    """A connection for migrations: on SQLite foreign keys are off (a rebuilt table would delete its children) and checked after."""
    engine = create_engine(url, **({"connect_args": {"timeout": SQLITE_PATIENCE}} if url.startswith("sqlite") else {}))
    try:
        with engine.connect() as connection:
            yield from _foreign_keys_checked(connection)
    finally:
        engine.dispose()  # with it goes the lock of whoever migrates


def _foreign_keys_checked(connection: Connection) -> Iterator[Connection]:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.commit()
    yield connection
    connection.commit()
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise SchemaError(f"after the migration {len(broken)} rows point at nothing, first in table {broken[0][0]}")


def upgrade(url: str, to: str = "head") -> None:
    """Bring a database up to a revision, while others work on it. Raises SchemaError where a table never comes free, and for one whose copy
    was never finished."""
    _migrate(url, lambda given: alembic.upgrade(given, to))


def downgrade(url: str, to: str) -> None:
    """Bring a database down to a revision; `base` removes everything."""
    _migrate(url, lambda given: alembic.downgrade(given, to))


def _migrate(url: str, work: Callable[[Config], None]) -> None:
    with _connected(url) as connection:
        _whole(_revision(connection))
        until = time.monotonic() + PATIENCE
        _alone(connection, until)
        while True:
            try:
                connection.commit()  # each migration begins its own transaction, or none: an index made beside work cannot be in one
                work(config(connection))
                break
            except DBAPIError as error:
                connection.rollback()
                if getattr(error.orig, "sqlstate", None) not in BUSY:
                    raise
                if time.monotonic() > until:
                    raise SchemaError(
                        "a table was in use all the time: end the long transaction (pg_stat_activity shows it) and try again; "
                        "what was migrated so far stays"
                    ) from error
            time.sleep(PAUSE)
        _note(connection)


def _alone(connection: Connection, until: float) -> None:
    """Be the only one who migrates this database, and wait for no table longer than LOCK_WAIT. SQLite has one writer anyway."""
    if connection.dialect.name != "postgresql":
        return
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": ONE_AT_A_TIME}):
        connection.commit()
        if time.monotonic() > until:
            raise SchemaError("somebody else has been migrating this database for minutes: wait, or end that process")
        time.sleep(PAUSE)
    connection.execute(text(f"SET lock_timeout = {round(LOCK_WAIT * 1000)}"))
    connection.commit()


def served(revision: str) -> list[str]:
    """The revisions whose code works on the schema of `revision`: its own, and those before, as long as nothing was taken from them."""
    found = []
    for script in ScriptDirectory.from_config(config()).iterate_revisions(revision, "base"):
        found.append(script.revision)
        if script.revision < KNOWN_TO_EXPAND or getattr(script.module, "contracts", None):
            break
    return found


def _note(connection: Connection) -> None:
    """Write down which revisions are served, where there is a table for it."""
    has = _revision(connection)
    if has is not None and connection.dialect.has_table(connection, ServedRevision.__tablename__):
        connection.execute(delete(ServedRevision))
        connection.execute(insert(ServedRevision), [{"revision": each, "schema": has} for each in served(has)])
    connection.commit()


def serves(connection: Connection, wants: str | None) -> str | None:
    """None where code of the revision `wants` works on this database; else the revision it is at, or `nothing`."""
    has = _revision(connection)
    if has is not None and has == wants:
        return None
    if has is not None and connection.dialect.has_table(connection, ServedRevision.__tablename__):
        known = select(ServedRevision.revision).where(ServedRevision.revision == wants, ServedRevision.schema == has)
        if connection.scalar(known) is not None:
            return None
    return has or "nothing"


def head() -> str | None:
    """The newest revision of the code."""
    return ScriptDirectory.from_config(config()).get_current_head()


def versions(url: str) -> tuple[str | None, str | None]:
    """(revision of the database, newest revision of the code)."""
    with _connected(url) as connection:
        return _revision(connection), head()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _whole(revision: str | None) -> None:
    if revision is not None and revision.startswith(UNFINISHED):
        raise SchemaError(
            "the copy into this database was cut and is not whole: run `tocsin db move` or `tocsin restore` again"
        )


def known(revision: str) -> bool:
    """Whether this code has the migrations up to a revision: it is no older than what wrote it."""
    return any(each.revision == revision for each in ScriptDirectory.from_config(config()).walk_revisions())


def require_current(url: str) -> None:
    """Raise SchemaError unless the database answers and serves this code: it is at the code's newest revision, or at a newer one that
    takes nothing from it."""
    wants = head()
    try:
        with _connected(url) as connection:
            has = serves(connection, wants)
    except OperationalError as error:
        raise SchemaError(
            f"the database cannot be opened ({str(error.orig).strip()}): run `tocsin db upgrade` to make one, or see that it runs"
        ) from error
    if has is not None:
        raise _other(has, wants)


def require(has: str | None) -> None:
    """Raise SchemaError unless a revision is the code's newest."""
    if has != head():
        raise _other(has or "nothing", head())


def _other(has: str, wants: str | None) -> SchemaError:
    _whole(has)
    return SchemaError(f"the database is at {has}, the code needs {wants}: run `tocsin db upgrade`")


def snapshot(connection: Connection) -> dict[str, Any]:
    """Tables, columns, CHECKs and triggers as the database itself tells them, to compare before and after migrations."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
        return {f"{kind} {name}": sql for kind, name, sql in rows}
    queries = {
        "column": "SELECT table_name || '.' || column_name, data_type || is_nullable || coalesce(column_default, '') "
        "FROM information_schema.columns WHERE table_schema = 'public'",
        "constraint": "SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace",
        "index": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "trigger": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    }
    return {f"{kind} {name}": sql for kind, query in queries.items() for name, sql in connection.exec_driver_sql(query)}
