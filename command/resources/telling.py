"""What the incident that something serves learns of it, on its own stream. What is taken ahead of need is on its pool's alone."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from command.core import journal
from command.core.journal import Payload
from command.resources.entries import CameBack, Rated, Turned
from command.resources.ledger import Cited
from command.resources.models import ResourceAllocation, ResourceRequest, ResourceStock
from command.resources.states import State


@dataclass(frozen=True, slots=True)
class Returned:
    """What came of pieces that were out: `good` and `damaged` ones are back, the others were `used` up or `lost`."""

    good: int = 0
    damaged: int = 0
    used: int = 0
    lost: int = 0

    @property
    def total(self) -> int:
        return self.good + self.damaged + self.used + self.lost


def record(session: Session, request: ResourceRequest, payload: Payload) -> None:
    """Record an entry on the stream of a request's incident."""
    journal.record(session, f"incident:{request.incident_number}", payload, exercise=request.exercise)


def turned(session: Session, held: ResourceAllocation, stock: ResourceStock) -> None:
    """It was taken, or took a step."""
    if held.request_id is None:
        return
    payload = Turned(
        allocation_id=held.id,
        request_id=held.request_id,
        resource_id=stock.resource_id,
        quantity=held.quantity,
        state=State(held.state),
        eta_at=held.eta_at,
    )
    record(session, session.get_one(ResourceRequest, held.request_id), payload)


def came_back(
    session: Session, held: ResourceAllocation, stock: ResourceStock, returned: Returned, cited: Cited
) -> None:
    """Pieces of it were settled."""
    if held.request_id is None:
        return
    payload = CameBack(
        allocation_id=held.id,
        request_id=held.request_id,
        resource_id=stock.resource_id,
        good=returned.good,
        damaged=returned.damaged,
        used=returned.used,
        lost=returned.lost,
        note_id=cited.note_id,
        note_hash=cited.note_hash,
    )
    record(session, session.get_one(ResourceRequest, held.request_id), payload)


def rated(session: Session, held: ResourceAllocation, stock: ResourceStock, cited: Cited) -> None:
    """Its use was evaluated."""
    if held.request_id is None or held.rating is None:
        return
    payload = Rated(
        allocation_id=held.id,
        request_id=held.request_id,
        resource_id=stock.resource_id,
        rating=held.rating,
        note_id=cited.note_id,
        note_hash=cited.note_hash,
    )
    record(session, session.get_one(ResourceRequest, held.request_id), payload)
