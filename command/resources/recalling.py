"""What an exercise took is free again at once: for a real event, or because the exercise is over. Nobody has to check it in, and its people
do not rest for it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict
from command.resources import crew_calls, finding, ledger, requests, telling
from command.resources.entries import Closed
from command.resources.ledger import Move
from command.resources.models import Resource, ResourceAllocation, ResourceRequest, ResourceUnit
from command.resources.states import OVER, Bucket, State
from command.resources.telling import Returned


def recall(session: Session, allocation_id: int, note: str = "") -> ResourceAllocation:
    """Bring all pieces of something that an exercise took back to their pool, fit for use, wherever they are; an SMS to its crew that has
    not left does not any more. Raise NotFound, or Conflict
    for what a real event has and for what is back already."""
    stock, held = finding.allocation_to_change(session, allocation_id)
    if not held.exercise or held.state in OVER:
        raise Conflict(
            N_("This is not out for an exercise."),
            field="allocation",
            remedy=N_("Look at where it is now; what a real event has is released by whoever has it."),
            code="not-in-drill",
        )
    left, cited = held.still_out, ledger.said(session, note)
    unit = session.get_one(ResourceUnit, held.unit_id) if held.unit_id else None
    move = Move("return", Bucket.OUT, Bucket.AVAILABLE, left, unit, held.id, held.exercise)
    ledger.move(session, stock, move, cited)
    held.back += left
    held.state = State.LET_GO if held.state == State.HELD else State.RETURNED
    held.eta_at, held.place, held.changed_at = None, "", clock.now(session)
    session.flush()
    telling.came_back(session, held, stock, Returned(good=left), cited)
    crew_calls.follow(session, held, stock)
    return held


def recall_all(session: Session, incident_ids: Collection[int], note: str = "") -> int:
    """Bring back all that exercise incidents have, and close what they still ask for; return how many units and lots came back."""
    wanted = select(ResourceRequest.id).where(
        ResourceRequest.incident_id.in_(incident_ids), ResourceRequest.exercise, ResourceRequest.ended_at.is_(None)
    )
    back = 0
    for request_id in session.scalars(wanted.order_by(ResourceRequest.id)).all():
        request = finding.request_to_change(session, request_id)
        for held in requests.taken(session, request):
            if held.state not in OVER:
                recall(session, held.id, note)
                back += 1
        request.state, request.ended_at = "closed", clock.now(session)
        told = Closed(
            request_id=request.id,
            resource_id=request.resource_id,
            quantity=request.quantity,
            covered=requests.covered(session, request),
        )
        telling.record(session, request, told)
    return back


@dataclass(frozen=True, slots=True)
class InDrill:
    """Something that exercise incidents have: what, how many, how far it has come."""

    allocation_id: int
    incident: str
    resource_zh: str
    resource_en: str
    serial: str | None
    quantity: int
    state: str


def out(session: Session, incident_ids: Collection[int]) -> list[InDrill]:
    """All that exercise incidents have now, the first taken first."""
    query = (
        select(
            ResourceAllocation, ResourceRequest.incident_number, Resource.name_zh, Resource.name_en, ResourceUnit.serial
        )
        .join(ResourceRequest, ResourceRequest.id == ResourceAllocation.request_id)
        .join(Resource, Resource.id == ResourceRequest.resource_id)
        .join(ResourceUnit, ResourceUnit.id == ResourceAllocation.unit_id, isouter=True)
        .where(
            ResourceRequest.incident_id.in_(incident_ids),
            ResourceAllocation.exercise,
            ResourceAllocation.state.not_in(OVER),
        )
    )
    return [
        InDrill(held.id, number, zh, en, serial, held.still_out, held.state)
        for held, number, zh, en, serial in session.execute(query.order_by(ResourceAllocation.id)).tuples()
    ]
