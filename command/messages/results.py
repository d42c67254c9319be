"""Writing what became of calls (design §7, step 5): states, tallies, opt-outs, the gateway's breaker, all in one transaction."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from command.core import clock
from command.core.keys import Keyring
from command.messages import breakers, halts, optouts, outbox, second
from command.messages.claiming import Call
from command.messages.fates import Fate, fate
from command.messages.handlers import Handlers
from command.messages.models import EXERCISE_GATEWAY, SMS, State
from notifiers.base import Outcome, Verdict

log = structlog.get_logger()

STOP_NOTICE_AFTER = 5
"""Refusals of text or sender among the results of one window, with nothing accepted, after which the rest of a notice is not tried.
One is not enough: some of these codes depend on the recipient's country."""
Result = tuple[Call, Outcome | None]
"""A call and its outcome; None when it was handed back before it began."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a gateway stands after some results: its failures in a row over all engines, and whether it was stopped."""

    failures: int
    stopped: bool


def settle(
    session: Session, gateway: str, results: Sequence[Result], handlers: Handlers, keyring: Keyring, known_failures: int
) -> Health:
    """Write the results of calls to one gateway; return how it stands now.

    Guarded by fence: a row that a receipt has settled, or that the sweep took because we were slow, is left as it is."""
    now = clock.now(session)
    by_id = {call.id: (call, outcome) for call, outcome in results}
    locked = outbox.lock(session, outbox.among(session, "id", by_id))
    changes = {}
    for row in locked:
        call, outcome = by_id[row.id]
        if row.state == State.CALLING and row.fence == call.fence:
            changes[row.id] = _change(call, outcome, fate(outcome, call.tries, random.random), now)
    second.turn(session, locked, changes, handlers.roads)
    outbox.change(session, locked, changes, handlers)
    outcomes = [outcome for _, outcome in results if outcome is not None]
    stopped = any(outcome.verdict != Verdict.ACCEPTED for outcome in outcomes) and _heed(
        session, gateway, results, keyring
    )
    return Health(breakers.learn(session, gateway, outcomes, known_failures), stopped)


def _change(call: Call, outcome: Outcome | None, fate: Fate, now: datetime) -> dict[str, Any]:
    change: dict[str, Any] = {"id": call.id, "state": fate.state}
    later = now + timedelta(seconds=fate.wait)
    match fate.state:
        case State.SUBMITTED:
            assert outcome is not None
            return change | {"provider_id": outcome.provider_id, "submitted_at": now, "lease_until": later}
        case State.DELIVERED:
            assert outcome is not None
            taken = {"provider_id": outcome.provider_id, "submitted_at": now, "settled_at": now, "lease_until": None}
            return change | taken | {"code": None, "reason": None}
        case State.READY:
            change |= {"due_at": later, "lease_until": None, "tries": call.tries - (not fate.counted)}
        case State.IN_DOUBT:
            change |= {"lease_until": later, "asked": 0}
        case _:
            change |= {"lease_until": None, "settled_at": now}
    if outcome is not None:
        change |= {"code": outcome.code, "reason": outcome.detail or None}
    return change


def _heed(session: Session, gateway: str, results: Sequence[Result], keyring: Keyring) -> bool:
    """Act on what refusals say beyond their own delivery: opt-outs (but from exercises, which keep nobody from live notices), a notice that
    is refused as such, a refused account.

    Return whether the gateway was stopped."""
    stopped = False
    refused: Counter[int] = Counter()
    codes: dict[int, str | None] = {}
    accepted = set()
    for call, outcome in results:
        if outcome is None:
            continue
        if outcome.suppress and gateway != EXERCISE_GATEWAY:
            optouts.opt_out(session, keyring.index(call.message.to), gateway)
        if fate(outcome, call.tries, random.random).stops_gateway:
            breakers.stop(session, gateway, outcome.code or "refused")
            stopped = True
        elif call.notice_id is None or call.message.channel != SMS:
            continue  # what is refused as a call or for the app may still be sent as SMS
        elif outcome.verdict == Verdict.STOP:
            refused[call.notice_id] += 1
            codes[call.notice_id] = outcome.code
        elif outcome.verdict == Verdict.ACCEPTED:
            accepted.add(call.notice_id)
    for notice_id, count in refused.items():
        if count >= STOP_NOTICE_AFTER and notice_id not in accepted:
            halts.halt(session, notice_id, State.FAILED, "stopped", codes[notice_id])
            log.error("notice stopped by the provider", notice=notice_id, gateway=gateway, code=codes[notice_id])
    return stopped
