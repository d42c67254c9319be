"""Who may know of a restricted incident: commanders, the security department, its first-contact owner and those who hold a role in it;
of an exercise, whoever takes part in its drill."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from command.core.problems import N_, NotFound
from command.incidents.models import Incident, Role
from command.people.access import Principal
from command.people.models import Person

SECURITY = "security"
Involved = Callable[[int], Select[int]]
involved: list[Involved] = []
"""For a person's id: the ids of incidents that they may know of besides. Joined where the application is put together."""
COMMANDER = "commander"


def visible(session: Session, incident: Incident, who: Principal) -> bool:
    """Whether `who` may know of an incident."""
    if not incident.restricted or incident.owner_id == who.person_id or _sees_all(session, who):
        return True
    holds = select(Role.id).where(
        Role.incident_id == incident.id, Role.person_id == who.person_id, Role.until_at.is_(None)
    )
    if session.scalar(holds.limit(1)) is not None:
        return True
    return any(session.scalar(select(Incident.id).where(Incident.id == incident.id, each)) for each in _besides(who))


def _besides(who: Principal) -> list[ColumnElement[bool]]:
    return [Incident.exercise & Incident.id.in_(known(who.person_id)) for known in involved]


def known_to(session: Session, incident: Incident, person: Person) -> bool:
    """Whether somebody who does not ask themselves may know of an incident."""
    posts = frozenset(held.post for held in person.posts)
    return visible(session, incident, Principal(person.id, person.username, posts, person.area_code, person.language))


def only_visible(session: Session, query: Select[Incident], who: Principal) -> Select[Incident]:
    """The same query over incidents without those that `who` may not know of."""
    if _sees_all(session, who):
        return query
    holds = select(Role.id).where(
        Role.incident_id == Incident.id, Role.person_id == who.person_id, Role.until_at.is_(None)
    )
    known = (Incident.restricted.is_(False), Incident.owner_id == who.person_id, holds.exists(), *_besides(who))
    return query.where(or_(*known))


def _sees_all(session: Session, who: Principal) -> bool:
    if COMMANDER in who.posts:
        return True
    return session.scalar(select(Person.department).where(Person.id == who.person_id)) == SECURITY


def seen_by(session: Session, incident: Incident, who: Principal) -> Incident:
    """The incident, if `who` may know of it; raise NotFound as if there were none."""
    if not visible(session, incident, who):
        raise unknown(incident.number)
    return incident


def unknown(number: str | int) -> NotFound:
    """There is no such incident, for whoever asks."""
    return NotFound(
        N_("There is no incident %(number)s."),
        remedy=N_("Look at the list of incidents for its number."),
        number=str(number)[:64],
    )
