"""A duty handed over: what one person leaves to the next, and whether the next has accepted it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise


class State(StrEnum):
    """offered → accepted | declined | withdrawn. Until it is accepted whoever leaves stays responsible."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Kind(StrEnum):
    """What may pass: a page that somebody answers for, a task they have taken, the first-contact ownership of an incident, or no more
    than the word of one."""

    PAGE = "page"
    TASK = "task"
    OWNER = "owner"
    INCIDENT = "incident"


class Outcome(StrEnum):
    """What became of an item when the hand-over was accepted."""

    PASSED = "passed"
    OVER = "over"  # nothing was left of it: finished, taken by somebody else, its incident closed, cancelled or merged


_OFFERED = text("state = 'offered'")
_UNTOLD = text("state = 'offered' AND told_at IS NULL")
_UNALARMED = text("state = 'offered' AND alarmed_at IS NULL")


class Handover(Base):
    """A duty of `schedule_id` that passes from `from_id` to `to_id`; at `change_at` the schedule changes hands, at `until_at` it does again
    (null where `to_id` was chosen, because nobody follows). `note_id` is what whoever leaves wrote.

    The next one is told at `tell_at`, and the duty officer once at `alarm_at` where nobody has accepted by then. Of one person and
    schedule one is offered at a time."""

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint("state IN ('offered','accepted','declined','withdrawn')", name="state"),
        CheckConstraint("from_id <> to_id", name="two_people"),
        Index("ix_handover_to_id", "to_id", "state"),
        Index("ix_handover_from_id", "from_id", "schedule_id"),
        Index(
            "uq_handover_offered",
            "schedule_id",
            "from_id",
            unique=True,
            postgresql_where=_OFFERED,
            sqlite_where=_OFFERED,
        ),
        Index("ix_handover_tell", "tell_at", postgresql_where=_UNTOLD, sqlite_where=_UNTOLD),
        Index("ix_handover_alarm", "alarm_at", postgresql_where=_UNALARMED, sqlite_where=_UNALARMED),
    )
    id: Mapped[Id]
    schedule_id: Mapped[int] = mapped_column(BigId, ForeignKey("schedule.id", ondelete="CASCADE"))
    from_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    to_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    chosen: Mapped[bool]
    change_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    state: Mapped[str] = mapped_column(default=State.OFFERED)
    offered_at: Mapped[datetime]
    tell_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    alarm_at: Mapped[datetime]
    alarmed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    reason_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))


class HandoverReminder(Base):
    """Somebody's turn of a schedule ends at `change_at` with something open that they have not offered to the next one: they were reminded
    at `reminded_at`, the duty officer told at `alarmed_at`, each once."""

    __tablename__ = "handover_reminder"
    __table_args__ = (UniqueConstraint("schedule_id", "from_id", "change_at"),)
    id: Mapped[Id]
    schedule_id: Mapped[int] = mapped_column(BigId, ForeignKey("schedule.id", ondelete="CASCADE"))
    from_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    change_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    alarmed_at: Mapped[datetime | None]


class HandoverItem(OfExercise, Base):
    """One thing that passes with a hand-over. `ref_id` is the page's, the task's or the incident's id; `note_id` what was written to it."""

    __tablename__ = "handover_item"
    __table_args__ = (UniqueConstraint("handover_id", "kind", "ref_id"),)
    id: Mapped[Id]
    handover_id: Mapped[int] = mapped_column(BigId, ForeignKey("handover.id", ondelete="CASCADE"))
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    kind: Mapped[str]
    ref_id: Mapped[int] = mapped_column(BigId)
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    outcome: Mapped[str | None]
