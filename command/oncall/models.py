"""Who is on duty, whom a page reached, and what happens when nobody answers."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.claims import Claimable
from command.core.columns import Base, BigId, Id, Json, OfExercise


class Schedule(Base):
    """A rotation: its members hold duty in turn for `period_days`, handed over at a local time in a zone."""

    __tablename__ = "schedule"
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    department: Mapped[str]
    zone: Mapped[str]
    starts_on: Mapped[date]
    handover: Mapped[time]
    period_days: Mapped[int] = mapped_column(default=7)


class ScheduleMember(Base):
    __tablename__ = "schedule_member"
    schedule_id: Mapped[int] = mapped_column(BigId, ForeignKey("schedule.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))


class EscalationState(StrEnum):
    """running → acknowledged | exhausted | stopped; exhausted → acknowledged | stopped. Whoever declines or needs help sets it running
    again."""

    RUNNING = "running"  # steps are paged as they fall due
    ACKNOWLEDGED = "acknowledged"  # somebody answered
    EXHAUSTED = "exhausted"  # every step was paged and nobody answered; a late answer still counts
    STOPPED = "stopped"  # the incident no longer needs anybody


class Reason(StrEnum):
    """Why a chain of pages ended."""

    ACKNOWLEDGED = "acknowledged"
    UNANSWERED = "unanswered"
    RESTORED = "restored"
    CANCELLED = "cancelled"
    MERGED = "merged"


class Escalation(OfExercise, Claimable, Base):
    """One chain of pages of an incident. `steps` is frozen at its start: [{"target", "after_minutes", "ack_minutes"}]; editing a plan
    changes nothing that runs. `texts` per language hold {code} and {link}. `step` is the next one, due at `due_at`.

    `area_codes` are the incident's area and those that contain it, the nearest first. Pages of a `restricted` one are listed to nobody
    but the person paged. `over_at` is when the incident stopped needing anybody: from then on nobody is paged for a person who declines."""

    __tablename__ = "escalation"
    __table_args__ = (Index("ix_escalation_due", "state", "due_at"),)
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, index=True)
    incident_number: Mapped[str]
    tier: Mapped[int]
    restricted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    steps: Mapped[list[dict[str, object]]] = mapped_column(Json)
    area_codes: Mapped[list[str]] = mapped_column(Json)
    texts: Mapped[dict[str, str]] = mapped_column(Json)
    step: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=EscalationState.RUNNING)
    reason: Mapped[str | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]


class PageState(StrEnum):
    """sending → waiting → acknowledged | unanswered | stopped | declined; sending, waiting → failed; unanswered, failed → acknowledged;
    acknowledged → declined → acknowledged."""

    SENDING = "sending"  # queued, not yet taken by a gateway
    WAITING = "waiting"  # taken by a gateway, waiting for an answer
    ACKNOWLEDGED = "acknowledged"  # this person answered
    UNANSWERED = "unanswered"  # the chain went on without them; a late answer still counts while it waits for one
    STOPPED = "stopped"  # the chain ended while the page was open
    FAILED = "failed"  # the provider says it did not arrive; an answer proves otherwise
    DECLINED = "declined"  # this person cannot come; the next step was paged at once


class Page(OfExercise, Base):
    """One call to one person for one incident. `code` is what they answer with (see answers.code_of). `reason` is why it was stopped
    (Reason), or the provider's code for a failed one.

    `response` is what the person does about it (responses.Response), since `response_at`; `eta_minutes` from then until they are there.
    `note_id` is what they said with it. Help asked for at `help_at` is on its way once somebody (`help_by`) acknowledged."""

    __tablename__ = "page"
    id: Mapped[Id]
    escalation_id: Mapped[int] = mapped_column(BigId, ForeignKey("escalation.id"), index=True)
    incident_id: Mapped[int] = mapped_column(BigId, index=True)
    incident_number: Mapped[str]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    target: Mapped[str]
    step: Mapped[int]
    code: Mapped[str]
    state: Mapped[str] = mapped_column(default=PageState.SENDING)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_via: Mapped[str | None]
    reason: Mapped[str | None]
    response: Mapped[str | None]
    response_at: Mapped[datetime | None]
    eta_minutes: Mapped[int | None]
    note_id: Mapped[int | None] = mapped_column(BigId)
    help_at: Mapped[datetime | None]
    help_by: Mapped[int | None] = mapped_column(BigId)
