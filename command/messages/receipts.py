"""Applying delivery receipts from the inbox, in batches."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.orm import Session

from command.core import clock, tracing
from command.core.beats import OUTCOMES
from command.messages import outbox, ranks, second
from command.messages.fates import RECEIPT_PATIENCE
from command.messages.handlers import Handlers
from command.messages.models import Body, ReceiptIn, State
from notifiers.base import Receipt

_c = outbox.deliveries.c
_PROVIDER = (_c.attempt, _c.gateway, _c.provider_id, _c.submitted_at, _c.body_id)


def apply(session: Session, limit: int, handlers: Handlers) -> int:
    """Apply up to `limit` receipts, the oldest first, and take them out of the inbox; return how many.

    A receipt finds its delivery by the attempt it bears, whatever became of the call itself. One without a known attempt changes
    nothing: every call asks for its attempt back, so it is not ours. Nor does one that came by another gateway than the call went by:
    what is said about an exercise says nothing about a live message, nor the reverse."""
    query = select(ReceiptIn).order_by(ReceiptIn.id).limit(limit).with_for_update(skip_locked=True)
    received = session.scalars(query).all()
    if not received:
        return 0
    by_call: dict[tuple[str, str], list[Receipt]] = defaultdict(list)
    for row in received:
        if row.attempt:
            by_call[row.gateway, row.attempt].append(Receipt(row.provider_id, row.attempt, row.status, row.code))
    attempts = {attempt for _, attempt in by_call}
    locked = outbox.lock(session, outbox.among(session, "attempt", attempts), _PROVIDER)
    changes = _changes(locked, by_call, clock.now(session))
    _count(locked, changes)
    second.turn(session, locked, changes, handlers.roads)
    outbox.change(session, locked, changes, handlers)
    _tell(session, locked, changes)
    session.execute(
        delete(ReceiptIn).where(ReceiptIn.id.in_([row.id for row in received])),
        execution_options={"synchronize_session": False},
    )
    return len(received)


def _count(locked: Sequence[Row[Any]], changes: Mapping[int, Mapping[str, Any]]) -> None:
    """What gateways could not deliver, for whoever watches them; counted again if the unit of work is."""
    for row in locked:
        change = changes.get(row.id)
        if change and change["state"] in (State.UNDELIVERED, State.FAILED):
            OUTCOMES.hear(row.gateway, State.UNDELIVERED, change["code"])


def _tell(session: Session, locked: Sequence[Row[Any]], changes: Mapping[int, Mapping[str, Any]]) -> None:
    """A line in the log for each matter whose receipts were applied together, once they are committed."""
    heard = [row for row in locked if row.id in changes]
    bodies = select(Body.id, Body.trace).where(Body.id.in_({row.body_id for row in heard}))
    traces = dict(session.execute(bodies).tuples().all()) if heard else {}
    by_trace: dict[str | None, list[Row[Any]]] = defaultdict(list)
    for row in heard:
        by_trace[traces.get(row.body_id)].append(row)
    for trace, rows in by_trace.items():
        states = Counter(str(changes[row.id]["state"]) for row in rows)
        tracing.say(session, "receipts", trace, states=dict(states), deliveries=[row.id for row in rows])


def waiting(session: Session) -> bool:
    """Whether the inbox holds anything."""
    return session.scalar(select(ReceiptIn.id).limit(1)) is not None


def _changes(
    locked: Sequence[Row[Any]], by_call: Mapping[tuple[str, str], Sequence[Receipt]], now: datetime
) -> dict[int, dict[str, Any]]:
    changes = {}
    for row in locked:
        receipt = ranks.best(by_call.get((row.gateway, row.attempt), ()))
        state = ranks.applied(row.state, receipt) if receipt else None
        if receipt and state:
            changes[row.id] = _change(row, receipt, state, now)
    return changes


def _change(row: Row[Any], receipt: Receipt, state: State, now: datetime) -> dict[str, Any]:
    waits = state in (State.SUBMITTED, State.SENT)
    return {
        "id": row.id,
        "state": state,
        "code": receipt.code,
        "reason": None,
        "provider_id": row.provider_id or receipt.provider_id or None,
        "submitted_at": row.submitted_at or now,
        "settled_at": None if waits else now,
        "lease_until": now + timedelta(seconds=RECEIPT_PATIENCE) if waits else None,
    }
