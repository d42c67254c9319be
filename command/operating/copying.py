"""Filling an empty database with rows from elsewhere. While it goes on the database says of itself that it is not whole, so that whatever
is cut short is never taken for an installation; the same copy can then be begun again."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from command.core import schema
from command.core.database import line
from command.operating import rows
from command.operating.rows import VERSIONS, RowError, Table, Tally

SEEDED = {"clock_offset"}
"""Tables in which migrations themselves leave rows."""

Progress = Callable[[str, int], None]
"""Told the table and how many more of its rows went by."""


def quiet(table: str, more: int) -> None:
    """Progress that nobody looks at."""


class CopyError(Exception):
    """A copy cannot be made, or is not what was copied; the message says what to do."""


@dataclass(frozen=True)
class Copied:
    """What came of a copy: how much of each table, and what differs from what was copied."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.tallies.values())


def file_of(url: str) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL. Raise CopyError for anything else."""
    try:
        read = make_url(url)
        kind = read.get_backend_name()
    except ArgumentError:
        kind = ""
    if kind not in ("sqlite", "postgresql"):
        raise CopyError(
            "that is no database of Tocsin: write sqlite:////folder/tocsin.db or postgresql://user:password@host/name"
        )
    return Path(read.database or "") if kind == "sqlite" else None


class InUse(CopyError):
    """Somebody has the database open that has to be left alone."""


@contextmanager
def moment(url: str, *, alone: bool = False) -> Iterator[Connection]:
    """A database as it is at one moment, whatever is written to it meanwhile. With `alone` a SQLite file is held so that no other
    process can open it, and InUse is raised where one has it open. Raise CopyError where there is no database."""
    file = file_of(url)
    if file is not None and not file.is_file():
        raise CopyError(f"there is no database at {file}: set TOCSIN_DATA or TOCSIN_DATABASE_URL to where it is")
    engine = create_engine(url) if file else create_engine(url, connect_args=line(make_url(url)))
    try:
        with engine.connect() as connection:
            if file:
                if alone:
                    _hold(connection)
                connection.exec_driver_sql("PRAGMA query_only=ON")
                connection.rollback()
                connection.exec_driver_sql("BEGIN")
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")  # from here on it is this moment
            else:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection
    except DBAPIError as error:
        raise CopyError(f"the database cannot be read ({_first(error.orig)}): see that it runs") from error
    finally:
        engine.dispose()


def _hold(connection: Connection) -> None:
    """Take the file for this connection alone. In WAL mode every process that has it open holds it shared, so that this fails."""
    try:
        connection.exec_driver_sql("PRAGMA busy_timeout=1000")
        connection.exec_driver_sql("PRAGMA locking_mode=EXCLUSIVE")
        connection.rollback()
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql("UPDATE clock_offset SET microseconds = microseconds")
        connection.commit()
    except OperationalError as error:
        raise InUse("another process has the database open") from error


def revision(connection: Connection) -> str:
    """The revision of a database that is whole; raise CopyError for any other."""
    found = connection.exec_driver_sql(f"SELECT version_num FROM {VERSIONS}").scalar() if _has(connection) else None
    if found is None:
        raise CopyError("the database has no schema of Tocsin: there is nothing to copy")
    if found.startswith(schema.UNFINISHED):
        raise CopyError("the database is itself a copy that was cut: finish it first")
    return str(found)


def _has(connection: Connection) -> bool:
    return connection.dialect.has_table(connection, VERSIONS)


def prepare(url: str, wanted: str) -> None:
    """Bring a database to the revision of what is to be copied into it, empty and marked as not whole.

    Raise CopyError where there are rows already, unless they are those of a copy that was cut."""
    file = file_of(url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    has = _standing(url)
    if has is not None and has.startswith(schema.UNFINISHED):
        with _writing(url) as connection:
            _empty(connection)
            _mark(connection, has.removeprefix(schema.UNFINISHED))
        has = has.removeprefix(schema.UNFINISHED)
    if has is not None and has != wanted:
        schema.downgrade(url, "base")
        has = None
    if has is None:
        schema.upgrade(url, wanted)
    with _writing(url) as connection:
        _mark(connection, schema.UNFINISHED + wanted)
        _empty(connection)


def _standing(url: str) -> str | None:
    """The revision of a target as it says itself; raise CopyError if it holds somebody's rows or cannot be reached."""
    try:
        has, _ = schema.versions(url)
    except DBAPIError as error:
        raise CopyError(
            f"{safe(url)} cannot be opened ({str(error.orig).strip()}): make the database, and see that it runs"
        ) from error
    if has is None or has.startswith(schema.UNFINISHED):
        if has is None:
            _refuse_strangers(url)
        return has
    with _writing(url) as connection:
        held = [t.name for t in rows.tables(connection) if t.name not in SEEDED and _any(connection, t)]
    if held:
        raise CopyError(
            f"{safe(url)} is not empty (rows in {len(held)} tables, first {held[0]}): nothing is written over; name an empty database"
        )
    return has


