"""Calendar files as a layer of a schedule: over HTTP and from the page of those on call."""

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from command.core.problems import Problem
from command.oncall.duties import calendars, duty_pages, ics, schedules
from command.oncall.duties.asked import NothingIn, Strict
from command.people.access import access, principal, unit

api = APIBlueprint("calendars", __name__, url_prefix="/api/v1", tag="On call")


class CalendarIn(Strict):
    """`ics` is the text of an iCalendar file; each event's attendee or title names a person."""

    ics: Annotated[str, Field(min_length=1, max_length=ics.LARGEST)]


class CalendarOut(BaseModel):
    """How many turns of the next 400 days the schedule has from the file."""

    schedule: str
    turns: int


@api.put("/schedules/<code>/calendar")
@api.input(CalendarIn)
@api.output(CalendarOut)
@access("read")
def set_calendar(code: str, json_data: CalendarIn) -> CalendarOut:
    """Replace a schedule's calendar, the layer above its rotations. A fault names line, event and remedy; nothing is changed then."""
    return CalendarOut(schedule=code, turns=_load(code, json_data.ics.encode()))


@api.post("/schedules/<code>/calendar/actions/remove")
@api.input(NothingIn)
@api.output(CalendarOut)
@access("read")
def remove_calendar(code: str, json_data: NothingIn) -> CalendarOut:
    """Take the calendar away: the rotations hold again."""
    _remove(code)
    return CalendarOut(schedule=code, turns=0)


@duty_pages.pages.post("/on-call/calendar")
@access("read")
def calendar_now() -> Any:
    """Import a file chosen on the page, or take the calendar away."""
    code, file = request.form.get("schedule", ""), request.files.get("ics")
    try:
        if request.form.get("do") == "remove":
            _remove(code)
        else:
            _load(code, file.stream.read(ics.LARGEST + 1) if file else b"")
    except Problem as problem:
        return duty_pages.page(problem), problem.status
    return duty_pages.back()


def _load(code: str, data: bytes) -> int:
    who = principal()

    def work(session: Session) -> int:
        return calendars.load(session, schedules.find(session, code), data, who)

    return unit(work)


def _remove(code: str) -> None:
    who = principal()
    unit(lambda session: calendars.remove(session, schedules.find(session, code), who))
