"""The outbox: bodies, deliveries, receipts, inbound messages, opt-outs, gateways' shared state. Recipient rows are the queue."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.claims import Claimable
from command.core.columns import Base, BigId, Id, Json, OfExercise

EXERCISE_GATEWAY = "exercise"
SMS: Literal["sms"] = "sms"


class State(StrEnum):
    """ready → leased → calling → submitted → sent → delivered | undelivered | failed, and the side states."""

    READY = "ready"
    LEASED = "leased"
    CALLING = "calling"
    SUBMITTED = "submitted"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"


TOLD = (State.SUBMITTED, State.SENT, State.DELIVERED, State.UNDELIVERED, State.UNKNOWN)
"""States in which a person counts as told: submitted or later, or unknown. (Undelivered was submitted.)"""
TERMINAL = (
    State.DELIVERED,
    State.UNDELIVERED,
    State.FAILED,
    State.UNKNOWN,
    State.WITHDRAWN,
    State.EXPIRED,
    State.SUPPRESSED,
)


class Lane(IntEnum):
    """Order of sending: the lower goes first."""

    PAGE = 0
    CORRECTION = 1
    FIRST = 2
    ALL_CLEAR = 3
    UPDATE = 4
    SURVEY = 5


class Purpose(StrEnum):
    PAGE = "page"
    NOTICE = "notice"
    ANSWER = "answer"
    CASE = "case"
    CONTACT = "contact"  # a code that proves a way to reach somebody, or a test of it
    DUTY = "duty"  # what concerns the plan of duties: a swap, a gap
    DRILL = "drill"  # the call of a phone drill
    BULLETIN = "bulletin"  # a copy of a bulletin to a recipient outside of the people we page
    SURVEY = "survey"  # asks somebody who was told the all-clear how it went
    REPORT = "report"  # tells somebody of a periodic report
    CREW = "crew"  # sends a crew out with a resource, or says that it cannot come


class Body(Base):
    """The text of a message in one language; a notice's recipients share it. `trace` is the id of what it is about: whoever sends it, or
    hears that it arrived, logs under it. It is here and not on each of a million deliveries."""

    __tablename__ = "body"
    id: Mapped[Id]
    text: Mapped[str]
    language: Mapped[str]
    encoding: Mapped[str]
    segments: Mapped[int]
    trace: Mapped[str | None]


_READY = text("state = 'ready'")
_READY_OTHERWISE = text("state = 'ready' AND channel <> 'sms'")
HELD = (State.LEASED, State.CALLING, State.IN_DOUBT, State.SUBMITTED, State.SENT)
"""States in which a delivery has a lease."""
_HELD = text(f"state IN ({', '.join(repr(str(state)) for state in HELD)})")
_TRIED = text("attempt IS NOT NULL")
_AWAITED = text("state IN ('submitted', 'sent')")
_PAGED = text("page_id IS NOT NULL")


class Delivery(OfExercise, Claimable, Base):
    """One message to one recipient. Nothing is sent that is not a committed row of this table.

    `addressee` is a subscriber's id for notices, a person's id for pages and answers (0: somebody who is not in the register), a unit's id
    for what calls its crew out, a case's id for what a caller is told, a copy's id for a bulletin, an answer's id for a survey.
    `channel` says what `number` is: a number (sms, voice), a mailbox (email), a chat's address or an app's user (push); `recipient` is its
    blind index. `due_at`
    is when it may be called next, and once called the moment of that call. `lease_until` is when the sweep looks at it again: the end of a
    lease, of a doubt's patience, or of the wait for a receipt. `asked` is how often the gateway was asked about the present doubt. `reason`
    and `code` say why it is where it is.

    A row with `first_channel` has left its first road for its second and last one: `first_gateway` (null: never called) and `first_code`
    say which and why. What goes to the carrier's app (push) keeps the blind index of the person's number, so that an opt-out covers it."""

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint("gateway IS NULL OR exercise = (gateway = 'exercise')", name="exercise_gateway"),
        Index("uq_delivery_notice_addressee", "notice_id", "addressee", unique=True),
        Index(
            "ix_delivery_ready_exercise_lane_id",
            "exercise",
            "lane",
            "id",
            postgresql_where=_READY,
            sqlite_where=_READY,
        ),
        Index(
            "ix_delivery_ready_otherwise",
            "channel",
            "lane",
            "id",
            postgresql_where=_READY_OTHERWISE,
            sqlite_where=_READY_OTHERWISE,
        ),
        Index("ix_delivery_held", "lease_until", postgresql_where=_HELD, sqlite_where=_HELD),
        Index("ix_delivery_page_id", "page_id", postgresql_where=_PAGED, sqlite_where=_PAGED),
        Index("ix_delivery_provider_id", "provider_id", postgresql_where=_AWAITED, sqlite_where=_AWAITED),
        Index("ix_delivery_attempt", "attempt", unique=True, postgresql_where=_TRIED, sqlite_where=_TRIED),
    )
    id: Mapped[Id]
    purpose: Mapped[str]
    notice_id: Mapped[int | None] = mapped_column(BigId)
    page_id: Mapped[int | None] = mapped_column(BigId)
    addressee: Mapped[int] = mapped_column(BigId)
    recipient: Mapped[bytes] = mapped_column(LargeBinary)
    number: Mapped[bytes] = mapped_column(LargeBinary)
    channel: Mapped[str] = mapped_column(server_default=SMS)
    lane: Mapped[int] = mapped_column(SmallInteger)
    body_id: Mapped[int] = mapped_column(BigId, ForeignKey("body.id"))
    state: Mapped[str] = mapped_column(default=State.READY)
    reason: Mapped[str | None]
    code: Mapped[str | None]
    gateway: Mapped[str | None]
    attempt: Mapped[str | None]
    provider_id: Mapped[str | None]
    tries: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    asked: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    resent: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    first_channel: Mapped[str | None]
    first_gateway: Mapped[str | None]
    first_code: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class Tally(Base):
    """How many deliveries of a notice are in each state; kept in the same transaction as the states."""

    __tablename__ = "tally"
    notice_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(BigId, default=0)


class SecondTally(Base):
    """How many deliveries of a notice that left their first road for the second are in each state; kept in the same transaction as the
    states, and when the deliveries are removed."""

    __tablename__ = "second_tally"
    notice_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(BigId, default=0)


class KeptTime(Base):
    """How many messages of a notice took so many whole seconds from its approval until they were delivered; written when its deliveries
    are removed, so that their figures stay."""

    __tablename__ = "kept_time"
    notice_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    seconds: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigId)


LOST = (State.UNDELIVERED, State.FAILED, State.EXPIRED, State.SUPPRESSED)
"""States in which a message did not reach, or was not sent, for a reason of its own."""


class LossTally(Base):
    """How many deliveries of a notice are in one of LOST, by why: the gateway's code, or our own reason where there is none; kept in the
    same transaction as the states."""

    __tablename__ = "loss_tally"
    notice_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    why: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(BigId, default=0)


class Halt(Base):
    """No delivery of this notice leaves any more: those not yet called end in `state` with `reason`. Rows are ended in chunks, by
    ascending addressee from `cursor`; until then, and for any that come later, the intent to call sees this row and ends them."""

    __tablename__ = "halt"
    notice_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    state: Mapped[str]
    reason: Mapped[str]
    code: Mapped[str | None]
    cursor: Mapped[int] = mapped_column(BigId, default=-1)
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class ReceiptIn(Base):
    """A delivery receipt as it came, applied later in batches."""

    __tablename__ = "receipt_in"
    id: Mapped[Id]
    gateway: Mapped[str]
    attempt: Mapped[str | None]
    provider_id: Mapped[str]
    status: Mapped[str]
    code: Mapped[str | None]
    at: Mapped[datetime]


class Inbound(OfExercise, Base):
    """A message that came in. The body is an erasable note; `handled` says what was made of it."""

    __tablename__ = "inbound"
    id: Mapped[Id]
    gateway: Mapped[str]
    provider_id: Mapped[str] = mapped_column(unique=True)
    sender: Mapped[bytes] = mapped_column(LargeBinary)
    sender_index: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    at: Mapped[datetime]
    handled: Mapped[str | None]


class OptOut(Base):
    """Someone who wants no updates and surveys (never covers the first notice of tiers I and II)."""

    __tablename__ = "opt_out"
    recipient: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    at: Mapped[datetime]
    source: Mapped[str]


class GatewayState(Base):
    """What all engines share about a gateway: this second's quota, this day's count (UTC, kept where a cap or senders are set), the breaker
    (`failures` in a row) and why it was stopped. `senders` holds, by a sender of the gateway, what of this second and this day it used."""

    __tablename__ = "gateway_state"
    gateway: Mapped[str] = mapped_column(primary_key=True)
    second: Mapped[datetime | None]
    used: Mapped[int] = mapped_column(default=0)
    pages_used: Mapped[int] = mapped_column(default=0)
    day: Mapped[str | None]
    day_used: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    open_until: Mapped[datetime | None]
    stopped_reason: Mapped[str | None]
    senders: Mapped[dict[str, dict[str, int]]] = mapped_column(Json, default=dict, server_default="{}")


class ExerciseAllowed(Base):
    """A number exercise messages may go to, until when. Everything else is refused (default deny)."""

    __tablename__ = "exercise_allowed"
    recipient: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    until: Mapped[datetime]
    by: Mapped[str]
