"""Warnings: what is announced before anything has failed; what is prepared for it, who stands by, and the incidents that came of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json, OfExercise


class State(StrEnum):
    """live → lifted (by a person, the issuer's Cancel) or expired (its time is over)."""

    LIVE = "live"
    LIFTED = "lifted"
    EXPIRED = "expired"


class Source(StrEnum):
    """How it came in."""

    HAND = "hand"
    API = "api"
    CAP = "cap"
    FEED = "feed"
    RISK = "risk"


_LIVE = text("state = 'live'")


class Warning(OfExercise, Base):
    """One warning; its journal is the stream `warning:<code>`. `reference` is the issuer's own, `areas` are codes, each with all it
    contains; `unmatched` are areas of a CAP message that are none of ours. `event` is one of config/warnings.yaml. It holds from `from_at`
    until (not including) `until_at`. `risk` is the code of the risk it was raised from, or empty."""

    __tablename__ = "warning"
    __table_args__ = (
        CheckConstraint("colour IN ('blue', 'yellow', 'orange', 'red')", name="colour"),
        CheckConstraint("state IN ('live', 'lifted', 'expired')", name="state"),
        CheckConstraint("source IN ('hand', 'api', 'cap', 'feed', 'risk')", name="source"),
        CheckConstraint("from_at < until_at", name="validity"),
        Index("ix_warning_live", "until_at", postgresql_where=_LIVE, sqlite_where=_LIVE),
        Index("ix_warning_ended", "ended_at"),
    )
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    issuer: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    event: Mapped[str]
    colour: Mapped[str]
    areas: Mapped[list[str]] = mapped_column(Json)
    unmatched: Mapped[list[str]] = mapped_column(Json, default=list)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    headline_zh: Mapped[str]
    headline_en: Mapped[str]
    text_zh: Mapped[str] = mapped_column(default="")
    text_en: Mapped[str] = mapped_column(default="")
    source: Mapped[str]
    risk: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=State.LIVE)
    issued_at: Mapped[datetime]
    issued_by: Mapped[str]
    request_key: Mapped[str | None] = mapped_column(unique=True)
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]


class WarningTask(OfExercise, Base):
    """A task of preparation; `code` and the titles are those of the table when it was given, at `colour`."""

    __tablename__ = "warning_task"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done', 'skipped')", name="state"),
        UniqueConstraint("warning_id", "code"),
    )
    id: Mapped[Id]
    warning_id: Mapped[int] = mapped_column(BigId, ForeignKey("warning.id"))
    code: Mapped[str]
    department: Mapped[str]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    colour: Mapped[str]
    given_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    settled_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))


class WarningStandby(OfExercise, Base):
    """Somebody asked to stand by during a warning, or who offered it; `confirmed_at` null: has not said so yet."""

    __tablename__ = "warning_standby"
    warning_id: Mapped[int] = mapped_column(BigId, ForeignKey("warning.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), primary_key=True)
    department: Mapped[str]
    asked_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]


class WarningIncident(OfExercise, Base):
    """An incident that came of a warning."""

    __tablename__ = "warning_incident"
    __table_args__ = (Index("ix_warning_incident_incident_id", "incident_id"),)
    warning_id: Mapped[int] = mapped_column(BigId, ForeignKey("warning.id"), primary_key=True)
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), primary_key=True)
    at: Mapped[datetime]


class WarningMessage(OfExercise, Base):
    """A CAP message that was taken in, by what identifies it: each counts once. `sent` as it was written."""

    __tablename__ = "warning_message"
    __table_args__ = (UniqueConstraint("sender", "identifier", "sent"),)
    id: Mapped[Id]
    sender: Mapped[str]
    identifier: Mapped[str]
    sent: Mapped[str]
    kind: Mapped[str]
    warning_id: Mapped[int] = mapped_column(BigId, ForeignKey("warning.id"), index=True)
    at: Mapped[datetime]


class WarningFeed(Base):
    """A CAP feed as it was polled last: `mark` tells whether it changed since (an ETag, or of a directory a digest of its files);
    `problem` is what was wrong with it or with a message of it, empty for nothing."""

    __tablename__ = "warning_feed"
    address: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    taken: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
