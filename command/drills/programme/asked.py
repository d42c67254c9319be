"""What plans, series and freezes look like coming in, over HTTP or from a page's form."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, field_validator
from werkzeug.datastructures import MultiDict

from command.drills.models import Late
from command.drills.programme import planning, rhythms
from command.drills.programme.freezing import MOST_AREAS, FreezeDraft
from command.drills.programme.planning import Draft
from command.drills.programme.programmes import SeriesDraft
from command.drills.programme.series import LONGEST_RULE
from command.drills.programme.series_models import OnClosed
from command.oncall.duties.asked import Strict
from playbooks.scenario import Mode
from playbooks.tasks import Department

Code = Annotated[str, Field(min_length=1, max_length=64)]
Target = Annotated[str, Field(min_length=1, max_length=80)]
Targets = Annotated[list[Target], Field(max_length=100)]
Reason = Annotated[str, Field(max_length=2000)]
PART = "parts."


class _CommonIn(Strict):
    """`parts`: targets by role of the scenario, `controller` or `evaluator`: `schedule:<code>`, `post:<post>`, `group:<code>`,
    `department:<code>`, `person:<username>`. `supervisors`: two usernames. `departments` and `duration_minutes` left out are the
    scenario's. One that is not `announced` its trainer and supervisors alone see before it begins."""

    name: Annotated[str, Field(min_length=1, max_length=planning.LONGEST_NAME)]
    scenario: Code
    mode: Mode
    area: Code
    zone: Code
    supervisors: Annotated[list[Code], Field(max_length=10)]
    parts: Annotated[dict[Code, Targets], Field(max_length=50)]
    departments: Annotated[list[Department], Field(max_length=len(Department))] = []
    duration_minutes: Annotated[int, Field(ge=5, le=planning.LONGEST_MINUTES)] | None = None
    announced: bool = True
    window_days: Annotated[int, Field(ge=0, le=planning.LONGEST_WINDOW)] = 7
    late: Late = Late.MISS
    grace_minutes: Annotated[int, Field(ge=0, le=planning.LONGEST_GRACE)] = 15


class PlanIn(_CommonIn):
    """`due_at` has no zone: it is on the wall clock of `zone`. With a `freeze_reason` it may lie inside a freeze."""

    due_at: datetime
    freeze_reason: Reason = ""

    def draft(self) -> Draft:
        """As the verb takes it."""
        return Draft(**self.model_dump())


class SeriesIn(_CommonIn):
    """`starts` has no zone: it is the first time, on the wall clock of `zone`. `rule`: an RRULE (RFC 5545) of days, without times; empty:
    once. `on_closed`: what becomes of a time on a holiday or in a freeze."""

    starts: datetime
    rule: Annotated[str, Field(max_length=LONGEST_RULE)] = ""
    on_closed: OnClosed = OnClosed.MOVE

    def draft(self) -> SeriesDraft:
        """As the verb takes it."""
        given = self.model_dump(exclude={"version"})
        return SeriesDraft(**given)


class ChangeIn(SeriesIn):
    """`version`: the one that was read."""

    version: Annotated[int, Field(ge=1)]


class FreezeIn(Strict):
    """Times without a zone, on the wall clock of `zone`; `areas` by code, none: everywhere."""

    from_at: datetime
    until_at: datetime
    zone: Code
    reason: Reason
    areas: Annotated[list[Code], Field(max_length=MOST_AREAS)] = []

    def draft(self) -> FreezeDraft:
        """As the verb takes it."""
        return FreezeDraft(**self.model_dump())


class ReasonIn(Strict):
    reason: Reason


class MoveIn(ReasonIn):
    """`due_at` has no zone: it is on the wall clock of `zone`."""

    due_at: datetime
    zone: Code


class YearIn(Strict):
    """`year`: this one where it is left out."""

    year: Annotated[int, Field(ge=2000, le=2199)] | None = None

    @field_validator("year", mode="before")
    @classmethod
    def _given(cls, value: Any) -> Any:
        return None if value == "" else value


def typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """The values a series' form holds, as SeriesIn reads them; empty numbers are left out, so that each is refused at its own field."""
    plain = ("name", "scenario", "mode", "area", "zone", "starts", "on_closed", "late")
    given: dict[str, Any] = {key: form.get(key, "").strip() for key in plain}
    given["supervisors"] = [each.strip() for each in form.getlist("supervisors") if each.strip()]
    given["departments"] = form.getlist("departments")
    given["announced"] = form.get("announced", "yes") == "yes"
    given["parts"] = parts(form)
    given["rule"] = rhythms.rule_of(form.get("rhythm", "own"), given["starts"], form.get("rule", ""))
    for key in ("duration_minutes", "window_days", "grace_minutes", "version"):
        if form.get(key, "").strip():
            given[key] = form[key].strip()
    return given


def parts(form: MultiDict[str, str]) -> dict[str, list[str]]:
    """Targets by part, from fields named `parts.<part>`."""
    return {key[len(PART) :]: [each for each in form.getlist(key) if each] for key in form if key.startswith(PART)}
