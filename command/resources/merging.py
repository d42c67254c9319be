"""What a merge of incidents does with what they asked for: the requests of one, with all that was taken for them, are the other's."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from command.core import journal
from command.resources.entries import PassedOn
from command.resources.models import ResourceAllocation, ResourceRequest
from command.resources.requests import Purpose
from command.resources.states import OVER

_STILL_OUT = ResourceAllocation.quantity - ResourceAllocation.back - ResourceAllocation.used - ResourceAllocation.lost


def pass_on(session: Session, child_id: int, child: str, into: Purpose) -> None:
    """The open requests of an incident that is merged go on for the one it is merged into, at its tier. Counts stay as they are, for what
    is out belongs to its request. It is on both records."""
    mine = select(ResourceRequest.id).where(ResourceRequest.incident_id == child_id, ResourceRequest.ended_at.is_(None))
    ids = session.scalars(mine.order_by(ResourceRequest.id).with_for_update()).all()
    if not ids:
        return
    session.execute(
        update(ResourceRequest)
        .where(ResourceRequest.id.in_(ids))
        .values(incident_id=into.incident_id, incident_number=into.number, tier=into.tier, restricted=into.restricted)
        .execution_options(synchronize_session="fetch")
    )
    out = select(func.coalesce(func.sum(_STILL_OUT), 0)).where(
        ResourceAllocation.request_id.in_(ids), ResourceAllocation.state.not_in(OVER)
    )
    payload = PassedOn(other=child, into=into.number, requests=len(ids), out=int(session.scalar(out) or 0))
    for number in (child, into.number):
        journal.record(session, f"incident:{number}", payload, exercise=into.exercise)
