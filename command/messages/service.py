"""The verbs of the outbox. Each takes a session and never commits; nothing is sent that is not a committed row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from command.core import clock, journal, tracing
from command.messages import halts, losses, optouts, outbox, segments
from command.messages.exercises import allow, allowed
from command.messages.models import LOST, SMS, Body, Delivery, Halt, State, Tally
from notifiers.base import Channel

__all__ = [
    "Outgoing",
    "allow",
    "allowed",
    "bump_tally",
    "enqueue",
    "put_body",
    "tally",
    "withdraw",
    "withdraw_delivery",
    "withdraw_page",
    "withdraw_some",
]

VALIDITY = timedelta(hours=24)
"""A message without a validity of its own is pointless after this: every row comes to an end (I11)."""
AT_ONCE = 500
"""Deliveries a withdrawal ends in its own unit of work; the sweep ends the others, the intent to call refuses them meanwhile."""
_WAITING = (State.READY, State.LEASED)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one recipient.

    `recipient` is the blind index of the number, mailbox or chat's address (see notifiers.base.Channel), `number`
    its ciphertext. `due_at`: not before; `valid_until`: pointless after."""

    purpose: str
    lane: int
    addressee: int
    recipient: bytes
    number: bytes
    body_id: int
    exercise: bool
    page_id: int | None = None
    notice_id: int | None = None
    valid_until: datetime | None = None
    due_at: datetime | None = None
    channel: Channel = SMS


def put_body(session: Session, text: str, language: str, *, stream: str | None = None) -> int:
    """Keep a text (signature and drill mark in it already) and count its segments; return its id. ValueError on an empty text.

    `stream` is the journal's of what it is about: it is then sent under that matter's trace, else under this unit of work's."""
    size = segments.count(text)
    if not size.segments:
        raise ValueError("an empty text cannot be sent")
    trace = tracing.of(session) if stream is None else journal.trace_of(session, stream)
    body = Body(text=text, language=language, encoding=size.encoding, segments=size.segments, trace=trace)
    session.add(body)
    session.flush()
    return body.id


def enqueue(session: Session, outgoing: Outgoing) -> int:
    """Put a message in the queue; return the delivery's id. Updates and surveys to who opted out are suppressed, with the reason."""
    now = clock.now(session)
    suppressed = outgoing.lane in optouts.LANES and optouts.opted_out(session, outgoing.recipient)
    delivery = Delivery(
        purpose=outgoing.purpose,
        lane=outgoing.lane,
        addressee=outgoing.addressee,
        recipient=outgoing.recipient,
        number=outgoing.number,
        channel=outgoing.channel,
        body_id=outgoing.body_id,
        exercise=outgoing.exercise,
        page_id=outgoing.page_id,
        notice_id=outgoing.notice_id,
        state=State.SUPPRESSED if suppressed else State.READY,
        reason=optouts.OPTED_OUT if suppressed else None,
        created_at=now,
        due_at=outgoing.due_at or now,
        valid_until=outgoing.valid_until or now + VALIDITY,
        settled_at=now if suppressed else None,
    )
    session.add(delivery)
    session.flush()
    if outgoing.notice_id is not None:
        bump_tally(session, outgoing.notice_id, {State(delivery.state): 1}, delivery.reason)
    return delivery.id


def withdraw(session: Session, notice_id: int, reason: str) -> int:
    """Take back what of a notice has not been called yet; return how many that are. `reason` is a short code, stored and shown.

    Takes the same short time for any audience: a row of `halt` makes the intent to call refuse the notice from this commit on, the
    first AT_ONCE deliveries are ended here and the rest by the sweep. What is being called or was submitted is not touched."""
    counts = tally(session, notice_id)
    halts.halt(session, notice_id, State.WITHDRAWN, reason)
    ended = halts.end_some(session, session.get_one(Halt, notice_id), AT_ONCE)
    return max(ended, sum(counts.get(state, 0) for state in _WAITING))


def withdraw_some(session: Session, notice_id: int, addressees: Select[int], reason: str, limit: int = AT_ONCE) -> int:
    """Take back up to `limit` deliveries of a notice to some addressees (those no longer affected); call again until it returns 0."""
    mine = (outbox.deliveries.c.notice_id == notice_id) & outbox.deliveries.c.addressee.in_(addressees)
    return halts.end(session, mine, State.WITHDRAWN, reason, limit=limit)


def let_go(session: Session, notice_id: int, span: tuple[int, int], due_at: datetime, valid_until: datetime) -> int:
    """Deliveries of a notice to addressees after the first and up to the second of `span` that wait for a later time and were never
    tried leave at `due_at`, and are good until `valid_until`; how many."""
    d, (after, last) = outbox.deliveries, span
    mine = (d.c.notice_id == notice_id, d.c.addressee > after, d.c.addressee <= last)
    waiting = (d.c.state == State.READY, d.c.tries == 0, d.c.due_at > due_at)
    result: Any = session.execute(update(d).where(*mine, *waiting).values(due_at=due_at, valid_until=valid_until))
    return int(result.rowcount)


def withdraw_page(session: Session, page_id: int, reason: str) -> int:
    """Take back a page's message if it has not been called yet; return 1 if it was in time."""
    return halts.end(session, outbox.deliveries.c.page_id == page_id, State.WITHDRAWN, reason)


def withdraw_delivery(session: Session, delivery_id: int, reason: str) -> int:
    """Take back one message if it has not been called yet; return 1 if it was in time."""
    return halts.end(session, outbox.deliveries.c.id == delivery_id, State.WITHDRAWN, reason)


def tally(session: Session, notice_id: int) -> dict[State, int]:
    """How many deliveries of a notice are in each state; states with none are left out."""
    query = select(Tally.state, Tally.count).where(Tally.notice_id == notice_id)
    return {State(state): count for state, count in session.execute(query) if count}


def bump_tally(session: Session, notice_id: int, deltas: Mapping[State, int], reason: str | None = None) -> None:
    """Add to the tally of a notice, in the unit of work that makes its deliveries; `reason` says why those that are lost from the start
    are."""
    lost = sum(by for state, by in deltas.items() if state in LOST)
    if lost and reason is not None:
        losses.bump(session, {(notice_id, reason): lost})
    outbox.bump(session, {(notice_id, str(state)): by for state, by in deltas.items()})
