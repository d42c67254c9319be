"""Flaws of the duties ahead over HTTP."""

from datetime import datetime
from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import clock
from command.oncall.duties import watch
from command.oncall.duties.asked import PersonOut, person_out
from command.oncall.models import Schedule
from command.people.access import access, here
from command.people.models import Person

api = APIBlueprint("flaws", __name__, url_prefix="/api/v1", tag="On call")


class FlawOut(BaseModel):
    """Nobody holds `schedule` from `start` to `end` (gap), or `person` holds it and `other` at once (double). `soon`: within a day."""

    kind: Literal["gap", "double"]
    schedule: str
    start: datetime
    end: datetime
    person: PersonOut | None
    other: str | None
    soon: bool


class FlawList(BaseModel):
    items: list[FlawOut]
    next: None = None


@api.get("/duty-flaws")
@api.output(FlawList)
@access("read")
def duty_flaws() -> dict[str, Any]:
    """Gaps and double duties that begin within a week or are under way, the earliest first."""
    with here().database.read() as session:
        return {"items": [_out(session, each) for each in watch.ahead(session, clock.now(session))]}


def _out(session: Session, found: watch.Ahead) -> FlawOut:
    flaw = found.flaw
    return FlawOut(
        kind=flaw.kind.value,
        schedule=session.get_one(Schedule, flaw.schedule).code,
        start=flaw.start,
        end=flaw.end,
        person=person_out(session.get_one(Person, flaw.person)) if flaw.person is not None else None,
        other=session.get_one(Schedule, flaw.other).code if flaw.other is not None else None,
        soon="day" in found.horizons,
    )
