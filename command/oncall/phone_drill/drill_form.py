"""What a plan of a drill looks like coming in, over HTTP or from the page's form."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from werkzeug.datastructures import MultiDict

from command.oncall.duties.asked import Strict
from command.oncall.phone_drill.drill_models import By, Every
from command.oncall.phone_drill.plans import LONGEST_WAIT, WAIT_MINUTES, Draft

MOST_TARGETS = 100
Target = Annotated[str, Field(min_length=1, max_length=80)]


class DrillIn(Strict):
    """`targets`: `schedule:<code>` (its members), `post:<post>`, `group:<code>`, `department:<code>`, `person:<username>`. `starts` is a
    time without a zone, on the wall clock of `zone` (an IANA name). `every`: once, weekly, or monthly on the same weekday of the same week.
    `by`: record (the number on record) or order (each person's ways that exercises may take, in their order). `said` goes out with the
    text."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    targets: Annotated[list[Target], Field(min_length=1, max_length=MOST_TARGETS)]
    starts: datetime
    zone: Annotated[str, Field(min_length=1, max_length=64)]
    every: Every = Every.ONCE
    by: By = By.RECORD
    announced: bool = True
    wait_minutes: Annotated[int, Field(ge=1, le=LONGEST_WAIT)] = WAIT_MINUTES
    said: Annotated[str, Field(max_length=120)] = ""

    def draft(self) -> Draft:
        """As the verb takes it."""
        given = self.model_dump()
        return Draft(**given)


def typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """The values a form holds, as DrillIn reads them: empty numbers are left out, so that each is refused at its own field."""
    given: dict[str, Any] = {
        key: form.get(key, "").strip() for key in ("name", "starts", "zone", "every", "by", "said")
    }
    given["targets"] = [each for each in form.getlist("targets") if each]
    given["announced"] = form.get("announced") == "yes"
    if form.get("wait_minutes", "").strip():
        given["wait_minutes"] = form["wait_minutes"].strip()
    return given
