"""Alarms as sources report them, deduplicated per (source, element, object, problem)."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise

_LOOSE = text("incident_id IS NULL AND state = 'raised'")


class ProblemKind(Base):
    """What a problem name means: whether it takes service away, its usual severity, whether it comes as a momentary event."""

    __tablename__ = "problem_kind"
    problem: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    affecting: Mapped[bool]
    severity: Mapped[str]
    momentary: Mapped[bool]


class Alarm(OfExercise, Base):
    """One alarm: raised → cleared → raised …; `count` is how often it was reported, `last_at` the latest raise."""

    __tablename__ = "alarm"
    __table_args__ = (
        UniqueConstraint("source", "element", "object", "problem", "exercise"),
        Index("ix_alarm_loose", "last_at", postgresql_where=_LOOSE, sqlite_where=_LOOSE),
        Index("ix_alarm_incident_id_state", "incident_id", "state"),
    )
    id: Mapped[Id]
    source: Mapped[str]
    element: Mapped[str]
    object: Mapped[str] = mapped_column(default="")
    problem: Mapped[str]
    element_id: Mapped[int | None] = mapped_column(BigId, index=True)
    incident_id: Mapped[int | None] = mapped_column(BigId)
    severity: Mapped[str]
    state: Mapped[str]
    affecting: Mapped[bool]
    momentary: Mapped[bool]
    raised_at: Mapped[datetime]
    last_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(default="")


class AlarmEvent(OfExercise, Base):
    """One report of an alarm as it arrived, kept for statistics: raised, repeated, cleared, or late (older than what is known)."""

    __tablename__ = "alarm_event"
    id: Mapped[Id]
    alarm_id: Mapped[int] = mapped_column(BigId, index=True)
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    transition: Mapped[str]
