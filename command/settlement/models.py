"""What an incident leaves to be settled: who sees to it until when, what it came to, and who was reminded."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise


class Sort(StrEnum):
    """The four consequences of the handbook (R32)."""

    COMPENSATION = "compensation"
    DATA_RECOVERY = "data_recovery"
    REGULATOR = "regulator"
    ACCOUNTABILITY = "accountability"


class State(StrEnum):
    """open → settled | waived; both → open (reopened). An item of an incident that was cancelled or merged is void."""

    OPEN = "open"
    SETTLED = "settled"
    WAIVED = "waived"
    VOID = "void"


def _one_of(column: str, words: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


_OPEN = text("state = 'open'")


class SettlementItem(OfExercise, Base):
    """One thing to settle. `code` is a rule's, or `hand-<n>` for one that somebody added. `amount_cents` is what was paid, in hundredths of
    the operator's currency, to `people`; `reference` names the document (a report's number). Words are notes."""

    __tablename__ = "settlement_item"
    __table_args__ = (
        CheckConstraint(_one_of("sort", Sort), name="sort"),
        CheckConstraint(_one_of("state", State), name="state"),
        CheckConstraint("amount_cents >= 0 AND people >= 0", name="figures"),
        UniqueConstraint("incident_id", "code"),
        Index("ix_settlement_item_open", "due_on", postgresql_where=_OPEN, sqlite_where=_OPEN),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"))
    code: Mapped[str]
    sort: Mapped[str]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    department: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    due_on: Mapped[date]
    required: Mapped[bool]
    state: Mapped[str] = mapped_column(default=State.OPEN)
    amount_cents: Mapped[int | None] = mapped_column(BigId)
    people: Mapped[int | None]
    reference: Mapped[str] = mapped_column(default="")
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))


class SettlementReminder(Base):
    """Somebody was told that an item is due on `due_on` when `days` were left: 7, 0, and below zero every seventh. One row an item, day,
    horizon and person, so whoever looks, and however often, each is told once."""

    __tablename__ = "settlement_reminder"
    __table_args__ = (UniqueConstraint("item_id", "due_on", "days", "person_id", name="uq_settlement_reminder_once"),)
    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("settlement_item.id"))
    due_on: Mapped[date]
    days: Mapped[int]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    told_at: Mapped[datetime]
    reached: Mapped[bool]
