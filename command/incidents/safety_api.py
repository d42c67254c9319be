"""Backup and way back of risky tasks, over JSON."""

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from pydantic import AwareDatetime, BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Invalid
from command.incidents import service, standing, task_safety, tasks, views, visibility
from command.incidents.api import Name, Strict, Words
from command.incidents.models import Incident, Task
from command.incidents.safety_models import TaskSafety
from command.people.access import Principal, access, here, principal, unit
from command.people.language import language
from command.people.models import Person

api = APIBlueprint(
    "task_safety_api", __name__, url_prefix="/api/v1/incidents/<number>/tasks/<code>", tag="Incident tasks"
)


class SecureIn(Strict):
    """Which backup was made, where it is, how to roll back; who made it (username; left out: you) and when it was seen to be usable (left
    out: now)."""

    backup: Words
    place: Words
    rollback: Words
    by: Name | None = None
    checked_at: AwareDatetime | None = None


class WaiveIn(Strict):
    """Why the task is done without backup and way back; an override, which somebody else looks at afterwards."""

    reason: Words


class FreezeOut(BaseModel):
    """A change freeze the incident lies in."""

    why: str
    until: AwareDatetime | None


class SafetyOut(BaseModel):
    """What keeps a task safe. `secured`: it may be done, for it is not risky, or its backup and way back are confirmed, or waived."""

    task: str
    risky: bool
    secured: bool
    waived: bool
    backup: str | None
    place: str | None
    rollback: str | None
    by: views.PersonOut | None
    checked_at: AwareDatetime | None
    confirmed_by: views.PersonOut | None
    confirmed_at: AwareDatetime | None
    reason: str | None
    freezes: list[FreezeOut]


def safety_out(session: Session, incident: Incident, task: Task, tongue: str) -> SafetyOut:
    """How a task stands."""
    held = task_safety.of(session, task.id) or TaskSafety(waived=False)
    texts = {name: views.note_text(session, getattr(held, f"{name}_id")) for name in task_safety.PARTS}
    return SafetyOut(
        task=task.code,
        risky=task.risky,
        secured=not task.risky or held.id is not None,
        waived=held.waived,
        by=views.person(session, held.person_id, tongue),
        checked_at=held.checked_at,
        confirmed_by=views.person(session, held.confirmed_by, tongue),
        confirmed_at=held.confirmed_at,
        reason=views.note_text(session, held.note_id),
        freezes=[
            FreezeOut(why=each.zh if tongue == "zh" else each.en, until=each.until)
            for each in task_safety.frozen(session, incident)
        ],
        **texts,
    )


def safe(session: Session, given: SecureIn, who: Principal) -> task_safety.Safe:
    """What was given, with the person it names; raise Invalid (field `by`)."""
    name = given.by or who.username
    person = session.scalar(select(Person).where(Person.username == name))
    if person is None:
        raise Invalid(
            N_("There is no person %(username)s."), field="by", remedy=N_("Check the spelling."), username=name
        )
    at = given.checked_at or clock.now(session)
    return task_safety.Safe(given.backup, given.place, given.rollback, person, at)


def do(number: str, code: str, verb: Callable[[Session, Incident, Task, Principal], object]) -> SafetyOut:
    """Do something for the safety of a task of a locked incident, and answer how it stands."""
    who, tongue = principal(), language()

    def work(session: Session) -> SafetyOut:
        incident = visibility.seen_by(session, service.lock(session, number), who)
        task = tasks.find(session, incident, code)
        verb(session, incident, task, who)
        session.flush()
        return safety_out(session, incident, task, tongue)

    return unit(work)


@api.get("/safety")
@api.output(SafetyOut)
@access("read")
def safety(number: str, code: str) -> Any:
    """What backup and way back were confirmed for a task, and the change freezes it lies in."""
    with here().database.read() as session:
        incident = visibility.seen_by(session, standing.find(session, number), principal())
        return safety_out(session, incident, tasks.find(session, incident, code), language())


@api.post("/actions/secure")
@api.input(SecureIn)
@api.output(SafetyOut)
@access("edit_task")
def secure(number: str, code: str, json_data: SecureIn) -> Any:
    """Confirm the backup and the way back of a risky task."""
    return do(number, code, lambda s, i, t, who: task_safety.confirm(s, i, t, safe(s, json_data, who), who))


@api.post("/actions/waive")
@api.input(WaiveIn)
@api.output(SafetyOut)
@access("edit_task")
def waive(number: str, code: str, json_data: WaiveIn) -> Any:
    """Let a risky task be done without them, with a reason: an override, on record."""
    return do(number, code, lambda s, i, t, who: task_safety.waive(s, i, t, json_data.reason, who))
