"""Pieces that were set aside go to another request instead: to one of a higher tier, on somebody's decision, or from ahead of need.

They stand as before (held, staged or assigned), for whoever gets them. In the books they go back and out again in one unit of work, so that
no third one gets them in between."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict
from command.people.access import Principal
from command.resources import finding, ledger, requests, telling, upkeep, words
from command.resources.entries import TakenAway, TakenOver
from command.resources.ledger import NOTHING, Cited, Move
from command.resources.models import ResourceAllocation, ResourceRequest, ResourceStock, ResourceUnit
from command.resources.offers import TAKEABLE
from command.resources.states import Bucket, State

ANOTHER = "another"


@dataclass(frozen=True, slots=True)
class Told:
    """What each side's stream says of the reason, and the pool's."""

    loser: Cited
    winner: Cited
    pool: Cited


def preempt(
    session: Session,
    winner: ResourceRequest,
    loser: ResourceRequest,
    allocation_id: int,
    quantity: int,
    by: Principal,
    reason: str,
) -> ResourceAllocation:
    """Give `winner` pieces that were taken for `loser`, of a lower tier; both are locked, the decision is `by` somebody, with a reason, on
    both incidents' streams. Whether they may is looked at above. Raise Invalid or Conflict."""
    finding.reason(reason)
    stock, held = finding.allocation_to_change(session, allocation_id)
    if held.request_id != loser.id or loser.tier <= winner.tier or loser.exercise != winner.exercise:
        raise Conflict(
            N_("This does not serve an incident of a lower tier, or not any more."),
            field="line",
            remedy=N_("Only what serves a lower tier is taken away; look at the plan as it is now."),
            code="stale-plan",
        )
    told = _told(session, winner, loser, reason)
    made = _pass(session, stock, held, winner, quantity, "preempt", told.pool)
    _record(session, stock, held, made, winner, loser, by, told)
    return made


def from_ahead(session: Session, request: ResourceRequest, allocation_id: int, quantity: int) -> ResourceAllocation:
    """Give a locked request pieces that were held or staged ahead of need: all of them, or a part. Raise Conflict."""
    stock, held = finding.allocation_to_change(session, allocation_id)
    if held.request_id is not None or held.exercise != request.exercise or quantity == held.still_out == held.quantity:
        return requests.attach(session, request, allocation_id)
    return _pass(session, stock, held, request, quantity, "let_go", NOTHING)


def _pass(
    session: Session,
    stock: ResourceStock,
    held: ResourceAllocation,
    request: ResourceRequest,
    quantity: int,
    verb: str,
    cited: Cited,
) -> ResourceAllocation:
    """Pieces of something taken, whose rows are locked, become something taken for a request."""
    _may_go(held, quantity)
    requests.does(request, stock)
    requests.may_get(session, request, quantity)
    unit = session.get_one(ResourceUnit, held.unit_id) if held.unit_id else None
    state, now = held.state, clock.now(session)
    _less(session, stock, held, quantity)
    ledger.move(session, stock, Move(verb, Bucket.OUT, Bucket.AVAILABLE, quantity, unit, held.id, held.exercise), cited)
    if unit is not None:
        upkeep.fit(session, unit)
    made = ResourceAllocation(
        stock_id=stock.id,
        unit_id=held.unit_id,
        request_id=request.id,
        quantity=quantity,
        state=state,
        place=held.place if state == State.STAGED else request.place,
        taken_at=now,
        changed_at=now,
        exercise=held.exercise,
    )
    session.add(made)
    session.flush()
    ledger.move(
        session, stock, Move("take", Bucket.AVAILABLE, Bucket.OUT, quantity, unit, made.id, made.exercise), cited
    )
    telling.turned(session, made, stock)
    return made


def _may_go(held: ResourceAllocation, quantity: int) -> None:
    finding.pieces(quantity)
    if State(held.state) not in TAKEABLE:
        raise Conflict(
            N_("This cannot be done now; it is marked: %(state)s."),
            field="line",
            remedy=N_("What is under way or on scene is released first, by whoever has it."),
            code="stale-plan",
            state=words.states([held.state]),
        )
    if quantity > held.still_out:
        raise Conflict(
            N_("%(left)d are there, %(wanted)d were asked for."),
            field="quantity",
            remedy=N_("Look at the plan as it is now."),
            code="stale-plan",
            left=held.still_out,
            wanted=quantity,
        )


def _less(session: Session, stock: ResourceStock, held: ResourceAllocation, quantity: int) -> None:
    """What it was taken from has so many pieces fewer; with none left it is over."""
    held.changed_at = clock.now(session)
    if quantity == held.quantity:
        held.back, held.state, held.place = quantity, State.LET_GO, ""
    else:
        held.quantity -= quantity
        if held.still_out == 0:
            held.state, held.eta_at, held.place = State.RETURNED, None, ""
    session.flush()


def _told(session: Session, winner: ResourceRequest, loser: ResourceRequest, reason: str) -> Told:
    """A reason is not told where a restricted incident's record would become known by it."""
    cited = ledger.said(session, reason)
    return Told(
        loser=cited if loser.restricted or not winner.restricted else NOTHING,
        winner=cited if winner.restricted or not loser.restricted else NOTHING,
        pool=NOTHING if winner.restricted or loser.restricted else cited,
    )


def _record(
    session: Session,
    stock: ResourceStock,
    held: ResourceAllocation,
    made: ResourceAllocation,
    winner: ResourceRequest,
    loser: ResourceRequest,
    by: Principal,
    told: Told,
) -> None:
    away = TakenAway(
        allocation_id=held.id,
        request_id=loser.id,
        resource_id=stock.resource_id,
        quantity=made.quantity,
        other=ANOTHER if winner.restricted else winner.incident_number,
        tier=winner.tier,
        person_id=by.person_id,
        note_id=told.loser.note_id,
        note_hash=told.loser.note_hash,
    )
    telling.record(session, loser, away)
    over = TakenOver(
        allocation_id=made.id,
        request_id=winner.id,
        resource_id=stock.resource_id,
        quantity=made.quantity,
        other=ANOTHER if loser.restricted else loser.incident_number,
        lower_tier=loser.tier,
        person_id=by.person_id,
        note_id=told.winner.note_id,
        note_hash=told.winner.note_hash,
    )
    telling.record(session, winner, over)
