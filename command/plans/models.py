"""Plans while they are made (R26) and who has to know them (R34): the work on a version, comments on its clauses, readers, warnings before
it expires. The published versions themselves are in command.incidents.published_models. Plans are real: there are none of exercises."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json


class State(StrEnum):
    """draft → review (submitted) → approved (by a second person) → published → withdrawn; review, approved → draft (sent back);
    draft, review, approved → dropped."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


OPEN = (State.DRAFT, State.REVIEW, State.APPROVED)
"""Somebody works on it."""
_OPEN = text("state IN ('draft', 'review', 'approved')")
_PUBLISHED = text("state = 'published'")


class PlanWork(Base):
    """The work on one version of a plan; its journal is the stream `plan:<id>`. One plan has one open work at a time.

    `head` is the top of the plan as typed (see drafting), `body` the rest as YAML. `team` is the editing group [{person_id, duty}],
    `gathered` the base data [{words, link}], `figures` the census at the submission, `risks` codes of the register that the plan
    answers and `assessment` why, `targets` who has to know the plan (see readers). `based_on` is the version it began from.
    `version` and `digest` are of what was approved. `edition` keeps two editors apart, `authors` are ids of who changed it."""

    __tablename__ = "plan_work"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(str(state)) for state in State)})", name="state"),
        Index("ix_plan_work_open", "code", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("ix_plan_work_published", "code", "version", postgresql_where=_PUBLISHED, sqlite_where=_PUBLISHED),
    )
    id: Mapped[Id]
    code: Mapped[str]
    kind: Mapped[str]
    based_on: Mapped[int | None]
    state: Mapped[str] = mapped_column(default=State.DRAFT)
    head: Mapped[dict[str, Any]] = mapped_column(Json)
    body: Mapped[str]
    team: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    gathered: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    figures: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    risks: Mapped[list[str]] = mapped_column(Json, default=list)
    assessment: Mapped[str] = mapped_column(default="")
    targets: Mapped[list[str]] = mapped_column(Json, default=list)
    edition: Mapped[int] = mapped_column(default=1)
    authors: Mapped[list[int]] = mapped_column(Json)
    begun_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    begun_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None]
    version: Mapped[int | None]
    digest: Mapped[str | None]
    approved_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    approved_as: Mapped[str | None]
    override: Mapped[bool] = mapped_column(default=False)
    published_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("published_plan.id"))
    published_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    published_at: Mapped[datetime | None]
    reason_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))


class PlanComment(Base):
    """What somebody says of a clause while a plan is reviewed (`place` empty: of the whole plan), and what came of it. Words are notes."""

    __tablename__ = "plan_comment"
    id: Mapped[Id]
    work_id: Mapped[int] = mapped_column(BigId, ForeignKey("plan_work.id"), index=True)
    place: Mapped[str]
    note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    at: Mapped[datetime]
    answer_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    answered_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]


class PlanReader(Base):
    """Somebody who has to know a published version: when they were told last (`reached`: a message was queued), and when they confirmed
    that they read it."""

    __tablename__ = "plan_reader"
    __table_args__ = (Index("ix_plan_reader_person", "person_id", "work_id"),)
    work_id: Mapped[int] = mapped_column(BigId, ForeignKey("plan_work.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), primary_key=True)
    added_at: Mapped[datetime]
    told_at: Mapped[datetime]
    reminders: Mapped[int] = mapped_column(default=0)
    reached: Mapped[bool]
    read_at: Mapped[datetime | None]


class PlanExpiry(Base):
    """Somebody was told that a version expires on `expires_on` when `days` were left: 30, 7, 1, and -1 once it is past. One row a
    version, day, horizon and person, so whoever looks, and however often, each is told once."""

    __tablename__ = "plan_expiry"
    __table_args__ = (
        UniqueConstraint("code", "version", "expires_on", "days", "person_id", name="uq_plan_expiry_once"),
    )
    id: Mapped[Id]
    code: Mapped[str]
    version: Mapped[int]
    expires_on: Mapped[date]
    days: Mapped[int]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    told_at: Mapped[datetime]
    reached: Mapped[bool]
