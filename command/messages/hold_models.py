"""Mass messages on hold, and gateways that are not to be used for a while."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json, OfExercise

_OPEN = text("ended_at IS NULL")


class Hold(OfExercise, Base):
    """What somebody holds for a while: mass messages (`mass`), and the gateways they keep out of use (`avoid`, names). It ends by itself
    at `until_at`, whether that is on record (`ended_at`) yet or not. One at most is open of exercises, and one of what is real."""

    __tablename__ = "message_hold"
    __table_args__ = (
        CheckConstraint("until_at > from_at", name="lasts"),
        Index("uq_message_hold_open", "exercise", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
    )
    id: Mapped[Id]
    mass: Mapped[bool]
    avoid: Mapped[list[str]] = mapped_column(Json)
    reason_note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    by: Mapped[str]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]


class LetThrough(OfExercise, Base):
    """A notice that somebody lets pass a hold."""

    __tablename__ = "message_hold_exception"
    hold_id: Mapped[int] = mapped_column(BigId, ForeignKey("message_hold.id"), primary_key=True)
    notice_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime]
    reason_note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
