"""Rows made in Python as a table inside one statement: one parameter and one round trip, however many rows, on both databases."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Boolean, DateTime, FromClause, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

_TYPES: Mapping[str, TypeEngine[Any]] = {
    "id": BigInteger(),
    "fence": BigInteger(),
    "tries": BigInteger(),
    "due_at": DateTime(timezone=True),
    "lease_until": DateTime(timezone=True),
    "submitted_at": DateTime(timezone=True),
    "settled_at": DateTime(timezone=True),
    "resent": Boolean(),
}


def table(session: Session, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> FromClause:
    """`rows` as a FROM element named `given`. Columns named in _TYPES have their type, all others are text."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    written = orjson.dumps([{name: _written(row[name], sqlite) for name in columns} for row in rows]).decode()
    parameter = bindparam(None, written, Text())
    if sqlite:
        each = func.json_each(parameter).table_valued("value")
        return select(*(func.json_extract(each.c.value, f"$.{name}").label(name) for name in columns)).subquery("given")
    typed = [column(name, _TYPES.get(name, Text())) for name in columns]
    return (
        func.json_to_recordset(cast(parameter, JSON)).table_valued(*typed, name="given").render_derived(with_types=True)
    )


def _written(value: Any, sqlite: bool) -> Any:
    if not isinstance(value, datetime):
        return value
    utc = value.astimezone(UTC)
    return utc.strftime("%Y-%m-%d %H:%M:%S.%f") if sqlite else utc.isoformat()
