"""What is asked of whoever opens, answers or decides a joint assessment, over JSON and from forms alike."""

from typing import Annotated, Literal

from pydantic import Field

from command.incidents.actions_api import Act
from command.incidents.api import Name, Strict, Users, Words
from command.incidents.joint.opinions import Opinion
from playbooks.schema import Kind

Harm = Literal["low", "medium", "high", "very_high"]
Confidence = Literal["low", "medium", "high"]
FaultClass = Literal["hardware", "software", "network", "service"]
CauseClass = Literal[
    "power", "fibre", "equipment", "software", "third_party", "weather", "attack", "overload", "human", "unknown"
]
TierNumber = Annotated[int, Field(ge=1, le=4)]


class OpenIn(Act):
    """Which departments (default: those of the plan), within how many minutes, and what they should look at (`reason`)."""

    departments: Annotated[list[Name], Field(max_length=20)] = []
    minutes: Annotated[int, Field(ge=5, le=1440)] | None = None


class OpinionIn(Strict):
    """Nature (`kind`, fault and cause class), scope (codes of areas and services, users) and harm, and the tier that follows."""

    kind: Kind
    harm: Harm
    tier: TierNumber
    fault_class: FaultClass | None = None
    cause_class: CauseClass | None = None
    areas: Annotated[list[Name], Field(max_length=50)] = []
    services: Annotated[list[Name], Field(max_length=63)] = []
    users: Users | None = None


class ViewIn(OpinionIn):
    """A department's view, how sure it is, and why."""

    department: Name
    confidence: Confidence = "medium"
    note: Words = ""


class DecideIn(OpinionIn):
    """What was decided. `reason` is needed where the tier is not the one that the views suggest; `override` as for every action."""

    reason: Words = ""
    override: bool = False


def opinion(body: OpinionIn) -> Opinion:
    """The opinion that a body holds."""
    names = ("harm", "tier", "fault_class", "cause_class", "users")
    plain = {name: getattr(body, name) for name in names}
    areas, services = tuple(dict.fromkeys(body.areas)), tuple(dict.fromkeys(body.services))
    confidence = body.confidence if isinstance(body, ViewIn) else "medium"
    return Opinion(kind=body.kind.value, areas=areas, services=services, confidence=confidence, **plain)
