"""What departments do with their tasks, over JSON."""

from collections.abc import Callable
from typing import Any, Literal

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from command.incidents import service, tasks, views
from command.incidents.actions_api import Act, act, guarded
from command.incidents.api import Name
from command.incidents.models import Incident
from command.incidents.views import IncidentOut, TaskOut
from command.people.access import Principal, access, principal
from command.people.language import language

api = APIBlueprint("incident_tasks_api", __name__, url_prefix="/api/v1/incidents/<number>", tag="Incident tasks")


class TaskIn(Act):
    """What to do with the task of a code. Skipping needs the reason."""

    code: Name
    to: Literal["take", "done", "skip", "reopen"]


class TaskDoIn(Act):
    """A note to go with it; skipping needs the reason."""


_TASKS: dict[str, Callable[[Session, Incident, str, Principal, str], Any]] = {
    "take": tasks.take,
    "done": tasks.done,
    "skip": tasks.skip,
    "reopen": tasks.reopen,
}


@api.post("/actions/task")
@api.input(TaskIn)
@api.output(IncidentOut)
@access("edit_task")
def task(number: str, json_data: TaskIn) -> Any:
    """Take, finish, skip or reopen a task."""
    body = json_data
    return act(number, lambda s, i, who: _TASKS[body.to](s, i, body.code, who, body.reason))


def _task(number: str, code: str, verb: str, reason: str) -> TaskOut:
    who, tongue = principal(), language()

    def work(session: Session) -> TaskOut:
        incident = service.seen_by(session, service.lock(session, number), who)
        return views.task_out(session, _TASKS[verb](session, incident, code, who, reason), tongue)

    done: TaskOut = guarded(work)
    return done


@api.post("/tasks/<code>/actions/take")
@api.input(TaskDoIn)
@api.output(TaskOut)
@access("edit_task")
def task_take(number: str, code: str, json_data: TaskDoIn) -> Any:
    """Promise to do a task."""
    return _task(number, code, "take", json_data.reason)


@api.post("/tasks/<code>/actions/done")
@api.input(TaskDoIn)
@api.output(TaskOut)
@access("edit_task")
def task_done(number: str, code: str, json_data: TaskDoIn) -> Any:
    """Finish a task."""
    return _task(number, code, "done", json_data.reason)


@api.post("/tasks/<code>/actions/skip")
@api.input(TaskDoIn)
@api.output(TaskOut)
@access("edit_task")
def task_skip(number: str, code: str, json_data: TaskDoIn) -> Any:
    """Drop a task, with the reason."""
    return _task(number, code, "skip", json_data.reason)


@api.post("/tasks/<code>/actions/reopen")
@api.input(TaskDoIn)
@api.output(TaskOut)
@access("edit_task")
def task_reopen(number: str, code: str, json_data: TaskDoIn) -> Any:
    """Take a finished task up again."""
    return _task(number, code, "reopen", json_data.reason)
