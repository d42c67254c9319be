"""Reminders of what ends soon in the pools: to whom, how many days ahead, and whether they were read."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id


class Subject(StrEnum):
    """What comes to an end: a certificate, the time to a service, the freshness of information, the time to a stock-taking."""

    CERTIFICATE = "certificate"
    SERVICE = "service"
    INFORMATION = "information"
    STOCK_TAKING = "stock_taking"


class ResourceReminder(Base):
    """Somebody was told that something is due on `due_on`, when 30, 7 or 1 `days` were left; `raised`: as the superior of an owner who had
    read nothing of it. `ref_id` is the certificate's, the unit's or (for stock-taking) the pool's id, `name` the certificate's.

    One row a thing, day, horizon and person, so whoever looks, and however often, each is told once."""

    __tablename__ = "resource_reminder"
    __table_args__ = (
        CheckConstraint("days IN (1,7,30)", name="days"),
        CheckConstraint("subject IN ('certificate','service','information','stock_taking')", name="subject"),
        UniqueConstraint(
            "subject", "ref_id", "due_on", "days", "raised", "person_id", name="uq_resource_reminder_once"
        ),
        Index("ix_resource_reminder_person", "person_id", "read_at", "id"),
    )
    id: Mapped[Id]
    subject: Mapped[str]
    ref_id: Mapped[int] = mapped_column(BigId)
    pool_id: Mapped[int] = mapped_column(BigId, ForeignKey("resource_pool.id"))
    unit_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("resource_unit.id"))
    name: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date] = mapped_column(index=True)
    days: Mapped[int]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    raised: Mapped[bool] = mapped_column(default=False)
    told_at: Mapped[datetime]
    reached: Mapped[bool]
    read_at: Mapped[datetime | None]
