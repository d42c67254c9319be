"""What an evaluation keeps as rows: the report of an incident, every version of its parts in words, signatures, new texts for playbooks."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json, OfExercise


class State(StrEnum):
    """draft → for_signature (everything required is there) → signed (every post of the tier signed); both → draft (reopened with a
    reason, changed while it was signed, or the incident was reopened: signatures are void then)."""

    DRAFT = "draft"
    FOR_SIGNATURE = "for_signature"
    SIGNED = "signed"


_STATES = ", ".join(repr(str(state)) for state in State)


class EvaluationReport(OfExercise, Base):
    """The report of one incident. An incident of a drill never has one: the database refuses it, so none of it can reach the public.

    `contributing` are codes of config/causes.yaml beside the root cause, which is the incident's. `round` counts up whenever signatures
    become void. `public_id` is the report's name in public addresses; users see it while `published_at` is set."""

    __tablename__ = "evaluation_report"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("NOT exercise", name="real"),
        Index("ix_evaluation_report_published_at", "published_at"),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), unique=True)
    state: Mapped[str] = mapped_column(default=State.DRAFT)
    public_id: Mapped[str] = mapped_column(unique=True)
    contributing: Mapped[list[str]] = mapped_column(Json, default=list)
    round: Mapped[int] = mapped_column(default=1)
    begun_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    begun_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    published_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    published_at: Mapped[datetime | None]


class EvaluationText(Base):
    """A part as somebody wrote it; its newest version stands. Never changed: two who write one version at once cannot both be kept."""

    __tablename__ = "evaluation_text"
    __table_args__ = (UniqueConstraint("report_id", "part", "version"),)
    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(BigId, ForeignKey("evaluation_report.id"))
    part: Mapped[str]
    version: Mapped[int]
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    at: Mapped[datetime]


class EvaluationSignature(Base):
    """Somebody signed as one post. `digest` is the SHA-256 (hex) of what they signed; those of an earlier round are void. The database
    lets nobody sign a round twice, and no post."""

    __tablename__ = "evaluation_signature"
    __table_args__ = (
        UniqueConstraint("report_id", "round", "person_id"),
        UniqueConstraint("report_id", "round", "post"),
    )
    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(BigId, ForeignKey("evaluation_report.id"))
    round: Mapped[int]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    post: Mapped[str]
    digest: Mapped[str]
    at: Mapped[datetime]


class EvaluationProposal(Base):
    """A new text for a clause of a playbook, with the action that calls for it. `place` names a text of the plan such as
    tiers.2.tasks.isolate.detail. Once the report is signed it goes into a draft of the plan's next version (`work_id`), where it waits
    for the usual approval; `waits` says why it could not yet."""

    __tablename__ = "evaluation_proposal"
    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(BigId, ForeignKey("evaluation_report.id"), index=True)
    action_id: Mapped[int] = mapped_column(BigId, ForeignKey("improvement_action.id"))
    playbook: Mapped[str]
    version: Mapped[int]
    place: Mapped[str]
    zh: Mapped[str]
    en: Mapped[str]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    made_at: Mapped[datetime]
    work_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("plan_work.id"))
    taken_at: Mapped[datetime | None]
    waits: Mapped[str] = mapped_column(default="")
