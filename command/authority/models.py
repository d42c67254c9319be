"""Overrides that wait to be looked at, and commands that are being succeeded."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise

_WAITS = text("decided_at IS NULL")
_RUNS = text("ended_at IS NULL")


class OverrideReview(OfExercise, Base):
    """Somebody did `act` on their own word, and somebody else looks at it afterwards: justified, or not. One without an incident belongs to
    the audit stream. `note_id` is the reason given, `words_id` what the reviewer says."""

    __tablename__ = "override_review"
    __table_args__ = (
        CheckConstraint("verdict IN ('justified', 'not_justified')", name="verdict"),
        Index("ix_override_review_waiting", "due_at", postgresql_where=_WAITS, sqlite_where=_WAITS),
    )
    id: Mapped[Id]
    act: Mapped[str]
    kind: Mapped[str]
    stream: Mapped[str]
    incident_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    at: Mapped[datetime]
    due_at: Mapped[datetime]
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    reminded_at: Mapped[datetime | None]
    verdict: Mapped[str | None]
    decided_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    words_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))


class Succession(OfExercise, Base):
    """The command of an incident is offered to others because its commander is silent: offered → taken | here | over. `escalation_id` is
    the chain that pages them. `why` is no_answer (to a call) or no_sign (nothing done for so long)."""

    __tablename__ = "succession"
    __table_args__ = (
        CheckConstraint("state IN ('offered', 'taken', 'here', 'over')", name="state"),
        CheckConstraint("why IN ('no_answer', 'no_sign')", name="why"),
        Index("uq_succession_running", "incident_id", unique=True, postgresql_where=_RUNS, sqlite_where=_RUNS),
        UniqueConstraint("escalation_id"),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"))
    commander_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    why: Mapped[str]
    minutes: Mapped[int]
    escalation_id: Mapped[int] = mapped_column(BigId, ForeignKey("escalation.id"))
    state: Mapped[str] = mapped_column(default="offered")
    began_at: Mapped[datetime]
    unanswered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    successor_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
