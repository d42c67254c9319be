"""Overrides and leave over HTTP: changing for a time who holds a duty."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.oncall.duties import asked, cover, schedules
from command.oncall.duties.asked import Instant, NothingIn, PersonOut, Strict, Username, person_out
from command.oncall.models import DutyOverride, PersonLeave
from command.people.access import access, here, principal, unit
from command.people.models import Person

api = APIBlueprint("cover", __name__, url_prefix="/api/v1", tag="On call")


class CoverIn(Strict):
    """`person` is a username."""

    person: Username
    start: Instant
    end: Instant


class SpanOfPersonOut(BaseModel):
    """Leave, or an override: of whom, from when to when (exclusive). Cancelled before it began, it never was."""

    id: int
    person: PersonOut
    start: datetime
    end: datetime
    cancelled: bool


class SpansOfPeople(BaseModel):
    items: list[SpanOfPersonOut]
    next: None = None


@api.get("/schedules/<code>/overrides")
@api.output(SpansOfPeople)
@access("read")
def overrides(code: str) -> dict[str, Any]:
    """Overrides that run or will, the earliest first."""
    with here().database.read() as session:
        found = schedules.find(session, code)
        query = select(DutyOverride).where(DutyOverride.schedule_id == found.id)
        return {"items": _current(session, query, DutyOverride)}


@api.post("/schedules/<code>/overrides")
@api.input(CoverIn)
@api.output(SpanOfPersonOut, status_code=201)
@access("read")
def add_override(code: str, json_data: CoverIn) -> SpanOfPersonOut:
    """Let somebody hold a duty for a time: oneself, or as a planner anybody."""
    who = principal()

    def work(session: Session) -> SpanOfPersonOut:
        person = asked.person(session, json_data.person)
        found = schedules.find(session, code)
        return _of_person(session, cover.cover(session, found, person, json_data.start, json_data.end, who))

    return unit(work)


@api.post("/overrides/<int:override_id>/actions/end")
@api.input(NothingIn)
@api.output(SpanOfPersonOut)
@access("read")
def end_override(override_id: int, json_data: NothingIn) -> SpanOfPersonOut:
    """End an override now, or cancel one that has not begun."""
    who = principal()
    return unit(lambda session: _of_person(session, cover.end_cover(session, override_id, who)))


@api.get("/leave")
@api.output(SpansOfPeople)
@access("read")
def all_leave() -> dict[str, Any]:
    """Leave that runs or will, the earliest first."""
    with here().database.read() as session:
        return {"items": _current(session, select(PersonLeave), PersonLeave)}


@api.post("/leave")
@api.input(CoverIn)
@api.output(SpanOfPersonOut, status_code=201)
@access("read")
def add_leave(json_data: CoverIn) -> SpanOfPersonOut:
    """Somebody is away for a time; their turns go to the next member."""
    who = principal()

    def work(session: Session) -> SpanOfPersonOut:
        person = asked.person(session, json_data.person)
        return _of_person(session, cover.take_leave(session, person, json_data.start, json_data.end, who))

    return unit(work)


@api.post("/leave/<int:leave_id>/actions/end")
@api.input(NothingIn)
@api.output(SpanOfPersonOut)
@access("read")
def end_leave(leave_id: int, json_data: NothingIn) -> SpanOfPersonOut:
    """End leave now, or cancel what has not begun."""
    who = principal()
    return unit(lambda session: _of_person(session, cover.end_leave(session, leave_id, who)))


def _current(session: Session, query: Any, table: Any) -> list[SpanOfPersonOut]:
    now = clock.now(session)
    open_ones = query.where(table.cancelled_at.is_(None), table.end_at > now).order_by(table.start_at, table.id)
    return [_of_person(session, row) for row in session.scalars(open_ones.limit(500))]


def _of_person(session: Session, row: DutyOverride | PersonLeave) -> SpanOfPersonOut:
    return SpanOfPersonOut(
        id=row.id,
        person=person_out(session.get_one(Person, row.person_id)),
        start=row.start_at,
        end=row.end_at,
        cancelled=row.cancelled_at is not None,
    )
