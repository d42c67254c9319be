"""Drills as rows: scenarios kept, programmes, drills as they are held, who takes part, and what is put to the players.

All of them but scenarios are of exercises, always."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json, OfExercise
from playbooks.scenario import Mode, Subject


def _one_of(column: str, words: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


class State(StrEnum):
    """planned → ready (both supervisors have acknowledged) → running ⇄ paused → ended → evaluated. planned, ready → cancelled | missed;
    running, paused → stopped (by the stop word or for a real event) → evaluated."""

    PLANNED = "planned"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    STOPPED = "stopped"
    EVALUATED = "evaluated"
    CANCELLED = "cancelled"
    MISSED = "missed"


AHEAD = (State.PLANNED, State.READY)
GOING_ON = (State.RUNNING, State.PAUSED)
HELD = (State.ENDED, State.STOPPED, State.EVALUATED)


class Late(StrEnum):
    """What becomes of a drill that no engine started in time: held late, or marked missed. The trainer is told either way."""

    RUN = "run"
    MISS = "miss"


class Part(StrEnum):
    """What somebody does in a drill. Supervisors acknowledge before the start; of a no-notice drill they alone know."""

    PLAYER = "player"
    CONTROLLER = "controller"
    EVALUATOR = "evaluator"
    SUPERVISOR = "supervisor"


class InjectState(StrEnum):
    """pending → delivered → answered; pending → skipped."""

    PENDING = "pending"
    DELIVERED = "delivered"
    ANSWERED = "answered"
    SKIPPED = "skipped"


_PLANNED = text("next_at IS NOT NULL")
_AHEAD = text("state IN ('planned', 'ready')")
_GOING_ON = text("state IN ('running', 'paused')")
_PENDING = text("state = 'pending'")


class ScenarioVersion(Base):
    """A version of a scenario as it was first used or written on the page; a drill keeps it whatever happens to the files. `content` is its
    canonical JSON. `made_by` is null for one of the files."""

    __tablename__ = "scenario_version"
    __table_args__ = (UniqueConstraint("code", "version", "digest"),)
    id: Mapped[Id]
    code: Mapped[str]
    version: Mapped[int]
    digest: Mapped[str]
    content: Mapped[str]
    made_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    made_at: Mapped[datetime]


class DrillProgramme(OfExercise, Base):
    """A series of drills. `starts` is the first time on the wall clock of `zone`, `rule` an RRULE (RFC 5545; empty: once); `next_at` is
    the next instant by its rule that no drill was made for yet, null once there is none. `departments`, `parts` ({role id or part:
    target, see drills of phones}) and `supervisors` (ids of two people) are passed on to each drill. Between `window_days` before and the
    start people know of one that is `announced`; of others its supervisors and trainer alone. `on_closed` (move or skip) says what
    becomes of a time on a holiday or in a freeze. `version` keeps two editors apart."""

    __tablename__ = "drill_programme"
    __table_args__ = (
        CheckConstraint(_one_of("subject", Subject), name="subject"),
        CheckConstraint(_one_of("mode", Mode), name="mode"),
        CheckConstraint(_one_of("late", Late), name="late"),
        CheckConstraint("duration_minutes > 0 AND grace_minutes >= 0 AND window_days >= 0", name="spans"),
        Index("ix_drill_programme_next", "next_at", postgresql_where=_PLANNED, sqlite_where=_PLANNED),
    )
    id: Mapped[Id]
    name: Mapped[str]
    subject: Mapped[str]
    mode: Mapped[str]
    scenario: Mapped[str]
    area_id: Mapped[int] = mapped_column(BigId, ForeignKey("area.id"))
    departments: Mapped[list[str]] = mapped_column(Json)
    parts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    supervisors: Mapped[list[int]] = mapped_column(Json, default=list)
    starts: Mapped[str]
    zone: Mapped[str]
    rule: Mapped[str] = mapped_column(default="")
    duration_minutes: Mapped[int]
    announced: Mapped[bool] = mapped_column(default=True)
    window_days: Mapped[int] = mapped_column(default=7)
    late: Mapped[str] = mapped_column(default=Late.MISS)
    grace_minutes: Mapped[int] = mapped_column(default=15)
    on_closed: Mapped[str] = mapped_column(default="move", server_default="move")
    next_at: Mapped[datetime | None]
    trainer_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    made_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Drill(OfExercise, Base):
    """One drill, as planned and as held. `local_date` and `slot` (minute of the day on the wall clock) make a firing of a programme unique:
    it cannot begin twice, whatever engines, restarts and clocks do. Its journal is the stream `drill:<id>`.

    Exercise time is `elapsed_s` seconds at `ticking_from` and goes on from there `speed` times as fast as the clock; while it does not run
    `ticking_from` is null. `stop_word` stops it whoever sends it. `reason` says why it stopped, was cancelled or missed. `late`,
    `grace_minutes`: see DrillProgramme. `sequence` grows when it is moved or cancelled, so that calendars follow."""

    __tablename__ = "drill"
    __table_args__ = (
        CheckConstraint(_one_of("subject", Subject), name="subject"),
        CheckConstraint(_one_of("mode", Mode), name="mode"),
        CheckConstraint(_one_of("state", State), name="state"),
        CheckConstraint(_one_of("late", Late), name="late"),
        CheckConstraint("duration_minutes > 0 AND speed > 0 AND elapsed_s >= 0", name="spans"),
        UniqueConstraint("programme_id", "local_date", "slot"),
        Index("ix_drill_ahead", "due_at", postgresql_where=_AHEAD, sqlite_where=_AHEAD),
        Index("ix_drill_going_on", "state", postgresql_where=_GOING_ON, sqlite_where=_GOING_ON),
        Index("ix_drill_due_at", "due_at"),
    )
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    programme_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("drill_programme.id"))
    local_date: Mapped[date]
    slot: Mapped[int]
    scenario_id: Mapped[int] = mapped_column(BigId, ForeignKey("scenario_version.id"))
    subject: Mapped[str]
    mode: Mapped[str]
    area_id: Mapped[int] = mapped_column(BigId, ForeignKey("area.id"))
    departments: Mapped[list[str]] = mapped_column(Json)
    due_at: Mapped[datetime]
    duration_minutes: Mapped[int]
    announced: Mapped[bool] = mapped_column(default=True)
    announced_at: Mapped[datetime | None]
    window_days: Mapped[int] = mapped_column(default=7)
    late: Mapped[str] = mapped_column(default=Late.MISS)
    grace_minutes: Mapped[int] = mapped_column(default=15)
    state: Mapped[str] = mapped_column(default=State.PLANNED)
    reason: Mapped[str | None]
    trainer_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    made_at: Mapped[datetime]
    stop_word: Mapped[str]
    speed: Mapped[float] = mapped_column(default=1.0)
    elapsed_s: Mapped[float] = mapped_column(default=0.0)
    ticking_from: Mapped[datetime | None]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    override_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    recall_minutes: Mapped[int] = mapped_column(default=20, server_default="20")


class DrillIncident(OfExercise, Base):
    """An exercise incident that belongs to a drill: reported by its players, opened by its alarms, or by a controller."""

    __tablename__ = "drill_incident"
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), primary_key=True)
    drill_id: Mapped[int] = mapped_column(BigId, ForeignKey("drill.id"), index=True)


class DrillParticipant(OfExercise, Base):
    """Somebody who takes part; a player has a `role` of the scenario. `acknowledged_at`: a supervisor agrees to the start, a player has
    seen that they take part."""

    __tablename__ = "drill_participant"
    __table_args__ = (
        CheckConstraint(_one_of("part", Part), name="part"),
        UniqueConstraint("drill_id", "person_id", "part", "role"),
        Index("ix_drill_participant_person", "person_id", "drill_id"),
    )
    id: Mapped[Id]
    drill_id: Mapped[int] = mapped_column(BigId, ForeignKey("drill.id"))
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    part: Mapped[str]
    role: Mapped[str] = mapped_column(default="")
    acknowledged_at: Mapped[datetime | None]


class DrillInject(OfExercise, Base):
    """An inject of a drill: line `number` of its scenario, or one that a controller added (`extra`, whose `content` holds what a line of a
    scenario holds). `at_s` is the second of exercise time it is due at, null while it waits for a sign. `delivered_s` and `answered_s`
    are seconds of exercise time. `choice` is the answer to a discussion; words of an answer are a note."""

    __tablename__ = "drill_inject"
    __table_args__ = (
        CheckConstraint(_one_of("state", InjectState), name="state"),
        UniqueConstraint("drill_id", "number"),
        Index("ix_drill_inject_pending", "drill_id", "at_s", postgresql_where=_PENDING, sqlite_where=_PENDING),
    )
    id: Mapped[Id]
    drill_id: Mapped[int] = mapped_column(BigId, ForeignKey("drill.id"))
    number: Mapped[int]
    extra: Mapped[bool] = mapped_column(default=False)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    at_s: Mapped[float | None]
    state: Mapped[str] = mapped_column(default=InjectState.PENDING)
    delivered_at: Mapped[datetime | None]
    delivered_s: Mapped[float | None]
    answered_at: Mapped[datetime | None]
    answered_s: Mapped[float | None]
    answered_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    choice: Mapped[str | None]
    reason: Mapped[str | None]
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
