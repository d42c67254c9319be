"""Requests for resources: asked for an incident, approved by the authority table, filled in parts from pools and from elsewhere, closed.

Who may know of the incident is looked at above, where incidents are; here its id, number, tier and area are given."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.core.names import Words
from command.core.problems import N_, Conflict
from command.people import access
from command.people.access import Principal
from command.people.authority import Override
from command.resources import allocation, finding, ledger, telling, words
from command.resources.allocation import Taking
from command.resources.entries import Asked, Closed, Decided
from command.resources.models import ResourceAllocation, ResourceOrder, ResourceRequest, ResourceStock
from command.resources.states import OVER, State, Step, serves

UNDECIDED, APPROVED = "asked", "approved"
LIVE = (UNDECIDED, APPROVED)
"""States of a request that still wants something."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """The incident a request is for, as the room above knows it."""

    incident_id: int
    number: str
    tier: int
    area_id: int | None
    restricted: bool
    exercise: bool


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed: `quantity` pieces of `resource` (code), of capability `type` or a more capable one, by when and where."""

    resource: str
    type: int
    quantity: int
    need_by: datetime
    place: str
    why: str = ""


def ask(session: Session, purpose: Purpose, need: Need, by: Principal) -> ResourceRequest:
    """Ask for resources; the priority is the incident's tier. Raise Invalid."""
    now = clock.now(session)
    resource = finding.resource(session, need.resource)
    cited = ledger.said(session, need.why)
    made = ResourceRequest(
        incident_id=purpose.incident_id,
        incident_number=purpose.number,
        restricted=purpose.restricted,
        exercise=purpose.exercise,
        tier=purpose.tier,
        area_id=purpose.area_id,
        resource_id=resource.id,
        type=need.type,
        quantity=finding.pieces(need.quantity),
        need_by=finding.not_past(need.need_by, now, "need_by"),
        place=finding.words(need.place, "place"),
        note_id=cited.note_id,
        state=UNDECIDED,
        asked_by=by.person_id,
        asked_at=now,
    )
    session.add(made)
    session.flush()
    payload = Asked(
        request_id=made.id,
        resource_id=resource.id,
        type=made.type,
        quantity=made.quantity,
        need_by=made.need_by,
        tier=made.tier,
        note_id=cited.note_id,
        note_hash=cited.note_hash,
    )
    telling.record(session, made, payload)
    return made


def decide(
    session: Session,
    request: ResourceRequest,
    how: Literal["approved", "refused"],
    by: Principal,
    *,
    area_level: str | None = None,
    override: bool = False,
    reason: str = "",
) -> bool:
    """Approve or refuse a locked request. Nobody approves what they asked for themselves, but by override, with a reason; whether it
    was one is returned, for the incident's record. Raise Denied, Invalid or Conflict."""
    _is(request, UNDECIDED)
    own = request.asked_by == by.person_id and how == "approved"
    ruled = access.must(by, "approve_resource", tier=request.tier, area_level=area_level, override=override, own=own)
    overridden = isinstance(ruled, Override)
    if how == "refused" or overridden:
        finding.reason(reason)
    request.state = how
    request.decided_by, request.decided_at = by.person_id, clock.now(session)
    request.ended_at = request.decided_at if how == "refused" else None
    _decided(session, request, how, by, reason)
    return overridden


def cancel(session: Session, request: ResourceRequest, by: Principal, reason: str) -> None:
    """Nothing more is wanted by a locked request; holds that never left are let go. Raise Invalid, or Conflict while something is out."""
    if request.state not in LIVE:
        _is(request, APPROVED)
    finding.reason(reason)
    for held in taken(session, request):
        if held.state == State.HELD:
            allocation.turn(session, held.id, Step.RELEASE)
    _nothing_out(session, request)
    request.state, request.ended_at = "cancelled", clock.now(session)
    _decided(session, request, "cancelled", by, reason)


def close(session: Session, request: ResourceRequest) -> None:
    """A locked request is over: what it got is back, and evaluated. Raise Conflict while something is out or not evaluated."""
    _is(request, APPROVED)
    _nothing_out(session, request)
    if any(held.state == State.RETURNED and held.rating is None for held in taken(session, request)):
        raise Conflict(
            N_("What was used for this request is not evaluated yet."),
            field="state",
            remedy=N_("Evaluate each use; the pools' records depend on it."),
        )
    request.state, request.ended_at = "closed", clock.now(session)
    payload = Closed(
        request_id=request.id,
        resource_id=request.resource_id,
        quantity=request.quantity,
        covered=covered(session, request),
    )
    telling.record(session, request, payload)