def _refuse_strangers(url: str) -> None:
    with _writing(url) as connection:
        found = [name for name in connection.dialect.get_table_names(connection) if name != VERSIONS]
    if found:
        raise CopyError(f"{safe(url)} holds tables that are not Tocsin's (first {found[0]}): name an empty database")


def _any(connection: Connection, table: Table) -> bool:
    return connection.exec_driver_sql(f'SELECT 1 FROM "{table.name}" LIMIT 1').first() is not None


def _mark(connection: Connection, revision: str) -> None:
    changed = connection.exec_driver_sql(f"UPDATE {VERSIONS} SET version_num = '{revision}'")
    assert changed.rowcount == 1
    connection.commit()


def _empty(connection: Connection) -> None:
    found = rows.tables(connection)
    if connection.dialect.name == "sqlite":
        for table in reversed(found):
            connection.exec_driver_sql(f'DELETE FROM "{table.name}"')
    else:
        connection.exec_driver_sql("TRUNCATE " + ", ".join(f'"{table.name}"' for table in found))
    connection.commit()


@contextmanager
def _writing(url: str) -> Iterator[Connection]:
    """A connection that fills: on SQLite keys are checked at the end, for rows may point at later ones of their table."""
    file = file_of(url)
    engine = create_engine(url) if file else create_engine(url, connect_args=line(make_url(url)))
    try:
        with engine.connect() as connection:
            if file:
                for pragma in ("foreign_keys=OFF", "journal_mode=WAL", "synchronous=OFF", "cache_size=-65536"):
                    connection.exec_driver_sql(f"PRAGMA {pragma}")
                connection.commit()
            yield connection
    finally:
        engine.dispose()


def fill(
    url: str,
    given: Iterable[tuple[Table, int | None, Iterable[bytes]]],
    expected: Callable[[str], tuple[int, str]],
    progress: Progress = quiet,
) -> Copied:
    """Write tables into a prepared database, then read each back and compare it with what was `expected` of it (rows and digest).

    The database stays marked: whoever is content calls `finish`."""
    made = Copied()
    with _writing(url) as connection:
        for table, last, lines in given:
            went = Tally()
            if not connection.in_transaction():
                connection.begin()
            try:
                rows.fill(connection, table, rows.counted(lines, went, partial(progress, table.name)))
                rows.go_on(connection, table, last)
                connection.commit()
            except DBAPIError as error:
                raise CopyError(f"{table.name} cannot be written: {_first(error.orig)}") from error
            except Exception as error:
                if isinstance(error, RowError | CopyError | OSError):
                    raise
                raise CopyError(f"{table.name} cannot be written: {_first(error)}") from error
            made.tallies[table.name] = rows.tally(connection, table)
            if (made.tallies[table.name].rows, made.tallies[table.name].digest) != expected(table.name):
                made.faults.append(f"{table.name}: {_difference(made.tallies[table.name], expected(table.name))}")
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            made.faults.extend(f"{row[0]}: row {row[1]} points at nothing in {row[2]}" for row in broken[:5])
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return made


def _first(error: object) -> str:
    return str(error).strip().partition("\n")[0]


def _difference(found: Tally, expected: tuple[int, str]) -> str:
    if found.rows != expected[0]:
        return f"{found.rows:,} rows where there were {expected[0]:,}"
    return "the rows are not those that were copied"


def finish(url: str) -> None:
    """Say of a filled database that it is whole."""
    with _writing(url) as connection:
        has = connection.exec_driver_sql(f"SELECT version_num FROM {VERSIONS}").scalar_one()
        _mark(connection, str(has).removeprefix(schema.UNFINISHED))


def safe(url: str) -> str:
    """A database's URL without its password."""
    return make_url(url).render_as_string(hide_password=True)
