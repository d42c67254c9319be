"""Cases: what somebody outside told us about an incident, who owns it until it is closed, and how they are told."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise

CHANNELS = ("phone", "web", "counter", "app", "mail", "social")
CLASSES = ("regular", "emergency", "special")
OPEN, CLOSED = "open", "closed"
_OPEN = text("state = 'open'")


class Case(OfExercise, Base):
    """One call (or letter, visit, post) about an incident. open → closed.

    `reference` is the case number people are told. `number` is the caller's, encrypted, with its blind index; `subscriber_id` is null
    for numbers that are not ours. `affected`: their service was out by this incident when they called. `owner_id` is the first-contact
    owner (R14), `taken_by` who took it. `due_at` is when the caller has to have an answer; null: as agreed with them. `delivery_id` is
    the SMS that told the caller; null where none was wanted. `request_key` makes a form sent twice one case."""

    __tablename__ = "customer_case"
    __table_args__ = (
        CheckConstraint("state IN ('open','closed')", name="state"),
        CheckConstraint("service_class IN ('regular','emergency','special')", name="service_class"),
        CheckConstraint("channel IN ('phone','web','counter','app','mail','social')", name="channel"),
        Index("ix_customer_case_owner", "owner_id", "id", postgresql_where=_OPEN, sqlite_where=_OPEN),
    )
    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    channel: Mapped[str]
    service_class: Mapped[str]
    complaint: Mapped[bool] = mapped_column(default=False)
    affected: Mapped[bool] = mapped_column(default=False)
    number: Mapped[bytes] = mapped_column(LargeBinary)
    number_index: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    subscriber_id: Mapped[int | None] = mapped_column(BigId)
    language: Mapped[str]
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    state: Mapped[str] = mapped_column(default=OPEN)
    owner_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    taken_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    delivery_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("delivery.id"))
    request_key: Mapped[str | None] = mapped_column(unique=True)
