"""Alarms as sources report them, deduplicated per (source, element, object, problem)."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise

_LOOSE = text("incident_id IS NULL AND state = 'raised'")
_MOMENTARY = text("momentary AND state = 'raised'")
_MOMENTARY_IN_SQLITE = text("momentary = 1 AND state = 'raised'")


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
    """One alarm: raised → cleared → raised …, as `dedupe.fold` makes it of its reports.

    `raised_at` is when the present (or latest) spell began, `last_at` the latest raise, `cleared_at` the latest clear, which may be
    older than `last_at`; `count` how often it was raised; `received_at` when it was last heard of. Without a raise (a clear came
    first) `count` is 0. `element_id` is null while the operator's records have no such element."""

    __tablename__ = "alarm"
    __table_args__ = (
        UniqueConstraint("source", "element", "object", "problem", "exercise"),
        Index("ix_alarm_loose", "last_at", postgresql_where=_LOOSE, sqlite_where=_LOOSE),
        Index("ix_alarm_momentary", "last_at", postgresql_where=_MOMENTARY, sqlite_where=_MOMENTARY_IN_SQLITE),
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
    """One change of an alarm as reported, each once: raised or cleared at `at`, or quiet (nothing more came, so the raise at `at`
    was the last). From these an alarm is made again when reports arrive out of order."""

    __tablename__ = "alarm_event"
    __table_args__ = (UniqueConstraint("alarm_id", "at", "transition"),)
    id: Mapped[Id]
    alarm_id: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    transition: Mapped[str]
