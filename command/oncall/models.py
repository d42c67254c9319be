"""Who is on duty, whom a page reached, and what happens when nobody answers."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.claims import Claimable
from command.core.columns import Base, BigId, Id, Json, OfExercise

_DUE = text("due_at IS NOT NULL")


class Schedule(Base):
    """A duty that somebody always holds. Who does is decided by its layers, with leave and overrides on top (see oncall.layers)."""

    __tablename__ = "schedule"
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    department: Mapped[str]


class DutyLayer(Base):
    """A rotation of a schedule: its members hold duty in turn for `period_days`, handed over at a local time in a zone. `windows` are
    the parts of the week in which it counts, [{"days": [0–6], "start": "20:00", "end": "08:00"}]; none: always. The layer of the
    highest position is the topmost."""

    __tablename__ = "duty_layer"
    __table_args__ = (UniqueConstraint("schedule_id", "position"),)
    id: Mapped[Id]
    schedule_id: Mapped[int] = mapped_column(BigId, ForeignKey("schedule.id", ondelete="CASCADE"))
    position: Mapped[int]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    zone: Mapped[str]
    starts_on: Mapped[date]
    handover: Mapped[time]
    period_days: Mapped[int] = mapped_column(default=7)
    windows: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)


class DutyMember(Base):
    __tablename__ = "duty_member"
    layer_id: Mapped[int] = mapped_column(BigId, ForeignKey("duty_layer.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))


class DutyOverride(Base):
    """Somebody holds a duty from `start_at` (inclusive) to `end_at` (exclusive), whoever the layers name. Ended early or cancelled by
    an earlier `end_at`; one that never began is cancelled by `cancelled_at`."""

    __tablename__ = "duty_override"
    __table_args__ = (
        CheckConstraint("start_at < end_at", name="span"),
        Index("ix_duty_override_when", "schedule_id", "end_at"),
    )
    id: Mapped[Id]
    schedule_id: Mapped[int] = mapped_column(BigId, ForeignKey("schedule.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    made_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]


class PersonLeave(Base):
    """Somebody is away from `start_at` (inclusive) to `end_at` (exclusive): their turns go to the next member who is not."""

    __tablename__ = "person_leave"
    __table_args__ = (
        CheckConstraint("start_at < end_at", name="span"),
        Index("ix_person_leave_when", "person_id", "end_at"),
    )
    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id", ondelete="CASCADE"))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    made_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]


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


_WATCHED = text("quiet_at IS NOT NULL")
_UNSENT = text("sent_at IS NULL")


class Escalation(OfExercise, Claimable, Base):
    """One chain of pages of an incident. `steps` is frozen at its start: [{"target", "after_minutes", "ack_minutes"}]; editing a plan
    changes nothing that runs. `texts` per language hold {code} and {link}. `step` is the next one, due at `due_at`.

    `area_codes` are the incident's area and those that contain it, the nearest first. Pages of a `restricted` one are listed to nobody
    but the person paged. `over_at` is when the incident stopped needing anybody: from then on nobody is paged for a person who declines.

    `quiet_minutes` is how long whoever acknowledged may go without a sign (none: for ever); at `quiet_at` the chain goes on."""

    __tablename__ = "escalation"
    __table_args__ = (
        Index("ix_escalation_due", "state", "due_at"),
        Index("ix_escalation_quiet", "quiet_at", postgresql_where=_WATCHED, sqlite_where=_WATCHED),
    )
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
    quiet_minutes: Mapped[int | None]
    quiet_at: Mapped[datetime | None]


class PageState(StrEnum):
    """sending → waiting → acknowledged | unanswered | stopped | declined; sending, waiting → failed; unanswered, failed → acknowledged;
    acknowledged → declined → acknowledged; acknowledged → unanswered (went quiet) → acknowledged. Any that somebody still answers for
    → handed_over."""

    SENDING = "sending"  # queued, not yet taken by a gateway
    WAITING = "waiting"  # taken by a gateway, waiting for an answer
    ACKNOWLEDGED = "acknowledged"  # this person answered
    UNANSWERED = "unanswered"  # the chain went on without them; a late answer still counts while it waits for one
    STOPPED = "stopped"  # the chain ended while the page was open
    FAILED = "failed"  # the provider says it did not arrive; an answer proves otherwise
    DECLINED = "declined"  # this person cannot come; the next step was paged at once
    HANDED_OVER = "handed_over"  # another person answers for it now, by a page of their own in the same chain


QUIET = "quiet"
"""The reason of a page that is unanswered again."""


class PageBundle(OfExercise, Claimable, Base):
    """Pages to one person that came close after another one and go together at `due_at`, in one message (`delivery_id`)."""

    __tablename__ = "page_bundle"
    __table_args__ = (
        Index("ix_page_bundle_due", "due_at", postgresql_where=_UNSENT, sqlite_where=_UNSENT),
        Index("ix_page_bundle_person_id", "person_id", "id"),
    )
    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    delivery_id: Mapped[int | None] = mapped_column(BigId, index=True)


class Page(OfExercise, Base):
    """One call to one person for one incident. `code` is what they answer with (see answers.code_of). `reason` is why it was stopped
    (Reason), the provider's code for a failed one, or QUIET for one whose person acknowledged it and then gave no sign. One that had
    to wait for company went, or will go, with its bundle.

    `response` is what the person does about it (responses.Response), since `response_at`; `eta_minutes` from then until they are there.
    `note_id` is what they said with it. Help asked for at `help_at` is on its way once somebody (`help_by`) acknowledged."""

    __tablename__ = "page"
    __table_args__ = (Index("ix_page_person_id_created_at", "person_id", "created_at"),)
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
    bundle_id: Mapped[int | None] = mapped_column(BigId, index=True)


class PageMethod(OfExercise, Base):
    """One way in which a page reaches its person: `contact_id`, or the number on record where it is null. They are taken by `position`;
    one is due at `due_at` (null: not before the one before it, or never any more) and has gone out once it has a `delivery_id`. The next
    one follows `wait_minutes` later, or at once where this one cannot reach anybody."""

    __tablename__ = "page_method"
    __table_args__ = (
        UniqueConstraint("page_id", "position"),
        Index("ix_page_method_due", "due_at", postgresql_where=_DUE, sqlite_where=_DUE),
    )
    id: Mapped[Id]
    page_id: Mapped[int] = mapped_column(BigId, ForeignKey("page.id"))
    position: Mapped[int]
    kind: Mapped[str]
    contact_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person_contact.id"))
    wait_minutes: Mapped[int]
    due_at: Mapped[datetime | None]
    delivery_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("delivery.id"), index=True)


class CalendarFeed(Base):
    """A private address under which a person's calendar program reads their duties, all of a schedule, or (`about` drills) the drills
    that are announced. Only the SHA-256 of its secret is kept; a new address ends the one before."""

    __tablename__ = "calendar_feed"
    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id", ondelete="CASCADE"), index=True)
    schedule_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("schedule.id", ondelete="CASCADE"))
    about: Mapped[str] = mapped_column(default="duties", server_default="duties")
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
