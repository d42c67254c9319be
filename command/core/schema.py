"""Migrating a database up and down, the same on SQLite and PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command as alembic
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import OperationalError

from command.core.paths import MIGRATIONS

UNFINISHED = "unfinished "
"""What goes before the revision of a database whose rows are still being copied into it: no process starts on it, no migration runs."""


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
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                connection.commit()
            yield connection
            connection.commit()
            if connection.dialect.name == "sqlite":
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise SchemaError(
                        f"after the migration {len(broken)} rows point at nothing, first in table {broken[0][0]}"
                    )
    finally:
        engine.dispose()


def upgrade(url: str, to: str = "head") -> None:
    """Bring a database up to a revision; raise SchemaError for one whose copy was never finished."""
    with _connected(url) as connection:
        _whole(_revision(connection))
        alembic.upgrade(config(connection), to)


def downgrade(url: str, to: str) -> None:
    """Bring a database down to a revision; `base` removes everything."""
    with _connected(url) as connection:
        _whole(_revision(connection))
        alembic.downgrade(config(connection), to)


def versions(url: str) -> tuple[str | None, str | None]:
    """(revision of the database, newest revision of the code)."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    with _connected(url) as connection:
        return _revision(connection), head


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
    """Raise SchemaError unless the database answers and is at the code's newest revision."""
    try:
        has, wants = versions(url)
    except OperationalError as error:
        raise SchemaError(
            f"the database cannot be opened ({str(error.orig).strip()}): run `tocsin db upgrade` to make one, or see that it runs"
        ) from error
    _same(has, wants)


def require(has: str | None) -> None:
    """Raise SchemaError unless a revision is the code's newest."""
    _same(has, ScriptDirectory.from_config(config()).get_current_head())


def _same(has: str | None, wants: str | None) -> None:
    _whole(has)
    if has != wants:
        raise SchemaError(f"the database is at {has or 'nothing'}, the code needs {wants}: run `tocsin db upgrade`")


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
