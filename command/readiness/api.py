"""Readiness of the pools over JSON, and one's own reminders."""

from collections.abc import Callable, Sequence
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core.problems import N_, Denied
from command.people.access import access, here, principal, unit
from command.people.language import language
from command.readiness import reminders, views
from command.readiness.asked import ReadinessIn, checked
from command.readiness.models import ResourceReminder
from command.readiness.views import ReadinessOut, ReminderOut

api = APIBlueprint("readiness_api", __name__, url_prefix="/api/v1/resources", tag="Resources")


class RemindersOut(BaseModel):
    items: list[ReminderOut]
    next: None = None


@api.get("/readiness")
@api.input(ReadinessIn, location="query")
@api.output(ReadinessOut)
@access("read")
def readiness(query_data: ReadinessIn) -> Any:
    """What each playbook and tier would lack today, by area; what ends within 30 days or is over; stocks under their minimum."""
    with here().database.read() as session:
        asked = checked(session, query_data)
        return views.readiness(session, asked.area, asked.department, language())


@api.get("/reminders")
@api.output(RemindersOut)
@access("read")
def mine() -> Any:
    """One's own reminders: the unread ones first."""
    with here().database.read() as session:
        rows = reminders.mine(session, _person())
        return RemindersOut(items=views.reminders_out(session, rows, language()))


@api.post("/reminders/<int:reminder_id>/actions/read")
@api.output(RemindersOut)
@access("read")
def read(reminder_id: int) -> Any:
    """One has read a reminder, and with it the others about the same thing; those are returned."""
    me = _person()
    return _marked(lambda session: reminders.read(session, me, reminder_id))


@api.post("/reminders/actions/read")
@api.output(RemindersOut)
@access("read")
def read_all() -> Any:
    """One has read all of one's reminders."""
    me = _person()
    return _marked(lambda session: reminders.read_all(session, me))


def _marked(work: Callable[[Session], Sequence[ResourceReminder]]) -> RemindersOut:
    tongue = language()
    return unit(lambda session: RemindersOut(items=views.reminders_out(session, work(session), tongue)))


def _person() -> int:
    """Who reads: a person, no machine source."""
    who = principal()
    if who.source is not None:
        raise Denied(
            N_("A machine source has no reminders."), remedy=N_("Use the token of a person, without a source.")
        )
    return who.person_id
