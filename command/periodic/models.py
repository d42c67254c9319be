"""Reports as rows: what was counted and said, when the next one is due, who gets them, and who got which."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json


class PeriodicReport(Base):
    """An edition of a report over the days `first_on` to `last_on` in `zone`. It never changes: its journal is the stream `report:<id>`.

    `local_date` is the day on which the calendar made it (null: somebody did), so that each is made once whatever engines, restarts and
    clocks do; `due_at` the instant at which it should have been. A later edition of the same days names the one that it `replaces_id`,
    and why. `content` is what was counted and what was said of it in both languages, `sha256` the digest of its text as it is stored;
    `summary` holds the figures that lists and mails show."""

    __tablename__ = "periodic_report"
    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="days"),
        UniqueConstraint("code", "local_date"),
        UniqueConstraint("code", "first_on", "last_on", "edition"),
    )
    id: Mapped[Id]
    code: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    first_on: Mapped[date]
    last_on: Mapped[date]
    zone: Mapped[str]
    edition: Mapped[int]
    replaces_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("periodic_report.id"))
    reason_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    local_date: Mapped[date | None]
    due_at: Mapped[datetime | None]
    made_at: Mapped[datetime] = mapped_column(index=True)
    made_by: Mapped[str]
    summary: Mapped[dict[str, Any]] = mapped_column(Json)
    content: Mapped[dict[str, Any]] = mapped_column(Json, deferred=True)
    sha256: Mapped[str]


class PeriodicSchedule(Base):
    """The day, on the operator's calendar, on which a report is made next; before it all were made. Its lock lets one edition be made at a
    time."""

    __tablename__ = "periodic_schedule"
    code: Mapped[str] = mapped_column(primary_key=True)
    next_on: Mapped[date]


class PeriodicSubscription(Base):
    """Somebody gets a report in a language."""

    __tablename__ = "periodic_subscription"
    __table_args__ = (CheckConstraint("language IN ('zh','en')", name="language"),)
    code: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), primary_key=True, autoincrement=False)
    language: Mapped[str]
    since: Mapped[datetime]
    by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))


class PeriodicCopy(Base):
    """Somebody got an edition: by the mail `delivery_id`, or (null) on the page alone, for they have no mailbox. `read_at` is when they
    said that they have read it."""

    __tablename__ = "periodic_copy"
    __table_args__ = (CheckConstraint("language IN ('zh','en')", name="language"),)
    report_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("periodic_report.id"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("person.id"), primary_key=True, autoincrement=False, index=True
    )
    language: Mapped[str]
    delivery_id: Mapped[int | None] = mapped_column(BigId)
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
