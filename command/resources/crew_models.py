"""Whom a unit is called by: its contact, and the SMS that called its crew out."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise


class ResourceContact(Base):
    """Who is called when a unit is dispatched: a person of the register by the number on their record, or somebody from outside with a
    `name`, a `number` (encrypted, with its blind index) and the language they read."""

    __tablename__ = "resource_contact"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) = (number IS NOT NULL)", name="one_who"),
        CheckConstraint("(number IS NULL) = (number_index IS NULL)", name="indexed"),
        CheckConstraint("language IN ('zh','en')", name="language"),
    )
    unit_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("resource_unit.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(default="")
    number: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(default="zh")
    changed_at: Mapped[datetime]


class ResourceCall(OfExercise, Base):
    """An SMS that sent a crew out with something taken: to `recipient` (blind index of the number), as `delivery_id` of the outbox. It is
    answered by its `code`: `answer` is confirmed, on_scene, done or declined, the last one given. `sent_by` dispatched it."""

    __tablename__ = "resource_call"
    __table_args__ = (
        CheckConstraint("answer IS NULL OR answer IN ('confirmed','on_scene','done','declined')", name="answer"),
    )
    id: Mapped[Id]
    allocation_id: Mapped[int] = mapped_column(BigId, ForeignKey("resource_allocation.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    name: Mapped[str]
    recipient: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    language: Mapped[str]
    code: Mapped[str]
    delivery_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("delivery.id"))
    sent_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    sent_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    note_id: Mapped[int | None] = mapped_column(BigId)
