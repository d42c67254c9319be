"""What people order of roads for a while: not to be used, used more slowly, or to take what would go by others."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id

_OPEN = text("ended_at IS NULL")


class RoadOrder(Base):
    """An order about the gateway `gateway`, until `until_at` or until somebody ends it: `pause` it, `slow` it to `rate` messages a second,
    or `divert` to it what goes in `lane`, or the notice `notice_id`. It ends by itself, whether that is on record (`ended_at`) or not.

    Of live roads only: exercises have one gateway, of which nothing can be ordered."""

    __tablename__ = "road_order"
    __table_args__ = (
        CheckConstraint("act IN ('pause', 'slow', 'divert')", name="act"),
        CheckConstraint("(act = 'slow') = (rate IS NOT NULL)", name="rate"),
        CheckConstraint("act = 'divert' OR (lane IS NULL AND notice_id IS NULL)", name="what"),
        CheckConstraint("until_at > from_at", name="lasts"),
        Index("ix_road_order_open", "until_at", postgresql_where=_OPEN, sqlite_where=_OPEN),
    )
    id: Mapped[Id]
    gateway: Mapped[str]
    act: Mapped[str]
    rate: Mapped[int | None]
    lane: Mapped[int | None]
    notice_id: Mapped[int | None] = mapped_column(BigId)
    reason_note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    by: Mapped[str]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
