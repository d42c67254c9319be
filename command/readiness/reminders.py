"""Somebody's own reminders: the list, and that they have read them."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, NotFound
from command.people.entries import audit
from command.readiness.entries import Read
from command.readiness.models import ResourceReminder

MOST, MOST_READ = 200, 50


def mine(session: Session, person_id: int) -> list[ResourceReminder]:
    """Somebody's reminders: the unread ones, what is due soonest first, then those they read last."""
    own = select(ResourceReminder).where(ResourceReminder.person_id == person_id)
    unread = own.where(ResourceReminder.read_at.is_(None)).order_by(ResourceReminder.due_on, ResourceReminder.id)
    read = own.where(ResourceReminder.read_at.is_not(None)).order_by(ResourceReminder.id.desc())
    return [*session.scalars(unread.limit(MOST)), *session.scalars(read.limit(MOST_READ))]


def unread(session: Session, person_id: int) -> int:
    """How many reminders somebody has not read."""
    query = select(func.count()).select_from(ResourceReminder)
    return session.scalar(query.where(ResourceReminder.person_id == person_id, ResourceReminder.read_at.is_(None))) or 0


def read(session: Session, person_id: int, reminder_id: int) -> Sequence[ResourceReminder]:
    """Somebody has read a reminder, and with it the others of theirs about the same thing. Raise NotFound unless it is theirs."""
    found = session.get(ResourceReminder, reminder_id)
    if found is None or found.person_id != person_id:
        raise NotFound(
            N_("You have no reminder %(id)s."), remedy=N_("Look at the list of your reminders."), id=reminder_id
        )
    same = (ResourceReminder.subject, ResourceReminder.ref_id, ResourceReminder.due_on)
    return _mark(session, person_id, *(column == getattr(found, column.key) for column in same))


def read_all(session: Session, person_id: int) -> Sequence[ResourceReminder]:
    """Somebody has read all their reminders."""
    return _mark(session, person_id)


def _mark(session: Session, person_id: int, *which: object) -> Sequence[ResourceReminder]:
    query = select(ResourceReminder).where(ResourceReminder.person_id == person_id, ResourceReminder.read_at.is_(None))
    rows = session.scalars(query.where(*which).order_by(ResourceReminder.id)).all()  # type: ignore[arg-type]
    for row in rows:
        row.read_at = clock.now(session)
    if rows:
        audit(session, Read(person_id=person_id, reminder_ids=[row.id for row in rows]))
    return rows