def fill(session: Session, request: ResourceRequest, takings: Sequence[Taking]) -> list[ResourceAllocation]:
    """Hold pieces of pools for a locked, approved request: as many as it lacks at most. Raise Invalid or Conflict."""
    for taking in takings:
        finding.pieces(taking.quantity)
        does(request, finding.stock(session, taking.stock_id))
    may_get(session, request, sum(taking.quantity for taking in takings))
    return allocation.take(session, takings, request=request, place=request.place)


def attach(session: Session, request: ResourceRequest, allocation_id: int) -> ResourceAllocation:
    """Give what was held or staged ahead of need to a locked, approved request. Raise Conflict."""
    stock, held = finding.allocation_to_change(session, allocation_id)
    if held.request_id is not None or held.state in OVER or held.exercise != request.exercise:
        raise Conflict(
            N_("This was not taken ahead of need, or not for the same kind of event."),
            field="allocation",
            remedy=N_(
                "Choose something that is held or staged for no incident; drills and real events are kept apart."
            ),
        )
    does(request, stock)
    may_get(session, request, held.quantity)
    held.request_id, held.changed_at = request.id, clock.now(session)
    session.flush()
    telling.turned(session, held, stock)
    return held


def does(request: ResourceRequest, stock: ResourceStock) -> None:
    """Raise Conflict unless a stock has what a request asks for, capable enough."""
    if stock.resource_id != request.resource_id:
        raise Conflict(
            N_("This stock holds another resource than the one asked for."),
            field="stock",
            remedy=N_("Choose a stock of the resource asked for, or ask anew."),
        )
    if not serves(stock.type, request.type):
        raise Conflict(
            N_("Type %(held)d is less capable than type %(asked)d, which was asked for."),
            field="stock",
            remedy=N_("Choose one of this type or a more capable one, or ask anew for a less capable one."),
            held=stock.type,
            asked=request.type,
        )


def may_get(session: Session, request: ResourceRequest, wanted: int) -> None:
    """Raise Conflict unless a locked request is approved and lacks so many pieces."""
    _is(request, APPROVED)
    missing = request.quantity - covered(session, request)
    if wanted > missing:
        raise Conflict(
            N_("%(wanted)d are more than this request lacks: %(missing)d."),
            field="quantity",
            remedy=N_("Take as many as it lacks, or ask for more in another request."),
            code="more-than-asked",
            wanted=wanted,
            missing=max(0, missing),
        )


def taken(session: Session, request: ResourceRequest) -> list[ResourceAllocation]:
    """What was taken for a request, the oldest first."""
    query = select(ResourceAllocation).where(ResourceAllocation.request_id == request.id)
    return list(session.scalars(query.order_by(ResourceAllocation.id)))


def covered(session: Session, request: ResourceRequest) -> int:
    """Pieces that were taken or ordered for a request and not let go or cancelled."""
    return covered_all(session, [request.id]).get(request.id, 0)


def covered_all(session: Session, request_ids: Collection[int]) -> dict[int, int]:
    """The same for many requests; those that have nothing are left out."""
    found: dict[int, int] = {}
    for model, over in ((ResourceAllocation, State.LET_GO), (ResourceOrder, "cancelled")):
        query = (
            select(model.request_id, func.sum(model.quantity))
            .where(model.request_id.in_(request_ids), model.state != over)
            .group_by(model.request_id)
        )
        for request_id, pieces in session.execute(query).tuples():
            if request_id is not None:
                found[request_id] = found.get(request_id, 0) + int(pieces)
    return found


def _nothing_out(session: Session, request: ResourceRequest) -> None:
    out = sum(held.still_out for held in taken(session, request))
    if out:
        raise Conflict(
            N_("%(out)d pieces of this request are still out."),
            field="state",
            remedy=N_("Release what is out and give it back to its pools first."),
            out=out,
        )


def _is(request: ResourceRequest, state: str) -> None:
    if request.state != state:
        raise Conflict(
            N_("This cannot be done now; the request is marked: %(state)s."),
            field="state",
            remedy=N_("Only a request that was just asked is decided on; only an approved one is filled and closed."),
            state=Words((words.REQUESTS[request.state],)),
        )


def _decided(
    session: Session,
    request: ResourceRequest,
    how: Literal["approved", "refused", "cancelled"],
    by: Principal,
    reason: str,
) -> None:
    cited = ledger.said(session, reason)
    request.decision_note_id = cited.note_id
    payload = Decided(
        request_id=request.id,
        resource_id=request.resource_id,
        quantity=request.quantity,
        how=how,
        person_id=by.person_id,
        note_id=cited.note_id,
        note_hash=cited.note_hash,
    )
    telling.record(session, request, payload)


def follow_tier(session: Session, incident_id: int, tier: int) -> None:
    """The priority of an incident's open requests is its tier."""
    session.execute(
        update(ResourceRequest)
        .where(ResourceRequest.incident_id == incident_id, ResourceRequest.state.in_(LIVE))
        .values(tier=tier)
        .execution_options(synchronize_session="fetch")
    )
