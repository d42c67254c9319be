"""Spans between instants, counted where the rows are: exact to the microsecond on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Float, case, cast, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.functions import FunctionElement

MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
HOUR = 3600 * SECOND
Instant = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class micros(FunctionElement[int]):
    """An instant as whole microseconds since 1970; null for none."""

    type = BigInteger()
    name = "micros"
    inherit_cache = True


@compiles(micros, "sqlite")
def _sqlite(element: micros, compiler: Any, **more: Any) -> str:
    """Times are text there, always with six digits behind the second; SQLite itself knows but three of them."""
    column = compiler.process(element.clauses, **more)
    return f"(unixepoch({column}) * 1000000 + CAST(substr({column}, 21, 6) AS INTEGER))"


@compiles(micros, "postgresql")
def _postgresql(element: micros, compiler: Any, **more: Any) -> str:
    """Numeric since PostgreSQL 14, so nothing is rounded."""
    return f"CAST(extract(epoch FROM {compiler.process(element.clauses, **more)}) * 1000000 AS BIGINT)"


def of(at: datetime) -> int:
    """The same of an instant in Python."""
    return (at - _EPOCH) // MICROSECOND


def within(begins: Instant, ends: Instant | None, since: datetime, until: datetime) -> ColumnElement[Any]:
    """The hours from one column to another that lie between two instants; a row without an end goes on. Never below zero: a row that lies
    outside, or ends before it begins, adds nothing."""
    last = literal(of(until), BigInteger)
    low = case((begins < since, literal(of(since), BigInteger)), else_=micros(begins))
    high = last if ends is None else case((ends.is_(None), last), (ends > until, last), else_=micros(ends))
    return cast(case((high > low, high - low), else_=0), Float) / float(HOUR)
