"""Breaches of service levels: what was due, who answers for it, what the dispute came to, and every decision on it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise


class Liability(StrEnum):
    """Who answers for a breach."""

    UNDECIDED = "undecided"
    OURS = "ours"
    THIRD_PARTY = "third_party"
    CUSTOMER = "customer"
    FORCE_MAJEURE = "force_majeure"
    NONE = "none"


class Dispute(StrEnum):
    """none → raised → accepted (it is not our breach) | rejected → settled; a decided one may be raised again."""

    NONE = "none"
    RAISED = "raised"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SETTLED = "settled"


def _one_of(column: str, words: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


class SlaBreach(OfExercise, Base):
    """A clock of a service level that was breached: by which class and tier, when it was due, whom it hit. How late it was met stands on
    the clock itself.

    `users` is the peak of the incident when it was recorded, `customers` how many of those it cut off have an agreement (see
    config/agreements.yaml). The penalty is in hundredths of `currency`. Words are notes; earlier decisions are rows of SlaDecision."""

    __tablename__ = "sla_breach"
    __table_args__ = (
        CheckConstraint(_one_of("liability", Liability), name="liability"),
        CheckConstraint(_one_of("dispute", Dispute), name="dispute"),
        CheckConstraint("penalty_cents >= 0", name="penalty"),
        Index("ix_sla_breach_incident_id", "incident_id"),
        Index("ix_sla_breach_due_at", "due_at"),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"))
    clock_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident_clock.id"), unique=True)
    code: Mapped[str]
    sla_class: Mapped[str]
    tier: Mapped[int]
    due_at: Mapped[datetime]
    users: Mapped[int]
    customers: Mapped[int]
    liability: Mapped[str] = mapped_column(default=Liability.UNDECIDED)
    dispute: Mapped[str] = mapped_column(default=Dispute.NONE)
    penalty_cents: Mapped[int | None] = mapped_column(BigId)
    currency: Mapped[str]
    recorded_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))


class SlaDecision(OfExercise, Base):
    """What somebody decided on a breach, in full; the last one is what stands on the breach."""

    __tablename__ = "sla_decision"
    __table_args__ = (
        CheckConstraint(_one_of("liability", Liability), name="liability"),
        CheckConstraint(_one_of("dispute", Dispute), name="dispute"),
        CheckConstraint("penalty_cents >= 0", name="penalty"),
    )
    id: Mapped[Id]
    breach_id: Mapped[int] = mapped_column(BigId, ForeignKey("sla_breach.id"), index=True)
    liability: Mapped[str]
    dispute: Mapped[str]
    penalty_cents: Mapped[int | None] = mapped_column(BigId)
    currency: Mapped[str]
    note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
