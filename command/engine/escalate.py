"""The cycle that pages the steps that are due. A chain is claimed before it is paged and its fence guards the page, so two engines
never page one step twice, and a chain that an engine leaves behind is taken up when its lease ends."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, Table, exists, select
from sqlalchemy.orm import Session

from command.core import claims, clock
from command.core.installation import Installation
from command.engine import reach
from command.oncall import service
from command.oncall.models import Escalation, EscalationState

BATCH = 20
LEASE = timedelta(seconds=30)
ACTOR = "system:escalate"
log = structlog.get_logger()
chains: Table = Escalation.__table__  # type: ignore[assignment]


def run_once(installation: Installation) -> bool:
    """Advance the chains that are due, the highest tier first; True when there may be more.

    Each chain has a unit of work of its own: one that fails is logged and tried again after its lease, the others go on."""
    road = reach.road(installation)
    if not _waiting(installation):
        return False
    claimed = installation.database.background(_claim, actor=ACTOR)
    for row in claimed:
        try:
            installation.database.background(lambda s, row=row: _advance(s, row, road), actor=ACTOR)  # type: ignore[misc]
        except Exception:
            log.exception("escalation.failed", escalation=row.id)
    return len(claimed) == BATCH


def _due(session: Session) -> ColumnElement[bool]:
    now = clock.now(session)
    running: ColumnElement[bool] = chains.c.state == EscalationState.RUNNING
    return running & (chains.c.due_at <= now) & claims.free(chains, now)


def _waiting(installation: Installation) -> bool:
    """Whether any chain is due: a look without the write lock, for this cycle comes round often and mostly finds nothing."""
    with installation.database.read() as session:
        return bool(session.scalar(select(exists().select_from(chains).where(_due(session)))))


def _claim(session: Session) -> Sequence[Row[Any]]:
    order = [chains.c.tier, chains.c.due_at, chains.c.id]
    return claims.claim(session, chains, _due(session), order=order, limit=BATCH, lease=LEASE)


def _advance(session: Session, row: Row[Any], road: service.Road) -> None:
    """Page one claimed chain; if it was answered, stopped or taken since, there is nothing to do."""
    mine = select(Escalation).where(Escalation.id == row.id, Escalation.fence == row.fence)
    chain = session.scalar(mine.where(Escalation.state == EscalationState.RUNNING).with_for_update())
    if chain is not None:
        service.advance(session, chain, road)
        chain.lease_until = None
