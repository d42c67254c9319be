"""Taking from pools and giving back: dispatch, use and what came of it (R11). At any concurrency nothing is given twice (I6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.core.names import Words
from command.core.problems import N_, Conflict, Invalid
from command.people.access import Principal
from command.resources import crew_calls, departures, finding, ledger, telling, upkeep, words
from command.resources.departures import Leaving
from command.resources.ledger import Cited, Move
from command.resources.models import (
    Resource,
    ResourceAllocation,
    ResourceRequest,
    ResourceStock,
    ResourceUnit,
)
from command.resources.states import Bucket, Forbidden, State, Step, after
from command.resources.telling import Returned


@dataclass(frozen=True, slots=True)
class Taking:
    """What is taken: `quantity` counted pieces of a stock, or a unit of it."""

    stock_id: int
    quantity: int = 1
    unit_id: int | None = None


def take(
    session: Session,
    takings: Sequence[Taking],
    *,
    request: ResourceRequest | None = None,
    place: str = "",
    exercise: bool = False,
    note: str = "",
) -> list[ResourceAllocation]:
    """Hold pieces, for a request or ahead of need; all of them or none. Raise Invalid for a unit or stock named twice, Conflict where a
    unit is not there, must not be used, or too few pieces are available."""
    _each_once(takings)
    cited = ledger.said(session, note)
    exercise = request.exercise if request else exercise
    ordered = sorted(takings, key=lambda taking: (taking.stock_id, taking.unit_id or 0))
    return [_take(session, taking, request, place, exercise, cited) for taking in ordered]


def _each_once(takings: Sequence[Taking]) -> None:
    seen: set[tuple[int, int | None]] = set()
    for taking in takings:
        finding.pieces(taking.quantity)
        key = (taking.stock_id, taking.unit_id)
        if key in seen:
            raise Invalid(
                N_("The same unit or stock is asked for twice."),
                field="unit" if taking.unit_id else "stock",
                remedy=N_("Name each once; of counted pieces give the count."),
            )
        seen.add(key)


def _take(
    session: Session, taking: Taking, request: ResourceRequest | None, place: str, exercise: bool, cited: Cited
) -> ResourceAllocation:
    stock = finding.stock_to_change(session, taking.stock_id)
    unit = _unit(session, stock, taking)
    ledger.require(stock, unit, Bucket.AVAILABLE, taking.quantity)
    if unit is not None:
        upkeep.fit(session, unit)
    now = clock.now(session)
    held = ResourceAllocation(
        stock_id=stock.id,
        unit_id=unit.id if unit else None,
        request_id=request.id if request else None,
        quantity=taking.quantity,
        place=masked_words(place.strip()),
        taken_at=now,
        changed_at=now,
        exercise=exercise,
    )
    session.add(held)
    session.flush()
    move = Move("take", Bucket.AVAILABLE, Bucket.OUT, held.quantity, unit, held.id, held.exercise)
    ledger.move(session, stock, move, cited)
    telling.turned(session, held, stock)
    return held


def _unit(session: Session, stock: ResourceStock, taking: Taking) -> ResourceUnit | None:
    if taking.unit_id is not None:
        _, unit = finding.unit_to_change(session, taking.unit_id)
        if unit.stock_id != stock.id or taking.quantity != 1:
            raise Invalid(
                N_("A unit is taken alone, from the stock it belongs to."),
                field="unit",
                remedy=N_("Name the unit's own stock, and leave the count out."),
            )
        return unit
    if session.get_one(Resource, stock.resource_id).serial:
        raise Invalid(
            N_("Each piece of this resource has a serial number."),
            field="unit",
            remedy=N_("Choose which units are to go."),
        )
    return None


def turn(
    session: Session,
    allocation_id: int,
    step: Step,
    *,
    place: str = "",
    eta_at: datetime | None = None,
    note: str = "",
    by_crew: bool = False,
    by: Principal | None = None,
    override: bool = False,
) -> ResourceAllocation:
    """Take a step with something taken; `place` is where it goes or is, `eta_at` when it arrives. A dispatch calls the unit's crew out by
    SMS, unless it is the crew that says so. Where the rooms above refuse one (it is not safe there), `by` may override with the reason
    `note`. Raise Invalid, Conflict or Denied."""
    stock, held = finding.allocation_to_change(session, allocation_id)
    try:
        state = after(State(held.state), step)
    except Forbidden as refused:
        raise _forbidden(refused) from refused
    if step == Step.ASSIGN and held.request_id is None:
        raise Conflict(
            N_("What was taken ahead of need belongs to no incident yet."),
            field="step",
            remedy=N_("Give it to a request of the incident first."),
        )
    if step == Step.DISPATCH and not by_crew:
        departures.ask(session, Leaving(held, stock, by, override, note))
    now = clock.now(session)
    held.eta_at = finding.not_past(eta_at, now, "eta_at") if eta_at and state == State.EN_ROUTE else None
    held.place = masked_words(place.strip()) or held.place
    held.state, held.changed_at = state, now
    cited = ledger.said(session, note)
    if state == State.LET_GO:
        held.back, held.place = held.quantity, ""
        _move_back(session, stock, held, "let_go", Bucket.AVAILABLE, held.quantity, cited)
    elif step == Step.ASSIGN:
        stock.uses += 1
    session.flush()
    telling.turned(session, held, stock)
    if not by_crew:
        crew_calls.follow(session, held, stock)
    departures.tell(session, held, step)
    return held


def _forbidden(refused: Forbidden) -> Conflict:
    if refused.allowed:
        return Conflict(
            N_("This cannot be done now; it is marked: %(state)s."),
            field="step",
            remedy=N_("What can be done now: %(allowed)s."),
            state=words.states([refused.state]),
            allowed=Words(words.STEPS[step] for step in refused.allowed),
        )
    return Conflict(
        N_("This cannot be done now; it is marked: %(state)s."),
        field="step",
        remedy=N_("What is released is given back to its pool; what is back can be taken anew."),
        state=words.states([refused.state]),
    )


def give_back(
    session: Session, allocation_id: int, returned: Returned, note: str = "", *, ready: bool = True
) -> ResourceAllocation:
    """Settle pieces that are out: good ones are available again (in reserve unless `ready`), damaged ones out of service. Once released
    anything can be settled; before, only what was used up or lost. Raise Invalid for a count below zero or none at all, Conflict for
    more than are out."""
    stock, held = finding.allocation_to_change(session, allocation_id)
    _settles(held, returned)
    wants_reason = returned.damaged or returned.lost
    cited = ledger.said(session, finding.reason(note) if wants_reason else note)
    home = Bucket.AVAILABLE if ready else Bucket.IN_RESERVE
    for verb, target, pieces in (
        ("return", home, returned.good),
        ("return", Bucket.OUT_OF_SERVICE, returned.damaged),
        ("use_up", Bucket.USED, returned.used),
        ("lose", Bucket.LOST, returned.lost),
    ):
        if pieces:
            _move_back(session, stock, held, verb, target, pieces, cited)
    held.back += returned.good + returned.damaged
    held.used += returned.used
    held.lost += returned.lost
    held.changed_at = clock.now(session)
    if held.still_out == 0:
        held.state, held.eta_at, held.place = State.RETURNED, None, ""
    session.flush()
    _rest(session, held, returned)
    telling.came_back(session, held, stock, returned, cited)
    return held


def _settles(held: ResourceAllocation, returned: Returned) -> None:
    if min(returned.good, returned.damaged, returned.used, returned.lost) < 0 or returned.total < 1:
        raise Invalid(
            N_("Say how many came back, were used up or lost: whole numbers, at least one in all."),
            field="good",
            remedy=N_("Write 0 where there were none."),
        )
    if returned.total > held.still_out:
        raise Conflict(
            N_("%(given)d are given back, %(out)d are out."),
            field="good",
            remedy=N_("Give back what was taken; pieces from elsewhere come in as received."),
            code="more-than-taken",
            given=returned.total,
            out=held.still_out,
        )
    if held.state != State.RELEASED and returned.good + returned.damaged:
        raise Conflict(
            N_("This is not released yet."),
            field="good",
            remedy=N_("Release it first; what was used up or lost can be said before."),
            code="not-released",
        )


def _move_back(
    session: Session,
    stock: ResourceStock,
    held: ResourceAllocation,
    verb: str,
    target: Bucket,
    pieces: int,
    cited: Cited,
) -> None:
    unit = session.get_one(ResourceUnit, held.unit_id) if held.unit_id else None
    ledger.move(session, stock, Move(verb, Bucket.OUT, target, pieces, unit, held.id, held.exercise), cited)


def _rest(session: Session, held: ResourceAllocation, returned: Returned) -> None:
    """What a unit's record says after its use: its condition, and how long its people rest."""
    if held.unit_id is None:
        return
    unit = session.get_one(ResourceUnit, held.unit_id)
    if returned.damaged:
        unit.condition = "damaged"
    hours = session.get_one(Resource, unit.resource_id).rest_hours
    if hours and returned.good:
        unit.rest_until = clock.now(session) + timedelta(hours=hours)
    session.flush()


def rate(
    session: Session, allocation_id: int, rating: int, *, condition: str = "", note: str = ""
) -> ResourceAllocation:
    """Evaluate the use of something released or returned: 1 (poor) to 5, and the `condition` its unit is in (good or worn). Once. Raise
    Invalid or Conflict."""
    stock, held = finding.allocation_to_change(session, allocation_id)
    if held.state not in (State.RELEASED, State.RETURNED):
        raise Conflict(
            N_("What is still in use is not evaluated."),
            field="rating",
            remedy=N_("Release it first, then say how it served."),
        )
    if held.rating is not None:
        raise Conflict(
            N_("This use has been evaluated."), field="rating", remedy=N_("Say more in a comment on the incident.")
        )
    if not 1 <= rating <= 5:
        raise Invalid(N_("A rating is 1 to 5."), field="rating", remedy=N_("Write 1 for poor, 5 for excellent."))
    cited = ledger.said(session, note)
    held.rating, held.rating_note_id = rating, cited.note_id
    if condition and held.unit_id is not None:
        unit = session.get_one(ResourceUnit, held.unit_id)
        unit.condition = unit.condition if unit.condition == "damaged" else condition
    session.flush()
    telling.rated(session, held, stock, cited)
    return held
