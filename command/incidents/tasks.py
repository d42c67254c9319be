"""What each department has to do by when (R6): given by the plan, taken by somebody, done, dropped with a reason, taken up again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import entries, task_safety
from command.incidents.models import Incident, Task
from command.incidents.standing import authorise
from command.people.access import Principal
from playbooks.tasks import Task as PlannedTask

WAITING, OPEN, DONE, SKIPPED = "waiting", "open", "done", "skipped"
FINISHED = (DONE, SKIPPED)


def of(session: Session, incident: Incident) -> list[Task]:
    """The tasks of an incident, the one due first first."""
    query = select(Task).where(Task.incident_id == incident.id)
    return list(session.scalars(query.order_by(Task.due_at, Task.id)))


def give(session: Session, incident: Incident, planned: Sequence[PlannedTask], base: datetime) -> list[str]:
    """Give the departments the tasks of a tier; return the codes that are new. Due times count from `base`.

    Tasks they have already stay as they are, but for a due time that the higher tier brings forward."""
    known = {task.code: task for task in of(session, incident)}
    added = []
    for plan in planned:
        due_at = base + timedelta(minutes=plan.due_minutes)
        task = known.get(plan.id)
        if task is None:
            _add(session, incident, plan, due_at)
            added.append(plan.id)
        elif task.state not in FINISHED and due_at < task.due_at:
            task.due_at = due_at
    session.flush()
    _release(session, incident)
    return added


def _add(session: Session, incident: Incident, plan: PlannedTask, due_at: datetime) -> None:
    session.add(
        Task(
            incident_id=incident.id,
            code=plan.id,
            department=plan.department.value,
            title_zh=plan.title.zh,
            title_en=plan.title.en,
            detail_zh=plan.detail.zh,
            detail_en=plan.detail.en,
            after=list(plan.after),
            risky=plan.risky,
            state=WAITING if plan.after else OPEN,
            due_at=due_at,
            exercise=incident.exercise,
        )
    )
    given = entries.TaskGiven(task=plan.id, department=plan.department.value, due_at=due_at, waiting=bool(plan.after))
    entries.record(session, incident, given)


def _release(session: Session, incident: Incident) -> None:
    """Open the tasks that waited for others which are all finished now."""
    everything = of(session, incident)
    finished = {task.code for task in everything if task.state in FINISHED}
    given = {task.code for task in everything}
    for task in everything:
        if task.state == WAITING and finished.issuperset(given.intersection(task.after)):
            _turn(session, incident, task, OPEN, None)


def find(session: Session, incident: Incident, code: str) -> Task:
    """The task of a code; raise NotFound naming those there are."""
    found = {task.code: task for task in of(session, incident)}
    if code not in found:
        raise NotFound(
            N_("Incident %(number)s has no task %(code)s."),
            field="code",
            remedy=N_("Its tasks are: %(known)s."),
            number=incident.number,
            code=code[:64],
            known=", ".join(found) or "-",
        )
    return found[code]


def done(session: Session, incident: Incident, code: str, by: Principal, note: str = "") -> Task:
    """Finish an open task. One that waits for others, or was dropped, is not finished, nor is a risky one whose backup and way back are
    not confirmed (see task_safety); doing it twice is a conflict."""
    authorise(session, incident, by, "edit_task")
    task = find(session, incident, code)
    if task.state != OPEN:
        before = [each for each in task.after if find(session, incident, each).state not in FINISHED]
        raise Conflict(
            N_("Task %(code)s is %(state)s."),
            remedy=N_("Finish or skip the tasks before it first: %(before)s.")
            if before
            else N_("Take it up again with reopen if it has to be done once more."),
            code=code,
            state=task.state,
            before=", ".join(before),
        )
    task_safety.require(session, task)
    return _finish(session, incident, task, DONE, by, note)


def skip(session: Session, incident: Incident, code: str, by: Principal, reason: str) -> Task:
    """Drop an unfinished task, with the reason; what waited for it may begin. Raise Invalid without a reason."""
    authorise(session, incident, by, "edit_task")
    task = find(session, incident, code)
    if not reason.strip():
        raise Invalid(N_("A task is skipped with a reason."), field="note", remedy=N_("Say why it is not needed."))
    if task.state in FINISHED:
        raise Conflict(
            N_("Task %(code)s is %(state)s."),
            remedy=N_("Only unfinished tasks are skipped."),
            code=code,
            state=task.state,
        )
    return _finish(session, incident, task, SKIPPED, by, reason)


def reopen(session: Session, incident: Incident, code: str, by: Principal, reason: str = "") -> Task:
    """Take a finished task up again. Tasks that have begun because of it go on."""
    authorise(session, incident, by, "edit_task")
    task = find(session, incident, code)
    if task.state not in FINISHED:
        raise Conflict(
            N_("Task %(code)s is %(state)s."),
            remedy=N_("Only finished tasks are reopened."),
            code=code,
            state=task.state,
        )
    task.done_at = task.done_by = None
    task_safety.void(session, task)
    return _turn(session, incident, task, OPEN, entries.note(session, reason))


def take(session: Session, incident: Incident, code: str, by: Principal, note: str = "") -> Task:
    """Promise to do an unfinished task; taking one's own again changes nothing. Raise Conflict where it is finished, or somebody else's:
    that one is handed over."""
    authorise(session, incident, by, "edit_task")
    task = find(session, incident, code)
    if task.state in FINISHED:
        raise Conflict(
            N_("Task %(code)s is %(state)s."),
            remedy=N_("Take it up again with reopen if it has to be done once more."),
            code=code,
            state=task.state,
        )
    if task.owner_id not in (None, by.person_id):
        raise Conflict(
            N_("Somebody else has taken task %(code)s."),
            remedy=N_("Ask them to do it, or to hand it over at the end of their duty."),
            code=code,
        )
    if task.owner_id is None:
        task.owner_id = by.person_id
        taken = entries.TaskTaken(task=task.code, person_id=by.person_id, note=entries.note(session, note))
        entries.record(session, incident, taken)
    return task


def pass_on(session: Session, incident: Incident, task: Task, to_id: int, note: entries.NoteRef | None) -> None:
    """Somebody else promises to do an unfinished task of a locked incident from now on; whoever calls has asked both."""
    before, task.owner_id = task.owner_id, to_id
    passed = entries.TaskPassed(task=task.code, from_person_id=before, to_person_id=to_id, note=note)
    entries.record(session, incident, passed)


def _finish(session: Session, incident: Incident, task: Task, state: str, by: Principal, note: str) -> Task:
    task.done_at, task.done_by = clock.now(session), by.actor
    _turn(session, incident, task, state, entries.note(session, note))
    session.flush()
    _release(session, incident)
    return task


def _turn(session: Session, incident: Incident, task: Task, state: str, note: entries.NoteRef | None) -> Task:
    task.state = state
    if note is not None:
        task.note_id = note.id
    changed = entries.TaskChanged(task=task.code, department=task.department, state=state, note=note)
    entries.record(session, incident, changed)
    return task
