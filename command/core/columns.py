"""The base of all tables and the column types that behave the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer, "sqlite")


class Time(TypeDecorator[datetime]):
    """An instant: aware in Python, timestamptz on PostgreSQL, naive UTC text on SQLite. A naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored; give it one")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """JSON kept as text, byte for byte as written (hashes are taken over those bytes)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else dump(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


def dump(value: Any) -> str:
    """Canonical JSON text: sorted keys, UTC times, no spaces."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS).decode()


Id = Annotated[int, mapped_column(BigId, primary_key=True)]
Ref = Annotated[int, mapped_column(BigId)]
Blob = Annotated[bytes, mapped_column(LargeBinary)]


class Base(DeclarativeBase):
    """Every table of Tocsin."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Time, str: Text}


class OfExercise:
    """A table of the flow: `exercise` is set at creation and can never change (guarded here and by a trigger)."""

    exercise: Mapped[bool] = mapped_column(Boolean, default=False, nullable=False)


@event.listens_for(Base, "attribute_instrument", propagate=True)
def _guard(cls: type[Base], key: str, attribute: Any) -> None:
    if key == "exercise" and issubclass(cls, OfExercise):
        event.listen(attribute, "set", _refuse_change)


def _refuse_change(target: Any, value: Any, old: Any, initiator: Any) -> None:
    if isinstance(old, bool) and old != value:
        raise ValueError("exercise is set at creation and cannot change")
