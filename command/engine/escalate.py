"""The cycle that pages the steps that are due, goes on where whoever acknowledged went quiet, and sends what waited for company.

A chain is claimed before it is paged and its fence guards the page, so two engines never page one step twice, and a chain that an
engine leaves behind is taken up when its lease ends. The same holds for a bundle of pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, Table, exists, or_, select
from sqlalchemy.orm import Session

from command.core import claims, clock
from command.core.installation import Installation
from command.engine import reach
from command.oncall.models import Escalation, EscalationState, PageBundle
from command.oncall.paging import bundles, quiet, service

BATCH = 20
LEASE = timedelta(seconds=30)
ACTOR = "system:escalate"
log = structlog.get_logger()
chains: Table = Escalation.__table__  # type: ignore[assignment]
bundled: Table = PageBundle.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Queue:
    """Rows of a table that are due, in this order, and what is done to each that was claimed."""

    table: Table
    due: Callable[[Session], ColumnElement[bool]]
    order: Sequence[ColumnElement[Any]]
    step: Callable[[Session, Row[Any], service.Road], None]


def run_once(installation: Installation) -> bool:
    """Advance the chains that are due, the highest tier first, then send the bundles that are; True when there may be more.

    Each has a unit of work of its own: one that fails is logged and tried again after its lease, the others go on."""
    road = reach.road(installation)
    counts = [_work(installation, queue, road) for queue in (CHAINS, BUNDLES) if _waiting(installation, queue)]
    return BATCH in counts


def _work(installation: Installation, queue: Queue, road: service.Road) -> int:
    claimed = installation.database.background(lambda session: _claim(session, queue), actor=ACTOR)
    for row in claimed:
        try:
            installation.database.background(partial(_step, queue=queue, row=row, road=road), actor=ACTOR)
        except Exception:
            log.exception("escalation.failed", table=queue.table.name, id=row.id)
    return len(claimed)


def _step(session: Session, queue: Queue, row: Row[Any], road: service.Road) -> None:
    queue.step(session, row, road)


def _due(session: Session) -> ColumnElement[bool]:
    """Chains that run and whose next step is due, and answered ones of whose person there was no sign in time."""
    now = clock.now(session)
    running = (chains.c.state == EscalationState.RUNNING) & (chains.c.due_at <= now)
    acknowledged = (chains.c.state == EscalationState.ACKNOWLEDGED) & chains.c.over_at.is_(None)
    return or_(running, acknowledged & (chains.c.quiet_at <= now)) & claims.free(chains, now)


def _together(session: Session) -> ColumnElement[bool]:
    now = clock.now(session)
    return bundled.c.sent_at.is_(None) & (bundled.c.due_at <= now) & claims.free(bundled, now)


def _waiting(installation: Installation, queue: Queue) -> bool:
    """Whether anything is due: a look without the write lock, for this cycle comes round often and mostly finds nothing."""
    with installation.database.read() as session:
        return bool(session.scalar(select(exists().select_from(queue.table).where(queue.due(session)))))


def _claim(session: Session, queue: Queue) -> Sequence[Row[Any]]:
    return claims.claim(session, queue.table, queue.due(session), order=queue.order, limit=BATCH, lease=LEASE)


def _advance(session: Session, row: Row[Any], road: service.Road) -> None:
    """Page one claimed chain; if it was answered, stopped or taken since, there is nothing to do."""
    mine = select(Escalation).where(Escalation.id == row.id, Escalation.fence == row.fence)
    chain = session.scalar(mine.with_for_update())
    if chain is None:
        return
    if chain.state == EscalationState.RUNNING:
        service.advance(session, chain, road)
    elif quiet.watched(chain):
        quiet.go_on(session, chain, road)
    chain.lease_until = None


def _send(session: Session, row: Row[Any], road: service.Road) -> None:
    bundles.leave_together(session, row.id, row.fence, road)


CHAINS = Queue(chains, _due, (chains.c.tier, chains.c.due_at, chains.c.id), _advance)
BUNDLES = Queue(bundled, _together, (bundled.c.due_at, bundled.c.id), _send)
