"""Bulletins, the copy of each recipient, and reports upward."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json, OfExercise


class Kind(StrEnum):
    """What a bulletin is. `upward` says to superiors that a time limit will not be met."""

    FIRST = "first"
    FOLLOW_UP = "follow_up"
    FINAL = "final"
    UPWARD = "upward"


class State(StrEnum):
    """draft → submitted → approved; submitted → draft (sent back); draft, submitted → dropped. An approved one leaves and never changes."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    DROPPED = "dropped"


OPEN = (State.DRAFT, State.SUBMITTED)


class CopyState(StrEnum):
    """queued → sent | failed | unknown. `ready`: no mailbox is known, it is fetched; → sent when it was. `kept`: an exercise's, which
    stays in the drill's mailbox."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    READY = "ready"
    KEPT = "kept"


def _one_of(column: str, words: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


class Bulletin(OfExercise, Base):
    """One bulletin, the `number`-th of its incident. `drafted` are the texts as the journal gave them, `texts` as they are sent, both with
    zh, en (whole) and short_zh, short_en (for who sees less); `figures` are of the moment `as_of`. `authors` drafted or edited it.
    `recipients` are sorts; `answers` are the regulator's events that it brings about once it was sent. A correction names what it
    corrects, and answers nothing."""

    __tablename__ = "bulletin"
    __table_args__ = (
        CheckConstraint(_one_of("kind", Kind), name="kind"),
        CheckConstraint(_one_of("state", State), name="state"),
        UniqueConstraint("incident_id", "number"),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"))
    incident_number: Mapped[str]
    number: Mapped[int]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=State.DRAFT, index=True)
    tier: Mapped[int]
    corrects_id: Mapped[int | None] = mapped_column(BigId)
    recipients: Mapped[list[str]] = mapped_column(Json)
    answers: Mapped[list[str]] = mapped_column(Json, default=list)
    figures: Mapped[dict[str, Any]] = mapped_column(Json)
    as_of: Mapped[datetime]
    drafted: Mapped[dict[str, str]] = mapped_column(Json)
    texts: Mapped[dict[str, str]] = mapped_column(Json)
    asked: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime]
    authors: Mapped[list[str]] = mapped_column(Json)
    edited_by: Mapped[str | None]
    edited_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    automatic: Mapped[bool] = mapped_column(default=False)
    override: Mapped[bool] = mapped_column(default=False)


_WAITS = text("state = 'queued'")
_LOST = text("state IN ('failed', 'unknown')")


class BulletinCopy(OfExercise, Base):
    """What one recipient gets: one row a mailbox, or one without where none is known. `sees` full or short. The address is encrypted, with
    its blind index; `delivery_id` is the mail in the outbox. `received_via`: link, api or person:<id>."""

    __tablename__ = "bulletin_copy"
    __table_args__ = (
        CheckConstraint(_one_of("state", CopyState), name="state"),
        CheckConstraint("sees IN ('full', 'short')", name="sees"),
        UniqueConstraint("bulletin_id", "code", "place"),
        Index("ix_bulletin_copy_queued", "id", postgresql_where=_WAITS, sqlite_where=_WAITS),
        Index("ix_bulletin_copy_lost", "bulletin_id", postgresql_where=_LOST, sqlite_where=_LOST),
        Index("ix_bulletin_copy_code", "code", "id"),
    )
    id: Mapped[Id]
    bulletin_id: Mapped[int] = mapped_column(BigId, ForeignKey("bulletin.id"))
    code: Mapped[str]
    place: Mapped[int]
    sort: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    language: Mapped[str]
    sees: Mapped[str]
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str]
    reason: Mapped[str | None]
    delivery_id: Mapped[int | None] = mapped_column(BigId)
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    received_via: Mapped[str | None]


class UpwardReport(OfExercise, Base):
    """A time limit that will not be met was reported upward, once a clock: `why` is eta, projected, used (percent of the time, with tasks
    open) or breached; `told` are the ids of the people of the superior echelon who were told. One of them acknowledges it."""

    __tablename__ = "upward_report"
    __table_args__ = (
        CheckConstraint("why IN ('eta', 'projected', 'used', 'breached')", name="why"),
        UniqueConstraint("incident_id", "clock"),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"))
    clock: Mapped[str]
    why: Mapped[str]
    due_at: Mapped[datetime]
    expected_at: Mapped[datetime | None]
    used: Mapped[int]
    tasks: Mapped[int]
    told: Mapped[list[int]] = mapped_column(Json)
    at: Mapped[datetime]
    bulletin_id: Mapped[int] = mapped_column(BigId, ForeignKey("bulletin.id"))
    acknowledged_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    acknowledged_at: Mapped[datetime | None]
