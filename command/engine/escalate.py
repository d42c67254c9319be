"""The cycle that pages the steps that are due. A chain is claimed, so two engines never page the same step twice."""

from datetime import timedelta

from sqlalchemy.orm import Session

from command.core import claims, clock
from command.core.installation import Installation
from command.oncall import links, service
from command.oncall.models import Escalation, EscalationState

BATCH = 20
LEASE = timedelta(seconds=30)


def run_once(installation: Installation) -> bool:
    """Advance the chains that are due; True when there may be more."""
    link = links.maker(installation)

    def work(session: Session) -> int:
        table = Escalation.__table__
        due = (table.c.state == EscalationState.RUNNING) & (table.c.due_at <= clock.now(session))
        claimed = claims.claim(
            session,
            table,
            due,
            order=[table.c.tier, table.c.due_at],
            limit=BATCH,
            lease=LEASE,  # type: ignore[arg-type]
        )
        for row in claimed:
            service.advance(session, session.get_one(Escalation, row.id, populate_existing=True), link)
        return len(claimed)

    return installation.database.background(work, actor="system:escalate") == BATCH
