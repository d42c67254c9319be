"""Whose records somebody may see: their own; trainers and auditors everybody's; who leads, those they lead."""

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from command.core.problems import N_, NotFound
from command.network.models import Area
from command.people.access import Principal, may
from command.people.authority import Act, Post
from command.people.models import EmergencyGroup, GroupMember, Person
from command.people.posts import DEPARTMENTS

COMMANDING = {Post.COMMANDER, Post.DEPUTY}


def everybody(who: Principal) -> bool:
    """Whether somebody may see all records."""
    return may(who, Act.MANAGE_TRAINING) or Post.AUDITOR in who.posts


def seen(session: Session, who: Principal) -> ColumnElement[bool]:
    """The condition on Person for those whose records `who` may see: commanders and deputies those of their area and all that lies in
    it, leads of a department in an emergency group those of the department there."""
    if everybody(who):
        return true()
    if who.source is not None:
        return false()
    parts = [Person.id == who.person_id]
    if who.posts & COMMANDING and who.area_code:
        parts.append(Person.area_code.in_(within(session, who.area_code)))
    query = (
        select(GroupMember.duty, EmergencyGroup.area_code)
        .join(EmergencyGroup, EmergencyGroup.id == GroupMember.group_id)
        .where(GroupMember.person_id == who.person_id)
    )
    for duty, code in session.execute(query).tuples():
        for department in DEPARTMENTS:
            if duty == f"{department}_lead":
                parts.append(and_(Person.department == department, Person.area_code.in_(within(session, code))))
    return or_(*parts)


def leads(session: Session, who: Principal) -> bool:
    """Whether somebody may see others' records."""
    other = select(Person.id).where(Person.id != who.person_id, seen(session, who))
    return session.scalar(other.limit(1)) is not None


def person(session: Session, who: Principal, username: str) -> Person:
    """Somebody whose records `who` may see; raise NotFound as if there were none."""
    found = session.scalar(select(Person).where(Person.username == username, seen(session, who)))
    if found is None:
        raise NotFound(
            N_("There is nobody of that name whose training you may see."),
            remedy=N_("Choose somebody of the matrix; others see their own training only."),
        )
    return found


def within(session: Session, root: str) -> set[str]:
    """The codes of an area and of all that lie in it."""
    rows = session.execute(select(Area.id, Area.code, Area.parent_id)).tuples().all()
    below: dict[int | None, list[tuple[int, str]]] = {}
    for id, code, parent in rows:
        below.setdefault(parent, []).append((id, code))
    found, open_ones = {root}, [id for id, code, _ in rows if code == root]
    while open_ones:
        inside = below.get(open_ones.pop(), [])
        found.update(code for _, code in inside)
        open_ones += [id for id, _ in inside]
    return found
