"""What the stream of escalation policies keeps: who changed which, and what it says from then on."""

from typing import Any

from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.journal import Payload

STREAM = "policies"


class PolicySet(Payload, kind="policy.set"):
    """A policy as it is from now on. `open_gaps` are the spans in which a step reaches nobody, known and accepted."""

    policy_id: int
    version: int
    department: str
    tier: int | None
    area_code: str | None
    steps: list[dict[str, Any]]
    repeat: int
    open_gaps: int


class PolicyRemoved(Payload, kind="policy.removed"):
    policy_id: int
    version: int


def record(session: Session, payload: Payload) -> None:
    """Record an entry in this month's stream of policies."""
    journal.record(session, journal.month(STREAM, clock.now(session)), payload)
