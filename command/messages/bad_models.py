"""Numbers of subscribers of which providers say that they take no SMS for good, and what was said of them by whom. Never a number: its
blind index. What an exercise's gateway says is not kept, by CHECK."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId


class Standing(StrEnum):
    """suspected → marked by rule; marked → cleared by a person, who may undo it; cleared → marked by rule, for what is said afterwards. A
    number that takes a message, or is given to somebody else, has no row any more."""

    SUSPECTED = "suspected"
    MARKED = "marked"
    CLEARED = "cleared"


class BadNumber(Base):
    """A subscriber's number of which somebody said that it takes no SMS. `addressee` is the subscriber's id; `last_at` the moment of the
    last call that found so; `reason` stands from the first mark on."""

    __tablename__ = "bad_number"
    __table_args__ = (
        CheckConstraint("state IN ('suspected','marked','cleared')", name="state"),
        CheckConstraint("(state = 'suspected') = (marked_at IS NULL)", name="since"),
        Index("ix_bad_number_addressee_state", "addressee", "state"),
        Index("ix_bad_number_state_marked_at", "state", "marked_at", "addressee"),
    )
    recipient: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    addressee: Mapped[int] = mapped_column(BigId)
    state: Mapped[str]
    reason: Mapped[str | None]
    last_at: Mapped[datetime]
    marked_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    cleared_by: Mapped[str | None]
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))


class BadAnswer(Base):
    """What one road said of a number on one day of the operator's zone, by one code: how often, in calls between two moments."""

    __tablename__ = "bad_answer"
    __table_args__ = (CheckConstraint("gateway <> 'exercise'", name="live"),)
    recipient: Mapped[bytes] = mapped_column(
        LargeBinary, ForeignKey("bad_number.recipient", ondelete="CASCADE"), primary_key=True
    )
    gateway: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]

    @property
    def on(self) -> date:
        """The day."""
        return date.fromisoformat(self.day)
