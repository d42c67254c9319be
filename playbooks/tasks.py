"""Tasks of a plan and the order between them."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import Annotated

from pydantic import Field

from playbooks.faults import Misfit
from playbooks.texts import Record, Slug, Text


class Department(StrEnum):
    """The departments that an activation gives tasks to (R6)."""

    technical = "technical"  # fault finding and repair
    customer_service = "customer_service"  # calming users and information
    security = "security"  # tracing and risk control
    operations = "operations"  # system recovery and data backup


class Task(Record):
    """Work for a department, due `due_minutes` after the activation and begun when all of `after` are done.

    A `risky` task changes running systems: backup and a way back come first (R37).
    """

    id: Slug
    department: Department
    title: Text
    detail: Text
    due_minutes: Annotated[int, Field(ge=1, le=43_200)]
    after: tuple[Slug, ...] = ()
    risky: bool = False


def task_misfits(tasks: Sequence[Task]) -> Iterator[Misfit]:
    """Broken rules of one tier's tasks; places are (index, field)."""
    yield from _missing_departments(tasks)
    yield from _repeated(tasks)
    known = {task.id: task for task in tasks}
    for index, task in enumerate(tasks):
        yield from _order(index, task, known)
    yield from _cycles(tasks, known)


def _missing_departments(tasks: Sequence[Task]) -> Iterator[Misfit]:
    given = {task.department for task in tasks}
    for department in Department:
        if department not in given:
            yield Misfit(f"no task for {department}", f"Add a task with 'department: {department}'.")


def _repeated(tasks: Sequence[Task]) -> Iterator[Misfit]:
    seen = set[str]()
    for index, task in enumerate(tasks):
        if task.id in seen:
            yield Misfit(f"task '{task.id}' is listed twice", "Give each task an id of its own.", (index, "id"))
        seen.add(task.id)


def _order(index: int, task: Task, known: dict[str, Task]) -> Iterator[Misfit]:
    for position, before in enumerate(task.after):
        place = (index, "after", position)
        if before not in known:
            yield Misfit(f"unknown task '{before}'", f"Use one of: {', '.join(sorted(known))}.", place)
        elif known[before].due_minutes > task.due_minutes:
            message = f"due after {task.due_minutes} min, but '{before}' before it only after"
            yield Misfit(f"{message} {known[before].due_minutes} min", "Give it more time.", (index, "due_minutes"))


def _cycles(tasks: Sequence[Task], known: dict[str, Task]) -> Iterator[Misfit]:
    graph = {task.id: [before for before in task.after if before in known] for task in tasks}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        index = next(index for index, task in enumerate(tasks) if task.id == circle[0])
        message = f"tasks wait for each other: {' → '.join(reversed(circle))}"
        yield Misfit(message, "Remove one of these 'after' entries.", (index, "after"))
