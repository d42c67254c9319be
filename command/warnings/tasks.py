"""Preparedness tasks of a warning: given by its colour, settled by people of the department or by whoever is on duty."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents.entries import note
from command.warnings import entries
from command.warnings.flags import event_of
from command.warnings.models import State, Warning, WarningTask


def of(session: Session, row: Warning) -> Sequence[WarningTask]:
    """The tasks of a warning, the first due first."""
    query = select(WarningTask).where(WarningTask.warning_id == row.id)
    return session.scalars(query.order_by(WarningTask.due_at, WarningTask.id)).all()


def give(session: Session, row: Warning) -> list[str]:
    """Give the tasks of the warning's colour that it has not got yet; their codes. A task once given stays, whatever the colour."""
    had = {task.code for task in of(session, row)}
    now = clock.now(session)
    fresh = [task for task in event_of(row).tasks_at(row.colour) if f"{row.event}.{task.id}" not in had]
    session.add_all(
        WarningTask(
            warning_id=row.id,
            code=f"{row.event}.{task.id}",
            department=task.department.value,
            title_zh=task.title.zh,
            title_en=task.title.en,
            colour=row.colour,
            given_at=now,
            due_at=now + timedelta(minutes=task.due_minutes),
            exercise=row.exercise,
        )
        for task in fresh
    )
    session.flush()
    codes = [f"{row.event}.{task.id}" for task in fresh]
    if codes:
        entries.record(session, row, entries.TasksGiven(colour=row.colour, tasks=codes))
    return codes


def settle(session: Session, row: Warning, code: str, state: str, person_id: int, words: str = "") -> WarningTask:
    """Say that a task of a locked warning is done, or left out with a reason. Once is enough: raise Conflict for one that is settled, or of
    a warning that is over; NotFound for none."""
    query = select(WarningTask).where(WarningTask.warning_id == row.id, WarningTask.code == code).with_for_update()
    task = session.scalar(query)
    if task is None:
        raise NotFound(
            N_("This warning has no task %(name)s."),
            remedy=N_("Look at its list of tasks."),
            name=code[:64],
        )
    if row.state != State.LIVE or task.state != "open":
        raise Conflict(
            N_("This task is settled, or its warning is over."),
            remedy=N_("Look at the warning; somebody may have acted before you."),
        )
    cited = note(session, masked_words(words.strip()))
    if state == "skipped" and cited is None:
        raise Invalid(N_("This needs a reason."), field="words", remedy=N_("Say why, in a sentence."))
    task.state, task.settled_by, task.settled_at = state, person_id, clock.now(session)
    task.note_id = cited.id if cited else None
    session.flush()
    late = task.settled_at > task.due_at
    entries.record(session, row, entries.TaskSettled(task=code, state=state, late=late, note=cited))
    return task
