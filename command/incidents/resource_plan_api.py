"""The plan across incidents over JSON: who should get what, and accepting lines of it."""

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from command.incidents import resource_plan
from command.incidents.api import Strict, Words
from command.incidents.resource_plan import Chosen
from command.incidents.resource_plan_views import GiftOut, ResourcePlanOut, lines_out, plan_out
from command.people.access import access, here, principal, unit
from command.people.language import language
from command.resources.planning import Line

api = APIBlueprint("resource_plan_api", __name__, url_prefix="/api/v1/resources/plan", tag="Resource requests")

Key = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\d{1,18}\.(stock|out|drill)-\d{1,18}$")]
Version = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9a-f]{16}$")]


class PlanIn(Strict):
    """`exercise`: the plan of drills, which are apart from real events."""

    exercise: bool = False


class ChosenIn(Strict):
    """A line of the plan and the version it was read with; `preempt` confirms that it takes from a lower tier."""

    line: Key
    version: Version
    preempt: bool = False


class AcceptIn(Strict):
    """Lines to accept, all of them or nothing. Pre-emption takes a `reason`; `override` acts on one's own word, which is reviewed."""

    lines: Annotated[list[ChosenIn], Field(min_length=1, max_length=500)]
    exercise: bool = False
    override: bool = False
    reason: Words = ""


class AcceptedOut(BaseModel):
    """What was done, a line each."""

    items: list[GiftOut]


@api.get("")
@api.input(PlanIn, location="query")
@api.output(ResourcePlanOut)
@access("read")
def shown(query_data: PlanIn) -> Any:
    """The plan that serves the highest tiers first, with the least time to arrive. It changes nothing."""
    return read(query_data.exercise)


def read(exercise: bool) -> ResourcePlanOut:
    """The plan as it stands, for whoever asks."""
    with here().database.read() as session:
        plan = resource_plan.proposed(session, principal(), exercise=exercise)
        return plan_out(session, plan, language(), exercise=exercise)


@api.post("/accept")
@api.input(AcceptIn)
@api.output(AcceptedOut)
@access("manage_resources")
def accept(json_data: AcceptIn) -> Any:
    """Hold what the lines say for their requests; refused (409 `stale-plan`) where the plan is another by now."""
    return accepted(json_data)


def accepted(given: AcceptIn) -> AcceptedOut:
    """Accept lines as a body says."""
    who, tongue = principal(), language()
    chosen = [Chosen(each.line, each.version, each.preempt) for each in given.lines]

    def work(session: Session) -> AcceptedOut:
        done: list[Line] = resource_plan.accept(
            session, chosen, who, exercise=given.exercise, override=given.override, reason=given.reason
        )
        return AcceptedOut(items=lines_out(session, done, tongue))

    return unit(work)
