"""The status board and what is out, over JSON: take ahead of need, stage, assign, dispatch, check in, release, give back, evaluate."""

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy.orm import Session

from command.core.problems import N_, NotFound
from command.people.access import access, here, principal, unit
from command.people.language import language
from command.resources import allocation, finding, reading, recalling, views
from command.resources.allocation import Taking
from command.resources.asked import FilterIn, Found, Maybe, Pieces, Strict, Words, wanted
from command.resources.models import ResourceAllocation
from command.resources.states import Step
from command.resources.telling import Returned
from command.resources.views import AllocationOut

api = APIBlueprint("resource_out_api", __name__, url_prefix="/api/v1/resources", tag="Resources")

Id = Annotated[int, Field(ge=1, le=2**62)]


class TakingIn(Strict):
    """Counted pieces of a `stock`, or a `unit` with its stock."""

    stock: Id
    quantity: Pieces = 1
    unit: Id | None = None


class TakeIn(Strict):
    """What is held ahead of need, all of it or nothing, and where it is to go."""

    take: Annotated[list[TakingIn], Field(min_length=1, max_length=200)]
    place: Maybe = ""
    exercise: bool = False
    note: Words = ""


class StepIn(Strict):
    """Where it goes or is, and for a dispatch when it arrives. `override`: send a crew against a no-go, for the reason `note`."""

    place: Maybe = ""
    eta_at: AwareDatetime | None = None
    note: Words = ""
    override: bool = False


class ReturnIn(Strict):
    """Pieces that came back good or damaged, were used up or lost. Good ones are in reserve unless `ready`. Damage and loss take a note."""

    good: Found = 0
    damaged: Found = 0
    used: Found = 0
    lost: Found = 0
    ready: bool = True
    note: Words = ""


class RecallIn(Strict):
    """Why the drill has to do without it."""

    note: Words = ""


class RateIn(Strict):
    """What the use was worth, 1 (poor) to 5, and the condition of the unit."""

    rating: Annotated[int, Field(ge=1, le=5)]
    condition: Literal["", "good", "worn"] = ""
    note: Words = ""


class OutListIn(FilterIn):
    """Filters; `state` is a column of the status board."""

    state: Literal["held", "staged", "assigned", "en_route", "on_scene", "released", "in_drill"] | None = None


class AllocationsOut(BaseModel):
    items: list[AllocationOut]
    next: None = None


def takings(given: list[TakingIn]) -> list[Taking]:
    """What a body asks for."""
    return [Taking(each.stock, each.quantity, each.unit) for each in given]


@api.get("/out")
@api.input(OutListIn, location="query")
@api.output(AllocationsOut)
@access("read")
def listed(query_data: OutListIn) -> Any:
    """What is out, the latest change first, up to `limit`."""
    with here().database.read() as session:
        found = reading.out(session, reading.stocks(session, wanted(query_data)))
        items = [views.allocation_out(each, language()) for each in found]
    shown = [each for each in items if query_data.state in (None, each.card)]
    return AllocationsOut(items=shown[: query_data.limit])


@api.post("/out")
@api.input(TakeIn)
@api.output(AllocationsOut, status_code=201)
@access("manage_resources")
def take(json_data: TakeIn) -> Any:
    """Hold pieces ahead of need. For a request of an incident use its `fill`."""
    given, tongue = json_data, language()

    def work(session: Session) -> AllocationsOut:
        held = allocation.take(
            session, takings(given.take), place=given.place, exercise=given.exercise, note=given.note
        )
        return AllocationsOut(items=shown(session, held, tongue))

    return unit(work)


def shown(session: Session, held: list[ResourceAllocation], tongue: str) -> list[AllocationOut]:
    """What was taken, as JSON shows it."""
    return [views.allocation_out(each, tongue) for each in reading.joined(session, held)]


def changed(work: Any) -> AllocationOut:
    """Do something with what was taken and answer with what became of it."""
    tongue = language()
    return unit(lambda session: shown(session, [work(session)], tongue)[0])


@api.get("/out/<int:allocation_id>")
@api.output(AllocationOut)
@access("read")
def one(allocation_id: int) -> Any:
    """Something taken, over or not."""
    with here().database.read() as session:
        return shown(session, [finding.allocation(session, allocation_id)], language())[0]


@api.post("/out/<int:allocation_id>/actions/<step>")
@api.input(StepIn)
@api.output(AllocationOut)
@access("manage_resources")
def turn(allocation_id: int, step: str, json_data: StepIn) -> Any:
    """`step` is stage, assign, dispatch, check_in or release."""
    return turned(allocation_id, named(step), json_data)


def turned(allocation_id: int, step: Step, given: StepIn) -> AllocationOut:
    """Take a step as a body says."""
    who = principal()
    return changed(
        lambda session: allocation.turn(
            session,
            allocation_id,
            step,
            place=given.place,
            eta_at=given.eta_at,
            note=given.note,
            by=who,
            override=given.override,
        )
    )


def named(step: str) -> Step:
    """A step by its name in an address; raise NotFound."""
    try:
        return Step(step)
    except ValueError:
        raise NotFound(
            N_("There is nothing at this address."), remedy=N_("Use one of: %(turns)s."), turns=", ".join(Step)
        ) from None


@api.post("/out/<int:allocation_id>/actions/return")
@api.input(ReturnIn)
@api.output(AllocationOut)
@access("manage_resources")
def give_back(allocation_id: int, json_data: ReturnIn) -> Any:
    """Settle pieces that are out; more than were taken is refused."""
    given = json_data
    returned = Returned(given.good, given.damaged, given.used, given.lost)
    return changed(
        lambda session: allocation.give_back(session, allocation_id, returned, given.note, ready=given.ready)
    )


@api.post("/out/<int:allocation_id>/actions/recall")
@api.input(RecallIn)
@api.output(AllocationOut)
@access("manage_resources")
def recall(allocation_id: int, json_data: RecallIn) -> Any:
    """Take something back from a drill: it is available at once. Refused (409) for what a real event has."""
    note = json_data.note
    return changed(lambda session: recalling.recall(session, allocation_id, note))


@api.post("/out/<int:allocation_id>/actions/rate")
@api.input(RateIn)
@api.output(AllocationOut)
@access("manage_resources")
def rate(allocation_id: int, json_data: RateIn) -> Any:
    """Evaluate a use, once it is released."""
    given = json_data
    return changed(
        lambda session: allocation.rate(
            session, allocation_id, given.rating, condition=given.condition, note=given.note
        )
    )
