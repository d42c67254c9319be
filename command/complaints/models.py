"""Cases: what somebody outside told us, who owns it until it is closed, and how they are told; the steps of complaints, surges of them,
and what is said in public."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise

CHANNELS = ("phone", "web", "counter", "app", "mail", "social", "self_service")
CLASSES = ("regular", "emergency", "special")
OPEN, CLOSED = "open", "closed"
SATISFIED = ("yes", "no", "no_answer")
SENTIMENTS = ("good", "neutral", "bad")
_OPEN = text("state = 'open'")
_UNDONE = text("done_at IS NULL")
_PROPOSED = text("state = 'proposed'")


class Case(OfExercise, Base):
    """One call (or letter, visit, post), about an incident or about none. open → closed.

    `reference` is the case number people are told. `number` is the caller's, encrypted, with its blind index; both are null where nobody
    left one; `subscriber_id` is null for numbers that are not ours. `affected`: their service was out by this incident when they called.
    `owner_id` is the first-contact owner (R14), null until somebody accepts it, `taken_by` who took it (null: a feed or the customer).
    `due_at` is when the caller has to have an answer; null: as agreed with them. `delivery_id` is the SMS that told the caller; null where
    none was wanted. `request_key` makes a form sent twice one case.

    Of a complaint besides: its `kind` (config/complaints.yaml), `severity` 1 (gravest) to 4 and `reach`, whom it is routed to, and what it
    is about as far as known. `passed_on`: it had another owner once. `satisfied`: what the customer said at the end (R20)."""

    __tablename__ = "customer_case"
    __table_args__ = (
        CheckConstraint("state IN ('open','closed')", name="state"),
        CheckConstraint("service_class IN ('regular','emergency','special')", name="service_class"),
        CheckConstraint("channel IN ('phone','web','counter','app','mail','social','self_service')", name="channel"),
        Index("ix_customer_case_owner", "owner_id", "id", postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("ix_customer_case_opened_at", "opened_at"),
    )
    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    incident_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    channel: Mapped[str]
    service_class: Mapped[str]
    complaint: Mapped[bool] = mapped_column(default=False)
    affected: Mapped[bool] = mapped_column(default=False)
    number: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_index: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    subscriber_id: Mapped[int | None] = mapped_column(BigId)
    language: Mapped[str]
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    state: Mapped[str] = mapped_column(default=OPEN)
    owner_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    taken_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    delivery_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("delivery.id"))
    request_key: Mapped[str | None] = mapped_column(unique=True)
    kind: Mapped[str | None]
    severity: Mapped[int | None]
    reach: Mapped[str | None]
    department: Mapped[str | None]
    source: Mapped[str | None]
    area_id: Mapped[int | None] = mapped_column(BigId)
    service_id: Mapped[int | None] = mapped_column(BigId)
    tariff_plan: Mapped[str | None]
    passed_on: Mapped[bool | None]
    satisfied: Mapped[str | None]


class CaseStep(OfExercise, Base):
    """One of the four steps of a complaint (R30): accept, enquire, answer, follow_up. `due_at` null: no clock runs (yet). `told_at`: when
    whoever is late was told (`told_id` whom), `raised_at` when their superior was."""

    __tablename__ = "case_step"
    __table_args__ = (
        UniqueConstraint("case_id", "step"),
        CheckConstraint("step IN ('accept','enquire','answer','follow_up')", name="step"),
        Index("ix_case_step_due", "due_at", postgresql_where=_UNDONE, sqlite_where=_UNDONE),
    )
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("customer_case.id"))
    step: Mapped[str]
    due_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    told_at: Mapped[datetime | None]
    told_id: Mapped[int | None] = mapped_column(BigId, index=True)
    raised_at: Mapped[datetime | None]


class Surge(OfExercise, Base):
    """A rate of complaints far over its own baseline. proposed → accepted (an incident of its own) | attached (to another) | dismissed.

    `dimension` and `value` say of what; `area_id` is the narrowest area around it. `expected` null: too few weeks of records. `calm_since`:
    since when the rate has been under `threshold`, null while it is not."""

    __tablename__ = "surge"
    __table_args__ = (
        CheckConstraint("state IN ('proposed','accepted','attached','dismissed')", name="state"),
        CheckConstraint("dimension IN ('county','prefecture','service','plan')", name="dimension"),
        Index(
            "uq_surge_proposed",
            "kind",
            "dimension",
            "value",
            unique=True,
            postgresql_where=_PROPOSED,
            sqlite_where=_PROPOSED,
        ),
    )
    id: Mapped[Id]
    kind: Mapped[str]
    dimension: Mapped[str]
    value: Mapped[str]
    area_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("area.id"))
    count: Mapped[int]
    threshold: Mapped[int]
    expected: Mapped[float | None]
    state: Mapped[str] = mapped_column(default="proposed")
    proposed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    reason_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    incident_id: Mapped[int | None] = mapped_column(BigId, index=True)
    calm_since: Mapped[datetime | None]


class Opinion(OfExercise, Base):
    """Something said in public about an incident: where, how many it reaches, in what mood, and who answers it."""

    __tablename__ = "opinion"
    __table_args__ = (CheckConstraint("sentiment IN ('good','neutral','bad')", name="sentiment"),)
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, index=True)
    link: Mapped[str]
    reach: Mapped[int]
    sentiment: Mapped[str]
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    owner_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    seen_at: Mapped[datetime]
    seen_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    answer_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
