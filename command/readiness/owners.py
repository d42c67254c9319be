"""Who keeps a pool fit for use, and who is told where they do not read their reminders."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import places
from command.oncall.escalation import targets
from command.oncall.escalation.steps import LAST_RESORT
from command.people.models import EmergencyGroup, GroupMember, Person, PersonPost
from command.resources.models import ResourcePool

MOST = 2
"""Owners of one pool who are told: the second is there when the first is away."""
MANAGER = "resource_manager"
COMMAND = "commander"


def owners(session: Session, pool: ResourcePool) -> list[Person]:
    """The resource managers of the pool's department, of a partner's pool (or where the department has none) all of them: those of the
    nearest area, MOST at most. Without any: who leads the department there; without them the duty officers."""
    near = places.codes_upward(session, pool.area_id)
    managers = session.scalars(
        select(Person).join(PersonPost).where(PersonPost.post == MANAGER, Person.active).order_by(Person.id)
    ).all()
    of_department = [person for person in managers if pool.department and person.department == pool.department]
    found = _nearest(of_department or managers, near)
    return found or superiors(session, pool, ())


def superiors(session: Session, pool: ResourcePool, without: Collection[int]) -> list[Person]:
    """Whom the owners of a pool answer to: who leads the pool's department in the nearest emergency group that names somebody (of a
    partner's pool: who leads its resources there), then that group's commander, deputies after those they stand in for; else the duty
    officers. Nobody of `without` (ids); one person, or MOST duty officers."""
    near = places.codes_upward(session, pool.area_id)
    rows = session.execute(
        select(GroupMember, EmergencyGroup.area_code, Person)
        .join(EmergencyGroup, EmergencyGroup.id == GroupMember.group_id)
        .join(Person, Person.id == GroupMember.person_id)
        .where(EmergencyGroup.area_code.in_(near), Person.active, Person.id.not_in(list(without)))
        .order_by(GroupMember.rank, GroupMember.id)
    ).tuples()
    members = sorted(((near.index(code), member.duty, person) for member, code, person in rows), key=lambda row: row[0])
    lead = f"{pool.department}_lead" if pool.department else "resource_lead"
    for duty in (lead, COMMAND):
        found = next((person for _, its, person in members if its == duty), None)
        if found is not None:
            return [found]
    return targets.resolve(session, LAST_RESORT, near, clock.now(session), without)


def _nearest(people: Sequence[Person], near: Sequence[str]) -> list[Person]:
    """Those of the nearest area that has any; where none of the areas has, the first of all."""
    for code in near:
        if found := [person for person in people if person.area_code == code]:
            return found[:MOST]
    return list(people[:MOST])
