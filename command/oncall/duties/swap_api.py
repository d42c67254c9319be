"""Swaps over HTTP: proposing, accepting, declining, withdrawing."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.oncall.duties import asked, schedules, swaps
from command.oncall.duties.asked import Instant, NothingIn, PersonOut, Strict, Username, person_out
from command.oncall.duties.plan_models import DutySwap, SwapState
from command.oncall.duties.swaps import Time
from command.oncall.models import Schedule
from command.people.access import access, here, principal, unit
from command.people.models import Person

api = APIBlueprint("swaps", __name__, url_prefix="/api/v1", tag="On call")


class TimeIO(Strict):
    """From `start` (inclusive) to `end` (exclusive)."""

    start: Instant
    end: Instant


class SwapIn(Strict):
    """`person` (a username) would take what one holds in `given`, for what they hold in `taken`."""

    person: Username
    given: TimeIO
    taken: TimeIO


class TurnOut(BaseModel):
    start: datetime
    end: datetime


class SwapOut(BaseModel):
    """`other` takes `given`, the proposer `taken`."""

    id: int
    schedule: str
    proposer: PersonOut
    other: PersonOut
    given: TurnOut
    taken: TurnOut
    state: SwapState


class SwapList(BaseModel):
    items: list[SwapOut]
    next: None = None


@api.get("/swaps")
@api.output(SwapList)
@access("read")
def my_swaps() -> dict[str, Any]:
    """One's own swaps that wait for an answer, proposed or asked for."""
    with here().database.read() as session:
        return {"items": [_out(session, each) for each in swaps.open_of(session, principal().person_id)]}


@api.post("/schedules/<code>/swaps")
@api.input(SwapIn)
@api.output(SwapOut, status_code=201)
@access("read")
def propose(code: str, json_data: SwapIn) -> SwapOut:
    """Propose a swap of one's own turn; the other is told."""
    who, given, taken = principal(), json_data.given, json_data.taken

    def work(session: Session) -> SwapOut:
        other = asked.person(session, json_data.person)
        turns = Time(given.start, given.end), Time(taken.start, taken.end)
        return _out(session, swaps.propose(session, schedules.find(session, code), other, *turns, who))

    return unit(work)


@api.post("/swaps/<int:swap_id>/actions/<action>")
@api.input(NothingIn)
@api.output(SwapOut)
@access("read")
def settle(swap_id: int, action: str, json_data: NothingIn) -> SwapOut:
    """`action` is accept, decline or withdraw: agree to a swap (two overrides, both or none), do not, or take back one's own."""
    who, verb = principal(), swaps.settling(action)
    return unit(lambda session: _out(session, verb(session, swap_id, who)))


def _out(session: Session, swap: DutySwap) -> SwapOut:
    return SwapOut(
        id=swap.id,
        schedule=session.get_one(Schedule, swap.schedule_id).code,
        proposer=person_out(session.get_one(Person, swap.proposer_id)),
        other=person_out(session.get_one(Person, swap.other_id)),
        given=TurnOut(start=swap.given_start, end=swap.given_end),
        taken=TurnOut(start=swap.taken_start, end=swap.taken_end),
        state=SwapState(swap.state),
    )
