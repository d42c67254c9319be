"""Training as rows: sessions, who has a place in them and came, records with certificates, and reminders.

Training is no exercise: invitations are real messages to staff. Drills that count are not copied here (see credits)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json
from command.training.rules import Topic


def _one_of(column: str, words: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


class State(StrEnum):
    """planned → held (attendance is closed, certificates are issued); planned → cancelled."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Answer(StrEnum):
    """invited → joined | declined; joined ⇄ declined until it begins."""

    INVITED = "invited"
    JOINED = "joined"
    DECLINED = "declined"


class Attendance(StrEnum):
    """Whether somebody was there; open until somebody says so."""

    OPEN = "open"
    CAME = "came"
    EXCUSED = "excused"
    ABSENT = "absent"


class Via(StrEnum):
    """How it became known that somebody came: the trainer's list, the code on their own phone, a program, a file."""

    LIST = "list"
    CODE = "code"
    API = "api"
    FILE = "file"


class Told(StrEnum):
    """The last message somebody got about a session."""

    NOTHING = "nothing"
    INVITED = "invited"
    REMINDED = "reminded"
    CANCELLED = "cancelled"


class Source(StrEnum):
    """Where a record comes from: a session held here, or earlier records that were imported."""

    SESSION = "session"
    IMPORT = "import"


_PLANNED = text("state = 'planned'")


class TrainingSession(Base):
    """A session. `starts` is on the wall clock of `zone`, `starts_at` the instant; its topics share the minutes evenly. `teacher_id` is
    one of the house, `teacher` somebody from outside. `targets` as drills of phones keep them, `materials` [{title, link}]. `code`
    marks attendance on one's own phone. `version` keeps two editors apart."""

    __tablename__ = "training_session"
    __table_args__ = (
        CheckConstraint(_one_of("state", State), name="state"),
        CheckConstraint("minutes > 0 AND (capacity IS NULL OR capacity > 0)", name="figures"),
        Index("ix_training_session_planned", "starts_at", postgresql_where=_PLANNED, sqlite_where=_PLANNED),
        Index("ix_training_session_starts_at", "starts_at"),
    )
    id: Mapped[Id]
    title: Mapped[str]
    topics: Mapped[list[str]] = mapped_column(Json)
    place: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    starts: Mapped[str]
    zone: Mapped[str]
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    teacher_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    teacher: Mapped[str] = mapped_column(default="")
    capacity: Mapped[int | None]
    targets: Mapped[list[str]] = mapped_column(Json)
    materials: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    code: Mapped[str]
    state: Mapped[str] = mapped_column(default=State.PLANNED)
    reason_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    made_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    made_at: Mapped[datetime]
    held_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    demo: Mapped[bool] = mapped_column(default=False)


class TrainingPlace(Base):
    """Somebody's place in a session: their answer, whether they came and how that is known, their score of 100, what they were told."""

    __tablename__ = "training_place"
    __table_args__ = (
        CheckConstraint(_one_of("answer", Answer), name="answer"),
        CheckConstraint(_one_of("attendance", Attendance), name="attendance"),
        CheckConstraint(_one_of("told", Told), name="told"),
        CheckConstraint("score IS NULL OR score BETWEEN 0 AND 100", name="score"),
        Index("ix_training_place_person", "person_id", "session_id"),
    )
    session_id: Mapped[int] = mapped_column(BigId, ForeignKey("training_session.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), primary_key=True)
    answer: Mapped[str]
    attendance: Mapped[str] = mapped_column(default=Attendance.OPEN)
    via: Mapped[str | None]
    marked_at: Mapped[datetime | None]
    marked_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    score: Mapped[int | None]
    told: Mapped[str] = mapped_column(default=Told.NOTHING)
    told_at: Mapped[datetime | None]


class TrainingRecord(Base):
    """Somebody was trained in a topic on `done_on`, valid to the end of `expires_on`; its certificate has the `number`. `reference` is the
    number an imported one had before. Revoked ones stay, with who and why."""

    __tablename__ = "training_record"
    __table_args__ = (
        CheckConstraint(_one_of("topic", Topic), name="topic"),
        CheckConstraint(_one_of("source", Source), name="source"),
        CheckConstraint("score IS NULL OR score BETWEEN 0 AND 100", name="score"),
        CheckConstraint("minutes > 0", name="minutes"),
        Index("ix_training_record_person", "person_id", "topic", "done_on"),
        Index(
            "uq_training_record_session",
            "session_id",
            "person_id",
            "topic",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
            sqlite_where=text("revoked_at IS NULL"),
        ),
    )
    id: Mapped[Id]
    number: Mapped[str | None] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    topic: Mapped[str]
    done_on: Mapped[date]
    expires_on: Mapped[date]
    minutes: Mapped[int]
    score: Mapped[int | None]
    source: Mapped[str]
    session_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("training_session.id"))
    reference: Mapped[str] = mapped_column(default="")
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    revoked_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    demo: Mapped[bool] = mapped_column(default=False)


class TrainingReminder(Base):
    """Somebody was told that a topic ends, or is first due, on `due_on`, when 30, 7 or 1 `days` were left. One row each, so whoever looks,
    and however often, each is told once."""

    __tablename__ = "training_reminder"
    __table_args__ = (
        CheckConstraint("days IN (1,7,30)", name="days"),
        CheckConstraint(_one_of("topic", Topic), name="topic"),
        UniqueConstraint("person_id", "topic", "due_on", "days", name="uq_training_reminder_once"),
    )
    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    topic: Mapped[str]
    due_on: Mapped[date]
    days: Mapped[int]
    told_at: Mapped[datetime]
    reached: Mapped[bool]
