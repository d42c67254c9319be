"""Whom a late complaint is told to: its first-contact owner, or who is on duty for its department; then whoever they answer to."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.complaints.models import Case
from command.incidents import places
from command.oncall.escalation import targets
from command.oncall.escalation.steps import LAST_RESORT
from command.people.models import EmergencyGroup, GroupMember, Person

COMMAND = "commander"


def owner(session: Session, case: Case, now: datetime) -> Person | None:
    """Who has to act on a complaint: its owner while active, else the person on duty for its department, else a duty officer."""
    if case.owner_id is not None:
        found = session.get_one(Person, case.owner_id)
        if found.active:
            return found
    near = places.codes_upward(session, case.area_id)
    for target in (f"oncall:{case.department}", LAST_RESORT):
        if people := targets.resolve(session, target, near, now):
            return people[0]
    return None


def superior(session: Session, case: Case, now: datetime, without: Collection[int]) -> Person | None:
    """Whom they answer to: who leads the complaint's department in the nearest emergency group that names somebody, then that group's
    commander, deputies after those they stand in for; else a duty officer. Nobody of `without` (ids)."""
    near = places.codes_upward(session, case.area_id)
    rows = session.execute(
        select(GroupMember, EmergencyGroup.area_code, Person)
        .join(EmergencyGroup, EmergencyGroup.id == GroupMember.group_id)
        .join(Person, Person.id == GroupMember.person_id)
        .where(EmergencyGroup.area_code.in_(near), Person.active, Person.id.not_in(list(without)))
        .order_by(GroupMember.rank, GroupMember.id)
    ).tuples()
    members = sorted(((near.index(code), member.duty, person) for member, code, person in rows), key=lambda row: row[0])
    for duty in (f"{case.department}_lead", COMMAND):
        found = next((person for _, its, person in members if its == duty), None)
        if found is not None:
            return found
    officers = targets.resolve(session, LAST_RESORT, near, now, without)
    return officers[0] if officers else None
