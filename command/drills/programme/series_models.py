"""Freezes: spans in which no drill is held."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json


class OnClosed(StrEnum):
    """What becomes of a time of a series that falls on a holiday or into a freeze: held on the next free workday at the same time of day,
    or not held. Either is on record."""

    MOVE = "move"
    SKIP = "skip"


class DrillFreeze(Base):
    """No drill begins or goes on from `from_at` (inclusive) to `until_at` (exclusive) in `areas` (codes; none: everywhere) and in what
    they contain. `note_id` says why. One that was lifted counts no more."""

    __tablename__ = "drill_freeze"
    __table_args__ = (CheckConstraint("from_at < until_at", name="span"),)
    id: Mapped[Id]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime] = mapped_column(index=True)
    areas: Mapped[list[str]] = mapped_column(Json, default=list)
    note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    made_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    made_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
