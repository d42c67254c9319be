"""Reports to the regulator, edition by edition."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json, OfExercise


class State(StrEnum):
    """draft → submitted → superseded (a later edition was submitted). A draft of an incident that was cancelled or merged is void."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SUPERSEDED = "superseded"
    VOID = "void"


SENT = (State.SUBMITTED, State.SUPERSEDED)


class Filing(OfExercise, Base):
    """One edition of one report of an incident. `computed` are the values the incident gave as of `as_of`, by field; `written` is what a
    person wrote, which goes before them; `authors` wrote in it. `submitted_at` is when the regulator got it and `recorded_at` when that was
    put down, `reference` the regulator's number. `content` is what was submitted, whole and frozen, `digest` its SHA-256. `changed` are the
    fields in which it differs from the edition before."""

    __tablename__ = "filing"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(str(word)) for word in State)})", name="state"),
        CheckConstraint("profile IN ('cn', 'us', 'eu')", name="profile"),
        CheckConstraint("edition >= 1 AND version >= 1", name="numbers"),
        UniqueConstraint("incident_id", "report", "edition"),
        Index("ix_filing_state_submitted_at", "state", "submitted_at"),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"))
    incident_number: Mapped[str]
    profile: Mapped[str]
    report: Mapped[str]
    edition: Mapped[int]
    state: Mapped[str] = mapped_column(default=State.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    computed: Mapped[dict[str, Any]] = mapped_column(Json)
    written: Mapped[dict[str, str]] = mapped_column(Json)
    as_of: Mapped[datetime]
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime]
    authors: Mapped[list[str]] = mapped_column(Json)
    edited_by: Mapped[str | None]
    edited_at: Mapped[datetime | None]
    reason_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    due_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime | None]
    reference: Mapped[str] = mapped_column(default="")
    override: Mapped[bool] = mapped_column(default=False)
    changed: Mapped[list[str]] = mapped_column(Json, default=list)
    content: Mapped[str | None]
    digest: Mapped[str | None]
