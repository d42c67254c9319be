"""What time brings: whoever has to act on an action is reminded 7 days before its day, on the day, and every week after; 7 days late its
owner's superior is told too. While evidence waits, whoever gave the action is reminded to verify it instead of the owner.

Who was told of what is in rows: whatever engine looks, and however often one was started anew, each is told once."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.improvement import entries, owners, reading, telling, visible
from command.improvement.entries import Reminded
from command.improvement.models import UNDONE, ImprovementAction, ImprovementReminder, Role, State
from command.incidents import house
from command.oncall.duties.telling import WEEK, by_day, horizon
from command.people.models import Person

Told = set[tuple[date, int, str]]


def first(action: ImprovementAction) -> Role:
    """Who has to act on an action now."""
    return Role.VERIFIER if action.state == State.EVIDENCE_GIVEN else Role.OWNER


def waiting(session: Session) -> bool:
    """Whether anybody is to be told now: a look without the write lock."""
    return by_day(session) and any(_due(session))


def remind(session: Session) -> int:
    """Tell whoever is to be told; return to how many people a text was queued."""
    if not by_day(session):
        return 0
    return sum(_tell(session, action, at, role) for action, at, role in _due(session))


def _due(session: Session) -> list[tuple[ImprovementAction, int, Role]]:
    """Who is to be told of what, at which horizon. Of what was given today its owner has just heard. What comes in late is told at the
    nearest horizon only; the superior is told once a day that was set, even if nobody looked for weeks."""
    today = reading.today(session)
    query = select(ImprovementAction).where(ImprovementAction.state.in_(UNDONE)).order_by(ImprovementAction.due_on)
    rows = session.scalars(query).all()
    told = _told(session, rows)
    found: list[tuple[ImprovementAction, int, Role]] = []
    for action in rows:
        at = horizon((action.due_on - today).days)
        if at is None:
            continue
        mine = told.get(action.id, set())
        heard_today = at > 0 and house.today(session, action.given_at) == today
        if (action.due_on, at, first(action)) not in mine and not heard_today:
            found.append((action, at, first(action)))
        if at <= -WEEK and not any(day == action.due_on and role == Role.SUPERIOR for day, _, role in mine):
            found.append((action, at, Role.SUPERIOR))
    return found


def _told(session: Session, rows: Sequence[ImprovementAction]) -> dict[int, Told]:
    query = select(ImprovementReminder).where(ImprovementReminder.action_id.in_([row.id for row in rows]))
    found: dict[int, Told] = {}
    for row in session.scalars(query):
        found.setdefault(row.action_id, set()).add((row.due_on, row.days, row.role))
    return found


def _tell(session: Session, action: ImprovementAction, at: int, role: Role) -> bool:
    """Write that somebody is told, and tell them; where another engine has, nobody is told by this one."""
    person = _whom(session, action, role)
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    values = {
        "action_id": action.id,
        "due_on": action.due_on,
        "days": at,
        "role": str(role),
        "person_id": person.id,
        "told_at": clock.now(session),
        "reached": False,
    }
    made = insert(ImprovementReminder).values(values).on_conflict_do_nothing().returning(ImprovementReminder.id)
    row_id = session.scalar(made)
    if row_id is None:
        return False
    left = (action.due_on - reading.today(session)).days
    reached = telling.tell(session, person, action, role, left)
    session.get_one(ImprovementReminder, row_id).reached = reached
    entries.record(session, action, Reminded(person_id=person.id, role=role, days=at, reached=reached))
    return reached


def _whom(session: Session, action: ImprovementAction, role: Role) -> Person:
    """The owner; who is to verify: whoever gave the action, unless they own it or gave the evidence, then the owner's superior; the owner's
    superior. Where nobody else is found, the owner, who then knows that nobody is."""
    owner = session.get_one(Person, action.owner_id)
    if role == Role.OWNER:
        return owner
    giver = session.get_one(Person, action.given_by)
    if role == Role.VERIFIER and giver.active and giver.id not in (action.owner_id, action.evidence_by):
        return giver
    without = [action.evidence_by] if role == Role.VERIFIER and action.evidence_by else []
    above = owners.superior(session, owner, without, lambda person: visible.may_know(session, action, person))
    return above or owner
