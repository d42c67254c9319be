"""What the addresses of risks take."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from command.resources.asked import Code, Maybe, Name, Strict, Words
from command.risks.facts import MOST_MEASURES, Facts, Measure
from command.risks.models import State
from command.risks.rating import Level
from command.risks.reading import Wanted
from playbooks.schema import Kind

Scale = Annotated[int, Field(ge=1, le=5)]
Months = Annotated[int, Field(ge=1, le=60)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class ListIn(Strict):
    """Filters; without `state` the retired ones are left out. The greatest risks come first."""

    state: State | None = None
    kind: Kind | None = None
    level: Level | None = None
    area: Maybe = ""
    q: Maybe = ""
    overdue: Literal["0", "1"] = "0"


class MeasureIn(Strict):
    """A counter-measure; `owner` is a username."""

    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
    owner: Maybe = ""
    due_on: date | None = None
    done_on: date | None = None


class FactsIn(Strict):
    """All that is said of a risk; what is left out is empty. A name in one language at least; `residual_…`: with the measures done (left
    out: the same); `areas` and `elements` by code and name, `plan` a playbook's code, `drill_months` null: it is not drilled."""

    name_zh: Title = ""
    name_en: Title = ""
    words_zh: Words = ""
    words_en: Words = ""
    kind: Kind
    areas: Annotated[list[Name], Field(min_length=1, max_length=50)]
    elements: Annotated[list[Name], Field(max_length=200)] = []
    likelihood: Scale
    impact: Scale
    residual_likelihood: Scale | None = None
    residual_impact: Scale | None = None
    sign_zh: Title = ""
    sign_en: Title = ""
    watched_at: Title = ""
    measures: Annotated[list[MeasureIn], Field(max_length=MOST_MEASURES)] = []
    plan: Maybe = ""
    scenarios: Annotated[list[Code], Field(max_length=20)] = []
    owner: Name
    review_months: Months = 12
    drill_months: Months | None = 12


class AddIn(FactsIn):
    """A new risk; `reviewed_on` and `drilled_on` say when that was done last, before it came into the register."""

    code: Code
    reviewed_on: date | None = None
    drilled_on: date | None = None


class ChangeIn(FactsIn):
    """`version` as it was read: what somebody changed since is not lost."""

    version: Annotated[int, Field(ge=1)] | None = None


class SaidIn(Strict):
    words: Words = ""


class TurnIn(Strict):
    """Into which state; occurred takes the number of its `incident`, retired a `reason`."""

    state: State
    incident: Maybe = ""
    reason: Words = ""


def facts(asked: FactsIn) -> Facts:
    """What was said."""
    values: dict[str, Any] = {name: getattr(asked, name) for name in FactsIn.model_fields}
    measures = tuple(Measure(**each.model_dump()) for each in asked.measures)
    return Facts(**values | {"kind": asked.kind.value, "measures": measures})


def wanted(asked: ListIn) -> Wanted:
    """The filters as the register takes them."""
    kind = asked.kind.value if asked.kind else ""
    return Wanted(asked.state, kind, asked.level, asked.area, asked.q, asked.overdue == "1")
