"""The emergency group of the echelon that handles an incident's tier (R4): its duties, who is named for each, who stands in, who has it
now, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.incidents import command_roles, house, plans
from command.incidents.grading import Tier
from command.incidents.models import Incident
from command.people.models import EmergencyGroup, GroupMember, Person
from playbooks.schema import Echelon
from playbooks.texts import Text


@dataclass(frozen=True, slots=True)
class Filled:
    """A duty of the group. `named` and `deputies` are as the group has them; `stands_in` is who answers now, `holds` who has the duty in
    this incident. `gap`: nobody (active is named), no_deputy, or None."""

    code: str
    name: Text
    named: Person | None
    deputies: tuple[Person, ...]
    stands_in: Person | None
    holds: Person | None
    gap: str | None


@dataclass(frozen=True, slots=True)
class Handling:
    """The echelon that handles the tier, the group it has for the incident's area, and its duties. Without a group, every duty is a gap."""

    echelon: Echelon
    name: Text
    group: EmergencyGroup | None
    duties: tuple[Filled, ...]


def handling(session: Session, incident: Incident) -> Handling:
    """Who handles an incident of its tier in its area: the plan says which echelon, the structure of the house where there is no plan."""
    plan = plans.tier_plan(session, incident)
    form = house.structure().group_for(cast(Tier, incident.tier))
    echelon = plan.echelon if plan else form.echelon
    form = house.structure().group_of(echelon)
    group = next(iter(command_roles.groups_for(session, incident, echelon)), None)
    members = _members(session, group) if group else []
    held = {role.role: role.person_id for role in command_roles.of(session, incident) if role.until_at is None}
    duties = []
    for duty in form.duties:
        people = [person for code, person in members if code == duty.code]
        active = [person for person in people if person.active]
        holder = session.get(Person, held[duty.code]) if duty.code in held else None
        gap = "nobody" if not active else "no_deputy" if len(active) < 2 else None
        named, deputies = (people[0], tuple(people[1:])) if people else (None, ())
        stands = active[0] if active else None
        duties.append(Filled(duty.code, duty.name, named, deputies, stands, holder, gap))
    return Handling(echelon, form.name, group, tuple(duties))


def _members(session: Session, group: EmergencyGroup) -> Sequence[tuple[str, Person]]:
    query = select(GroupMember.duty, Person).join(Person, Person.id == GroupMember.person_id)
    mine = query.where(GroupMember.group_id == group.id)
    return session.execute(mine.order_by(GroupMember.duty, GroupMember.rank, GroupMember.id)).tuples().all()
