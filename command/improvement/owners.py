"""Who owns actions, and whom they answer to."""

from collections.abc import Callable, Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Invalid
from command.incidents import places
from command.network.models import Area
from command.oncall.escalation import targets
from command.oncall.escalation.steps import LAST_RESORT
from command.people.access import rules
from command.people.models import EmergencyGroup, GroupMember, Person

COMMAND = "commander"


def named(session: Session, username: str) -> Person:
    """The active person of a username who may improve; raise Invalid."""
    person = session.scalar(select(Person).where(Person.username == username.strip(), Person.active))
    if person is None:
        raise Invalid(
            N_("Nobody active has the username %(name)s."),
            field="owner",
            remedy=N_("Choose one of the list of people."),
            name=username[:64],
        )
    if not rules().may_ever("improve", frozenset(held.post for held in person.posts)):
        raise Invalid(
            N_("%(name)s holds no post that works on improvement actions."),
            field="owner",
            remedy=N_("Choose somebody who is no auditor and no mere administrator."),
            name=person.username,
        )
    return person


def choices(session: Session) -> list[Person]:
    """Everybody who may own an action, by department and username."""
    people = session.scalars(select(Person).where(Person.active).order_by(Person.department, Person.username))
    return [each for each in people if rules().may_ever("improve", frozenset(held.post for held in each.posts))]


def superior(
    session: Session, person: Person, without: Collection[int], may_know: Callable[[Person], bool]
) -> Person | None:
    """Whom somebody answers to: who leads their department in the nearest emergency group upward that names somebody, then that group's
    commander, deputies after those they stand in for; else a duty officer. Nobody of `without` (ids), and only who may know."""
    area_id = session.scalar(select(Area.id).where(Area.code == person.area_code))
    near = places.codes_upward(session, area_id)
    rows = session.execute(
        select(GroupMember, EmergencyGroup.area_code, Person)
        .join(EmergencyGroup, EmergencyGroup.id == GroupMember.group_id)
        .join(Person, Person.id == GroupMember.person_id)
        .where(EmergencyGroup.area_code.in_(near), Person.active, Person.id.not_in([*without, person.id]))
        .order_by(GroupMember.rank, GroupMember.id)
    ).tuples()
    members = sorted(((near.index(code), member.duty, each) for member, code, each in rows), key=lambda row: row[0])
    for duty in (f"{person.department}_lead", COMMAND):
        found = next((each for _, its, each in members if its == duty and may_know(each)), None)
        if found is not None:
            return found
    officers = targets.resolve(session, LAST_RESORT, near, clock.now(session), [*without, person.id])
    return next(filter(may_know, officers), None)
