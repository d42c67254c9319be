"""Rows of any database of Tocsin in one form that neither engine owns, so that a copy can be proved alike on SQLite and PostgreSQL.

A row is a line of JSON, its columns in the table's order. What tables and columns there are is asked of the database and not of the code:
a copy of an older schema is read and written as well. The digest of a table is the sum of its lines' hashes: it needs no order, for the
two engines sort text differently."""

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Connection, inspect, types

from command.core.schema import ServedRevision

VERSIONS = "alembic_version"
OF_THE_SCHEMA = frozenset({VERSIONS, ServedRevision.__tablename__})
"""Tables that say which schema a database has: each has its own, and none is data."""
BATCH = 2000
"""Rows read, and on SQLite written, at once."""
_WHOLE = 1 << 256

Convert = Callable[[Any], Any]


class RowError(Exception):
    """A table or value that cannot be copied; the message names it."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is copied: the names of its columns and what each holds (int, bool, float, text, time, date, clock or bytes). `count`
    is the column that its sequence fills on PostgreSQL, if any."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    count: str | None = None


@dataclass(slots=True)
class Tally:
    """How many rows went by, and their digest."""

    rows: int = 0
    total: int = 0

    def add(self, line: bytes) -> None:
        self.rows += 1
        self.total += int.from_bytes(hashlib.sha256(line).digest())

    @property
    def digest(self) -> str:
        """64 hex digits, whatever the order of the rows."""
        return f"{self.total % _WHOLE:064x}"


def tables(connection: Connection) -> list[Table]:
    """Every table but those of the schema itself, those first that others point at."""
    looked = inspect(connection)
    described = looked.get_multi_columns()
    keys = looked.get_multi_pk_constraint()
    found = []
    for name in (name for name, _ in looked.get_sorted_table_and_fkc_names() if name and name not in OF_THE_SCHEMA):
        columns = described[(None, name)]
        kinds = tuple(_kind(name, column["name"], column["type"]) for column in columns)
        key = keys[(None, name)]["constrained_columns"]
        counted = len(key) == 1 and kinds[[column["name"] for column in columns].index(key[0])] == "int"
        found.append(Table(name, tuple(column["name"] for column in columns), kinds, key[0] if counted else None))
    return found


_KINDS: tuple[tuple[type[types.TypeEngine[Any]], str], ...] = (
    (types.Boolean, "bool"),
    (types.Integer, "int"),
    (types.Float, "float"),
    (types.DateTime, "time"),
    (types.Date, "date"),
    (types.Time, "clock"),
    (types.LargeBinary, "bytes"),
    (types.String, "text"),
)


def _kind(table: str, column: str, type_: types.TypeEngine[Any]) -> str:
    for known, kind in _KINDS:
        if isinstance(type_, known):
            return kind
    raise RowError(f"{table}.{column} is of type {type_!r}, which no copy can hold yet")


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """Every row of a table, one line each without its end, a few thousand in memory at once."""
    names = ", ".join(_read(connection.dialect.name, *pair) for pair in zip(table.columns, table.kinds, strict=True))
    query = f'SELECT {names} FROM "{table.name}"'
    convert = [
        (place, change) for place, kind in enumerate(table.kinds) if (change := _from(connection.dialect.name, kind))
    ]
    with connection.execution_options(stream_results=True, yield_per=BATCH).exec_driver_sql(query) as found:
        for row in found:
            values = list(row)
            try:
                for place, change in convert:
                    if values[place] is not None:
                        values[place] = change(values[place])
                yield orjson.dumps(values)
            except (TypeError, ValueError) as error:
                raise RowError(
                    f"{table.name}: a row holds what no copy can ({error}): first column {row[0]!r}"
                ) from error


def _read(dialect: str, column: str, kind: str) -> str:
    quoted = f'"{column}"'
    if dialect == "sqlite":
        return quoted
    forms = {
        "time": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
        "date": "to_char({}, 'YYYY-MM-DD')",
        "clock": "to_char({}, 'HH24:MI:SS.US')",
        "bytes": "encode({}, 'hex')",
    }
    return forms.get(kind, "{}").format(quoted)


def _from(dialect: str, kind: str) -> Convert | None:
    if kind == "float":
        return _finite
    if dialect != "sqlite":
        return None
    changes: dict[str, Convert] = {"bool": bool, "bytes": bytes.hex, "time": _instant, "clock": _clock}
    return changes.get(kind)


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{value} is no figure")
    return float(value)


def _instant(value: str) -> str:
    """As SQLAlchemy writes an instant; one that was written otherwise, with a zone or without a fraction, becomes so."""
    if len(value) == 26 and value[10] == " ":
        return value
    at = datetime.fromisoformat(value)
    at = at.astimezone(UTC) if at.tzinfo else at
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def _clock(value: str) -> str:
    return value if len(value) == 15 else time.fromisoformat(value).isoformat("microseconds")


def tally(connection: Connection, table: Table, progress: Callable[[int], None] = lambda n: None) -> Tally:
    """Count and digest a table as the database holds it now."""
    made = Tally()
    for line in lines(connection, table):
        made.add(line)
        if made.rows % BATCH == 0:
            progress(BATCH)
    progress(made.rows % BATCH)
    return made


def counted(given: Iterable[bytes], into: Tally, progress: Callable[[int], None] = lambda n: None) -> Iterator[bytes]:
    """Hand lines on, counting them."""
    for line in given:
        into.add(line)
        if into.rows % BATCH == 0:
            progress(BATCH)
        yield line
    progress(into.rows % BATCH)


def fill(connection: Connection, table: Table, given: Iterable[bytes]) -> None:
    """Write lines into an empty table. All of them are one statement on PostgreSQL, so that rows may point at later ones of their table."""
    if connection.dialect.name == "sqlite":
        _insert(connection, table, given)
    else:
        _copy(connection, table, given)


def _insert(connection: Connection, table: Table, given: Iterable[bytes]) -> None:
    names = ", ".join(f'"{name}"' for name in table.columns)
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(table.columns))})'
    binary = [place for place, kind in enumerate(table.kinds) if kind == "bytes"]
    cursor = connection.connection.cursor()
    left = iter(given)
    while batch := [_with(orjson.loads(line), binary, bytes.fromhex) for line in islice(left, BATCH)]:
        cursor.executemany(statement, batch)
    cursor.close()


def _copy(connection: Connection, table: Table, given: Iterable[bytes]) -> None:
    names = ", ".join(f'"{name}"' for name in table.columns)
    binary = [place for place, kind in enumerate(table.kinds) if kind == "bytes"]
    times = [place for place, kind in enumerate(table.kinds) if kind == "time"]
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for line in given:
            values = _with(orjson.loads(line), binary, "\\x".__add__)
            copy.write_row(_with(values, times, lambda at: at + "+00"))
    cursor.close()


def _with(values: list[Any], places: list[int], change: Convert) -> list[Any]:
    for place in places:
        if values[place] is not None:
            values[place] = change(values[place])
    return values


def last_given(connection: Connection, table: Table) -> int | None:
    """The last id a table gave on PostgreSQL, to a row that may be gone since; None on SQLite, and where it gave none."""
    if table.count is None or connection.dialect.name == "sqlite":
        return None
    query = f"SELECT pg_sequence_last_value(pg_get_serial_sequence('\"{table.name}\"', '{table.count}')::regclass)"
    found = connection.exec_driver_sql(query).scalar()
    return None if found is None else int(found)


def go_on(connection: Connection, table: Table, given: int | None) -> None:
    """Let PostgreSQL's sequence of a table go on after its last id and after what was `given` before; SQLite does so by itself."""
    if table.count is None or connection.dialect.name == "sqlite":
        return
    sequence = connection.exec_driver_sql(
        f"SELECT pg_get_serial_sequence('\"{table.name}\"', '{table.count}')"
    ).scalar()
    if sequence is not None:
        last = connection.exec_driver_sql(f'SELECT max("{table.count}") FROM "{table.name}"').scalar()
        at = max(last or 0, given or 0)
        connection.exec_driver_sql(f"SELECT setval('{sequence}', {at or 1}, {'true' if at else 'false'})")
