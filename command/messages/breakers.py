"""Whether a gateway is in service: a breaker opened by failures in a row, and a stop that only a person undoes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.settings import GatewaySettings
from command.messages import holds, road_orders, routes
from command.messages.models import GatewayState
from command.messages.quota import locked_state
from notifiers.base import Outcome, Verdict

log = structlog.get_logger()

THRESHOLD = 20
"""Failures in a row that open the breaker."""
OPEN_FOR = timedelta(seconds=15)
"""How long it stays open; then single calls probe, and one success closes it."""


def failed(outcome: Outcome) -> bool:
    """Whether a call tells that the gateway is in trouble: no connection, no answer, or a server error. A 429 does not."""
    return outcome.verdict == Verdict.DOUBTFUL or (outcome.verdict == Verdict.RETRY and outcome.code == "not_sent")


def trailing(outcomes: Sequence[Outcome]) -> tuple[int, bool]:
    """(failures at the end, whether a success came before them)."""
    count = 0
    for outcome in reversed(outcomes):
        if not failed(outcome):
            return count, True
        count += 1
    return count, False


def learn(session: Session, gateway: str, outcomes: Sequence[Outcome], known_failures: int) -> int:
    """Count failures in a row over all engines and open the breaker at THRESHOLD; return the count.

    Nothing is written while all is well."""
    count, recovered = trailing(outcomes)
    if not outcomes or (not count and not known_failures):
        return known_failures
    row = locked_state(session, gateway)
    row.failures = count if recovered else row.failures + count
    if row.failures < THRESHOLD:
        row.open_until = None
    elif count:
        row.open_until = clock.now(session) + OPEN_FOR
        log.warning("gateway breaker open", gateway=gateway, failures=row.failures, last=outcomes[-1].code)
    return row.failures


def stop(session: Session, gateway: str, reason: str) -> None:
    """Take a gateway out of service until somebody restarts it; messages wait or take another road."""
    row = locked_state(session, gateway)
    if row.stopped_reason is None:
        row.stopped_reason = reason
        log.error("gateway stopped", gateway=gateway, reason=reason)


def restart(session: Session, gateway: str) -> None:
    """Put a gateway back into service, its breaker closed."""
    row = locked_state(session, gateway)
    row.stopped_reason, row.failures, row.open_until = None, 0, None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a gateway stands for all engines: failures in a row, whether its breaker is open, why it was stopped (None: it was not), and how
    many messages it has had today (a day of UTC; counted where there is an end to it)."""

    failures: int = 0
    open: bool = False
    stopped: str | None = None
    used: int = 0


def standing(session: Session, gateways: Iterable[str]) -> dict[str, Standing]:
    """How each of these gateways stands now. One that somebody keeps out of use for a while, or paused, counts as stopped."""
    now = clock.now(session)
    known = {row.gateway: row for row in session.scalars(select(GatewayState))}
    out = dict.fromkeys(road_orders.now(session).paused, road_orders.PAUSED)
    out |= dict.fromkeys(holds.now(session).get(False, holds.NOTHING).avoid, holds.AVOIDED)
    found = {name: _standing(known.get(name), now) for name in gateways}
    return {
        name: replace(each, stopped=each.stopped or out[name]) if name in out else each for name, each in found.items()
    }


def working(session: Session, given: Sequence[GatewaySettings]) -> list[GatewaySettings]:
    """Those of some gateways that nobody stopped, whose breaker is closed and whose day is not spent."""
    known = standing(session, [one.name for one in given])
    return [
        one
        for one in given
        if not (known[one.name].open or known[one.name].stopped or routes.spent(known[one.name].used, one.daily_cap))
    ]


def _standing(row: GatewayState | None, now: datetime) -> Standing:
    if row is None:
        return Standing()
    used = row.day_used if row.day == now.date().isoformat() else 0
    return Standing(row.failures, row.open_until is not None and row.open_until > now, row.stopped_reason, used)
