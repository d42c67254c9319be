"""A risky task is done after its backup and its way back are confirmed, or waived on somebody's own word, on record (R37)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.incidents import entries, room_entries, standing
from command.incidents.models import Incident, Task
from command.incidents.safety_models import TaskSafety
from command.people.access import Principal
from command.people.models import Person

LONGEST = 2000
"""Characters of each text."""
PARTS = ("backup", "place", "rollback")


@dataclass(frozen=True, slots=True)
class Freeze:
    """A time in which nothing risky should be changed: why, in both languages, and until when, if that is known."""

    zh: str
    en: str
    until: datetime | None = None


freezes: list[Callable[[Session, Incident], Sequence[Freeze]]] = []
"""Rooms above say here what change freezes an incident lies in, such as that of a warning; people see them before they confirm. Joined
where the application is put together (`command.parts`)."""


def frozen(session: Session, incident: Incident) -> list[Freeze]:
    """The change freezes an incident lies in."""
    return [freeze for asked in freezes for freeze in asked(session, incident)]


@dataclass(frozen=True, slots=True)
class Safe:
    """What somebody confirms: which `backup` was made, at what `place`, by whom, when it was seen to be usable, and how to roll back."""

    backup: str
    place: str
    rollback: str
    by: Person
    checked_at: datetime


def of(session: Session, task_id: int) -> TaskSafety | None:
    """What holds for a task now; None where nothing was confirmed or waived since it was given or taken up again."""
    query = select(TaskSafety).where(TaskSafety.task_id == task_id, TaskSafety.void_at.is_(None))
    return session.scalar(query.order_by(TaskSafety.id.desc()).limit(1))


def confirm(session: Session, incident: Incident, task: Task, safe: Safe, by: Principal) -> TaskSafety:
    """Confirm backup and way back of a risky task of a locked incident; said again, the later one holds. Raise Denied, Conflict, or Invalid
    naming the field."""
    standing.authorise(session, incident, by, "edit_task")
    _risky(task)
    now = clock.now(session)
    for name in PARTS:
        _said(name, getattr(safe, name))
    if safe.checked_at > now:
        raise Invalid(
            N_("This time is yet to come."), field="checked_at", remedy=N_("Check the backup, then say when you did.")
        )
    notes = {name: entries.note(session, getattr(safe, name)) for name in PARTS}
    made = _add(session, incident, task, by)
    made.person_id, made.checked_at = safe.by.id, safe.checked_at
    made.backup_id, made.place_id, made.rollback_id = (cited.id for cited in notes.values() if cited)
    session.add(made)
    session.flush()
    payload = room_entries.TaskSecured(
        task=task.code, person_id=by.person_id, backup_person_id=safe.by.id, checked_at=safe.checked_at, **notes
    )
    entries.record(session, incident, payload)
    return made


def waive(session: Session, incident: Incident, task: Task, reason: str, by: Principal) -> TaskSafety:
    """Let a risky task be done without them, on one's own word: an override, which somebody else looks at afterwards. Raise Denied,
    Conflict, or Invalid without a reason."""
    standing.authorise(session, incident, by, "edit_task")
    _risky(task)
    _said("reason", reason)
    cited = entries.note(session, reason)
    made = _add(session, incident, task, by)
    made.waived, made.note_id = True, cited.id if cited else None
    session.add(made)
    session.flush()
    entries.record(session, incident, room_entries.TaskSafetyWaived(task=task.code, person_id=by.person_id))
    entries.record(session, incident, entries.Overridden(act="edit_task", person_id=by.person_id, reason=cited))
    return made


def require(session: Session, task: Task) -> None:
    """Raise Conflict unless a task may be finished: it is not risky, or its backup and way back are confirmed or waived."""
    if task.risky and of(session, task.id) is None:
        raise Conflict(
            N_("Task %(task)s is risky: its backup and the way back are not confirmed."),
            code="not-secured",
            field="backup",
            remedy=N_(
                "Confirm what backup there is, where, and how to roll back; or waive it with a reason, on record."
            ),
            task=task.code,
        )


def void(session: Session, task: Task) -> None:
    """A task is taken up again: what was confirmed for it holds no more."""
    held = (TaskSafety.task_id == task.id) & TaskSafety.void_at.is_(None)
    session.execute(update(TaskSafety).where(held).values(void_at=clock.now(session)))


def _risky(task: Task) -> None:
    if not task.risky or task.state not in ("open", "waiting"):
        raise Conflict(
            N_("Task %(task)s is not a risky one that is still to be done."),
            remedy=N_("Only unfinished risky tasks need a backup and a way back."),
            task=task.code,
        )


def _said(name: str, text: str) -> None:
    if not text.strip():
        raise Invalid(N_("This is needed."), field=name, remedy=N_("Write it in a few words."))
    if len(text) > LONGEST:
        raise Invalid(
            N_("This is longer than %(limit)d characters."), field=name, remedy=N_("Shorten it."), limit=LONGEST
        )


def _add(session: Session, incident: Incident, task: Task, by: Principal) -> TaskSafety:
    return TaskSafety(
        task_id=task.id,
        confirmed_by=by.person_id,
        confirmed_at=clock.now(session),
        waived=False,
        exercise=incident.exercise,
    )
