"""What the sweep does (design §7, step 6): leases that ran out, calls nobody reported, doubts, receipts that never came."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from command.core import claims, clock, tracing
from command.core.keys import Keyring
from command.messages import outbox, second
from command.messages.fates import RECEIPT_PATIENCE
from command.messages.handlers import Handlers
from command.messages.models import TERMINAL, Body, State
from command.messages.reconciling import Resolution, resolve
from command.messages.resent import as_sent
from notifiers.base import Capabilities, Found, LookUp, Message

ASKING = timedelta(seconds=60)
"""How long one engine may take to ask the gateway about a doubt."""
SKEW = timedelta(seconds=60)
"""How far the provider's clock may be behind ours."""
_c = outbox.deliveries.c


@dataclass(frozen=True, slots=True)
class Doubt:
    """One delivery whose call has no known end. `age` is in seconds since the call, `since` the earliest the provider may have it, `asked`
    how often the gateway was asked before."""

    id: int
    fence: int
    purpose: str
    tries: int
    gateway: str
    trace: str | None
    age: float
    since: datetime
    asked: int
    message: Message


def waiting(session: Session, state: State) -> bool:
    """Whether any delivery's time in `state` ran out."""
    due = outbox.in_state(state) & (_c.lease_until <= clock.now(session))
    return session.scalar(select(_c.id).where(due).limit(1)) is not None


def overdue(session: Session, state: State, limit: int, handlers: Handlers) -> int:
    """Move deliveries whose lease in `state` ran out; return how many. Leased: certainly not sent, so ready again. Calling: nobody
    knows, so in doubt. Submitted or sent: the receipt never came, so unknown."""
    now = clock.now(session)
    due = outbox.in_state(state) & (_c.lease_until <= now)
    chosen = list(session.scalars(select(_c.id).where(due).order_by(_c.lease_until).limit(limit)))
    if not chosen:
        return 0
    locked = outbox.lock(session, outbox.among(session, "id", chosen) & due)
    changes = {row.id: {"id": row.id} | _OVERDUE[state](now) for row in locked}
    outbox.change(session, locked, changes, handlers)
    return len(locked)


def _released(now: datetime) -> dict[str, Any]:
    return {"state": State.READY, "lease_until": None, "due_at": now}


def _doubted(now: datetime) -> dict[str, Any]:
    return {"state": State.IN_DOUBT, "lease_until": now, "reason": "engine_lost", "asked": 0}


def _given_up(now: datetime) -> dict[str, Any]:
    return {"state": State.UNKNOWN, "lease_until": None, "settled_at": now, "reason": "no_receipt"}


_OVERDUE: dict[State, Callable[[datetime], dict[str, Any]]] = {
    State.LEASED: _released,
    State.CALLING: _doubted,
    State.SUBMITTED: _given_up,
    State.SENT: _given_up,
}


def take(session: Session, limit: int, keyring: Keyring) -> list[Doubt]:
    """Claim doubts that are due to be asked about."""
    now = clock.now(session)
    due: ColumnElement[bool] = outbox.in_state(State.IN_DOUBT) & (_c.lease_until <= now)
    told = (
        _c.purpose,
        _c.tries,
        _c.asked,
        _c.gateway,
        _c.attempt,
        _c.number,
        _c.body_id,
        _c.exercise,
        _c.due_at,
        _c.resent,
        _c.channel,
    )
    taken = claims.claim(
        session, outbox.deliveries, due, order=(_c.lane, _c.lease_until), limit=limit, lease=ASKING, returning=told
    )
    query = select(Body.id, Body.text, Body.language, Body.trace).where(Body.id.in_({row.body_id for row in taken}))
    bodies = {body.id: body for body in session.execute(query)}
    return [_doubt(row, bodies[row.body_id], now, keyring) for row in taken]


def _doubt(row: Row[Any], body: Row[int, str, str, str | None], now: datetime, keyring: Keyring) -> Doubt:
    # The provider lives in real time, so the age is what is told to it, not our clock (which tests move).
    age = now - row.due_at
    to = keyring.decrypt(row.number)
    text = as_sent(body.text, body.language, row.resent)
    message = Message(attempt=row.attempt, to=to, text=text, exercise=row.exercise, channel=row.channel)
    since = datetime.now(UTC) - age - SKEW
    seconds = age.total_seconds()
    return Doubt(row.id, row.fence, row.purpose, row.tries, row.gateway, body.trace, seconds, since, row.asked, message)


def settle(
    session: Session,
    answers: Sequence[tuple[Doubt, LookUp]],
    capabilities: Callable[[str], Capabilities | None],
    handlers: Handlers,
) -> int:
    """Write what the answers make of the doubts, where still ours by fence; return how many left the doubt."""
    by_id = {doubt.id: (doubt, answer) for doubt, answer in answers}
    locked = outbox.lock(session, outbox.among(session, "id", by_id))
    now = clock.now(session)
    changes = {}
    for row in locked:
        doubt, answer = by_id[row.id]
        if row.state == State.IN_DOUBT and row.fence == doubt.fence:
            can = capabilities(doubt.gateway)
            asked = doubt.asked + 1
            made = resolve(doubt.purpose, doubt.tries, can.look_up if can else "none", answer, doubt.age, asked)
            changes[row.id] = _change(row.id, made, answer, now) | {"asked": asked if made.state is None else 0}
            state = str(changes[row.id]["state"])
            tracing.say(session, "doubt", doubt.trace, gateway=doubt.gateway, delivery=row.id, state=state)
    second.turn(session, locked, changes, handlers.roads)
    outbox.change(session, locked, changes, handlers)
    return sum(change["state"] != State.IN_DOUBT for change in changes.values())


def _change(id: int, made: Resolution, answer: LookUp, now: datetime) -> dict[str, Any]:
    state = made.state or State.IN_DOUBT
    change: dict[str, Any] = {"id": id, "state": state}
    if made.state is None:
        return change | {"lease_until": now + timedelta(seconds=made.wait)}
    if isinstance(answer, Found):
        change |= {"provider_id": answer.provider_id, "code": answer.code, "submitted_at": now}
    elif state == State.READY:
        change |= {"due_at": now}
    change |= {"reason": made.reason} | ({"resent": True} if made.resent else {})
    if state in TERMINAL:
        return change | {"settled_at": now, "lease_until": None}
    waits = state in (State.SUBMITTED, State.SENT)
    return change | {"lease_until": now + timedelta(seconds=RECEIPT_PATIENCE) if waits else None}
