"""Leasing due deliveries (design §7, step 2) and the intent to call them (step 3)."""

import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, false, literal_column, or_, select, true
from sqlalchemy.orm import Session

from command.core import claims, clock
from command.core.keys import Keyring
from command.messages import optouts, outbox, second_counts
from command.messages.handlers import Handlers
from command.messages.holds import NOTHING, Held
from command.messages.models import SMS, Body, Halt, Lane, OptOut, State
from command.messages.resent import as_sent
from command.messages.routes import Needs, fitting, needs_of
from command.messages.ways import Head
from notifiers.base import Capabilities, Channel, Message

LEASE = timedelta(seconds=60)
"""How long an engine may keep a leased delivery without calling it."""
CALL_LEASE = timedelta(seconds=90)
"""How long a call may take before it counts as doubtful. A call waits at most PATIENCE for its turn, then 5 s for a connection and
15 s between bytes."""
PATIENCE = 25.0
"""Seconds a call that was announced may wait for its turn before it is handed back."""

_c = outbox.deliveries.c
_TAKEN = (
    *(_c.notice_id, _c.page_id, _c.purpose, _c.addressee, _c.lane, _c.body_id, _c.number, _c.channel),
    *(_c.valid_until, _c.tries, _c.resent, _c.exercise),
    *(_c.addressee, _c.first_channel, _c.first_gateway, _c.first_code),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One of the queues that do not wait for each other: pages or notices, of exercises or live; live notices by what carries them, for
    a call takes a hundred times as long as a message. Without `channels` it takes all."""

    pages: bool
    exercise: bool
    channels: tuple[Channel, ...] = ()

    @property
    def name(self) -> str:
        kind = "pages" if self.pages else "notices"
        return kind + (" (exercise)" if self.exercise else "") + (f" ({self.channels[0]})" if self.channels else "")

    @property
    def lane(self) -> Lane:
        """A lane of it, as far as routes ask: pages, or what is none."""
        return Lane.PAGE if self.pages else Lane.CORRECTION

    def due(self, now: datetime) -> ColumnElement[bool]:
        """Deliveries of this line that may be called now."""
        lane = _c.lane == Lane.PAGE if self.pages else _c.lane > Lane.PAGE
        real = _c.exercise == (true() if self.exercise else false())
        return and_(outbox.in_state(State.READY), lane, real, _c.due_at <= now, _by(self.channels))

    def turning(self, dead: Sequence[Channel], now: datetime) -> ColumnElement[bool]:
        """Those of it that wait, due, for channels by which nothing can leave."""
        return self.due(now) & _by(tuple(each for each in self.channels if each in dead))


def _by(channels: Sequence[Channel]) -> ColumnElement[bool]:
    """By one of these channels (by any, if none is given). Written out, so that what is no SMS is found by the small index of its own
    and never looked for behind a mass notice."""
    if not channels:
        return true()
    if tuple(channels) == (SMS,):
        return _channel == literal_column("'sms'")
    return _channel.in_([literal_column(f"'{each}'") for each in channels]) & (_channel != literal_column("'sms'"))


_channel: ColumnElement[str] = literal_column("delivery.channel")
LINES = (
    Line(True, False),
    Line(True, True),
    Line(False, False, (SMS,)),
    Line(False, False, ("push",)),
    Line(False, False, ("voice", "email", "chat")),
    Line(False, True),
)


@dataclass(frozen=True, slots=True)
class Text:
    """A body as it is sent, and what it needs of a gateway."""

    text: str
    needs: Needs
    language: str
    trace: str = ""

    def by(self, row: Row[Any]) -> Needs:
        """What it needs as a row's next call: its channel, and on the second road another gateway than the one of the first."""
        if row.channel == SMS and row.first_channel is None:
            return self.needs
        avoid = row.first_gateway if row.first_channel == row.channel else None
        return replace(self.needs, channel=row.channel, avoid=avoid)


@dataclass(frozen=True, slots=True)
class Call:
    """One announced call. `fence` guards its result, `tries` counts this call too."""

    id: int
    fence: int
    tries: int
    notice_id: int | None
    message: Message


def any_due(session: Session) -> bool:
    """Whether anything waits that is due, in whatever line: one question that mostly spares a dozen."""
    due = outbox.in_state(State.READY) & (_c.due_at <= clock.now(session))
    return bool(session.scalar(select(exists().select_from(outbox.deliveries).where(due))))


def waiting(session: Session, line: Line, closed: Sequence[Channel] = (), held: Held = NOTHING) -> bool:
    """Whether any delivery of the line may be called now, but for those by channels that are closed and those on hold."""
    due = _open(session, line, closed, held)
    return bool(session.scalar(select(exists().select_from(outbox.deliveries).where(due))))


def lease(
    session: Session, line: Line, limit: int, closed: Sequence[Channel] = (), held: Held = NOTHING
) -> Sequence[Row[Any]]:
    """Lease up to `limit` due deliveries of a line, the most urgent lane first, the oldest first, none by a closed channel, none on
    hold."""
    return _lease(session, _open(session, line, closed, held), limit)


def on_hold(row: Row[Any], held: Held) -> bool:
    """Whether a leased delivery is held: mass messages are what comes after corrections."""
    return held.mass and row.lane > Lane.CORRECTION and row.notice_id not in held.through


def _open(session: Session, line: Line, closed: Sequence[Channel], held: Held) -> ColumnElement[bool]:
    due = line.due(clock.now(session))
    if held.mass and not line.pages:
        passes = _c.lane <= Lane.CORRECTION
        due &= or_(passes, _c.notice_id.in_(held.through)) if held.through else passes
    if not closed:
        return due
    if not line.channels:
        return due & _c.channel.not_in(closed)
    left = tuple(each for each in line.channels if each not in closed)
    return due & _by(left) if left else false()


def expired_waiting(session: Session, line: Line) -> bool:
    """Whether any due delivery of the line has outlived its validity."""
    return bool(session.scalar(select(exists().select_from(outbox.deliveries).where(_expired(session, line)))))


def lease_expired(session: Session, line: Line, limit: int) -> Sequence[Row[Any]]:
    """Lease due deliveries of a line that have outlived their validity."""
    return _lease(session, _expired(session, line), limit)


def _expired(session: Session, line: Line) -> ColumnElement[bool]:
    now = clock.now(session)
    return line.due(now) & (_c.valid_until <= now)


def _lease(session: Session, due: ColumnElement[bool], limit: int) -> Sequence[Row[Any]]:
    leased = claims.claim(
        session,
        outbox.deliveries,
        due,
        order=(_c.lane, _c.id),
        limit=limit,
        lease=LEASE,
        values={"state": State.LEASED},
        returning=_TAKEN,
    )
    outbox.bump(session, _moved(leased))
    second_counts.bump(session, _moved([row for row in leased if row.first_channel is not None]))
    return sorted(leased, key=lambda row: (row.lane, row.id))


def _moved(leased: Sequence[Row[Any]]) -> Counter[tuple[int, str]]:
    """By notice and state, what leasing changes."""
    deltas: Counter[tuple[int, str]] = Counter()
    for row in leased:
        if row.notice_id is not None:
            deltas[row.notice_id, State.READY] -= 1
            deltas[row.notice_id, State.LEASED] += 1
    return deltas


def texts(session: Session, ids: set[int], able: Mapping[str, Capabilities] = MappingProxyType({})) -> dict[int, Text]:
    """The bodies of these ids, and what they need of gateways that can so much."""
    query = select(Body.id, Body.text, Body.encoding, Body.language, Body.trace).where(Body.id.in_(ids))
    return {
        id: Text(text, fitting(needs_of(text, encoding), text, able), language, trace or "")
        for id, text, encoding, language, trace in session.execute(query)
    }


def give_back(session: Session, leased: Sequence[Row[Any]], wait: float = 0.0) -> None:
    """Return leased deliveries that are still ours to the queue, due in `wait` seconds: certainly not sent."""
    due = clock.now(session) + timedelta(seconds=wait)
    mine = _mine(session, leased)
    changes = {row.id: {"id": row.id, "state": State.READY, "lease_until": None, "due_at": due} for row in mine}
    outbox.change(session, mine, changes, Handlers())


def end(session: Session, leased: Sequence[Row[Any]], state: State, reason: str, handlers: Handlers) -> None:
    """End leased deliveries that are still ours."""
    mine = _mine(session, leased)
    now = clock.now(session)
    outbox.change(session, mine, {row.id: _ended(row.id, state, reason, None, now) for row in mine}, handlers)


def _mine(session: Session, leased: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    fences = {row.id: row.fence for row in leased}
    locked = outbox.lock(session, outbox.among(session, "id", fences))
    return [row for row in locked if row.state == State.LEASED and row.fence == fences[row.id]]


def announce(
    session: Session,
    leased: Sequence[Row[Any]],
    gateway: str,
    bodies: Mapping[int, Text],
    keyring: Keyring,
    handlers: Handlers,
) -> list[Call]:
    """Write the intent to call: `calling` with an attempt each. Return the calls, which may begin once this is committed.

    What is no longer ours by fence (withdrawn, leased again) is left alone; what is past its validity, halted, or opted out ends here."""
    now = clock.now(session)
    taken = {row.id: row for row in leased}
    locked = outbox.lock(session, outbox.among(session, "id", taken), _extra())
    changes: dict[int, dict[str, Any]] = {}
    calls = []
    untrue, heads = _untrue(session, leased, handlers), _heads(session, leased, handlers)
    for row in locked:
        mine = taken[row.id]
        if row.state != State.LEASED or row.fence != mine.fence:
            continue
        barred = _barred(row, mine, now)
        if barred is None and (mine.notice_id, mine.addressee) in untrue:
            barred = State.UNDELIVERED, "told_the_end", mine.first_code
        if barred is not None:
            changes[row.id] = _ended(row.id, *barred, now)
            continue
        attempt = secrets.token_hex(16)
        changes[row.id] = _called(mine, gateway, attempt, now)
        body = bodies[mine.body_id]
        message = Message(
            attempt=attempt,
            to=keyring.decrypt(mine.number),
            text=as_sent(body.text, body.language, mine.resent),
            exercise=mine.exercise,
            channel=mine.channel,
            trace=body.trace,
            valid_for=max(1, int((mine.valid_until - now).total_seconds())) if mine.valid_until else None,
            **_shown(heads.get(mine.notice_id), body.language),
        )
        calls.append(Call(row.id, mine.fence, mine.tries + 1, mine.notice_id, message))
    outbox.change(session, locked, changes, handlers, keep_fence=True)
    return calls


def _extra() -> tuple[ColumnElement[Any], ...]:
    halt = select(Halt.state).where(Halt.notice_id == _c.notice_id).scalar_subquery()
    why = select(Halt.reason).where(Halt.notice_id == _c.notice_id).scalar_subquery()
    left = exists().where(OptOut.recipient == _c.recipient, _c.lane.in_([int(lane) for lane in optouts.LANES]))
    return halt.label("halted"), why.label("why"), left.label("opted_out")


def _untrue(session: Session, leased: Sequence[Row[Any]], handlers: Handlers) -> Collection[tuple[int, int]]:
    """Those on their second road who were told the end meanwhile: an all-clear overtook it. They end as the first road ended."""
    again = [(row.notice_id, row.addressee) for row in leased if row.first_channel is not None]
    return handlers.roads.untrue(session, again) if again and handlers.roads else ()


def _heads(session: Session, leased: Sequence[Row[Any]], handlers: Handlers) -> Mapping[int, Head]:
    pushed = {row.notice_id for row in leased if row.channel == "push" and row.notice_id is not None}
    return handlers.roads.heads(session, pushed) if pushed and handlers.roads else {}


def _shown(head: Head | None, language: str) -> dict[str, str]:
    """What the carrier's app shows beside the text; nothing for other channels."""
    if head is None:
        return {}
    title = head.titles.get(language, "")
    return {"title": title, "language": language, "kind": head.kind, "about": head.about}


def _barred(row: Row[Any], mine: Row[Any], now: datetime) -> tuple[State, str, str | None] | None:
    if row.halted is not None:
        return State(row.halted), row.why, None
    if mine.valid_until is not None and mine.valid_until <= now:
        if mine.first_gateway is not None:
            return State.UNDELIVERED, "validity_over", mine.first_code
        # A page called again in doubt may have arrived the first time.
        return State.UNKNOWN if mine.resent else State.EXPIRED, "validity_over", None
    if row.opted_out:
        return State.SUPPRESSED, optouts.OPTED_OUT, None
    return None


def _ended(id: int, state: State, reason: str, code: str | None, now: datetime) -> dict[str, Any]:
    return {"id": id, "state": state, "reason": reason, "code": code, "lease_until": None, "settled_at": now}


def _called(mine: Row[Any], gateway: str, attempt: str, now: datetime) -> dict[str, Any]:
    return {
        "id": mine.id,
        "state": State.CALLING,
        "gateway": gateway,
        "attempt": attempt,
        "tries": mine.tries + 1,
        "due_at": now,
        "lease_until": now + CALL_LEASE,
    }
