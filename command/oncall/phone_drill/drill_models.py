"""Phone drills as rows: plans, runs, the call to each person and the messages it went out by. All of them are of exercises, always."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json, OfExercise

_PLANNED = text("next_at IS NOT NULL")
_GOING_ON = text("state IN ('running', 'paused')")
_DUE = text("due_at IS NOT NULL")


class Every(StrEnum):
    """How often a drill is held: once, every week, or every month on the same weekday of the same week (the first Monday)."""

    ONCE = "once"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class By(StrEnum):
    """What is tested: the number on record, or each of a person's ways that exercises may take, in their order."""

    RECORD = "record"
    ORDER = "order"


class RunState(StrEnum):
    """running ⇄ paused; running → ended; running, paused → stopped. A run that came too late is missed from the beginning."""

    RUNNING = "running"
    PAUSED = "paused"  # nothing goes out until somebody lets it go on
    ENDED = "ended"  # answers are no longer awaited; a late one is noted
    STOPPED = "stopped"
    MISSED = "missed"  # no engine ran when its time came


class PhoneDrill(OfExercise, Base):
    """A plan. `targets` name whom it calls (see groups); `starts` is the first time on the wall clock of `zone`; `next_at` the next instant
    it is due at, null once there is none or it was cancelled. `said` goes out with the text. One that is not `announced` is shown to
    planners alone until it has begun."""

    __tablename__ = "phone_drill"
    __table_args__ = (
        CheckConstraint("every IN ('once','weekly','monthly')", name="every"),
        CheckConstraint("by_ways IN ('record','order')", name="by_ways"),
        CheckConstraint("wait_minutes > 0", name="wait"),
        Index("ix_phone_drill_next", "next_at", postgresql_where=_PLANNED, sqlite_where=_PLANNED),
    )
    id: Mapped[Id]
    name: Mapped[str]
    targets: Mapped[list[str]] = mapped_column(Json)
    said: Mapped[str] = mapped_column(default="")
    starts: Mapped[str]
    zone: Mapped[str]
    every: Mapped[str]
    by_ways: Mapped[str]
    announced: Mapped[bool]
    wait_minutes: Mapped[int]
    next_at: Mapped[datetime | None]
    made_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    made_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]


class PhoneDrillRun(OfExercise, Base):
    """A drill as it was held. `at` is when it was due, `until` when answers are no longer awaited. An incident that becomes one of
    tier I or II after `watch_from` pauses it. `reason` says why it stopped."""

    __tablename__ = "phone_drill_run"
    __table_args__ = (
        CheckConstraint("state IN ('running','paused','ended','stopped','missed')", name="state"),
        UniqueConstraint("drill_id", "at"),
        Index("ix_phone_drill_run_going_on", "state", postgresql_where=_GOING_ON, sqlite_where=_GOING_ON),
    )
    id: Mapped[Id]
    drill_id: Mapped[int] = mapped_column(BigId, ForeignKey("phone_drill.id"))
    at: Mapped[datetime]
    began_at: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[str]
    watch_from: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None]


class PhoneDrillCall(OfExercise, Base):
    """The call to one person. `ways` counts those it has gone out by; the next one goes at `due_at` (null: none does). `called_at` is when
    the first message was put in the queue: response times count from there. `code` answers it."""

    __tablename__ = "phone_drill_call"
    __table_args__ = (
        UniqueConstraint("run_id", "person_id"),
        Index("ix_phone_drill_call_due", "run_id", "due_at", postgresql_where=_DUE, sqlite_where=_DUE),
        Index("ix_phone_drill_call_person", "person_id", "called_at"),
    )
    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(BigId, ForeignKey("phone_drill_run.id"))
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    code: Mapped[str] = mapped_column(default="")
    ways: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_via: Mapped[str | None]
    reason: Mapped[str | None]


class PhoneDrillWay(OfExercise, Base):
    """One message of a call: by which of its person's ways (`contact_id`; null: the number on record) it went out."""

    __tablename__ = "phone_drill_way"
    __table_args__ = (UniqueConstraint("call_id", "position"),)
    id: Mapped[Id]
    call_id: Mapped[int] = mapped_column(BigId, ForeignKey("phone_drill_call.id"))
    position: Mapped[int]
    kind: Mapped[str]
    contact_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person_contact.id"))
    delivery_id: Mapped[int] = mapped_column(BigId, ForeignKey("delivery.id"), index=True)
    sent_at: Mapped[datetime]
