"""Who may know of a restricted incident: its first-contact owner, those who hold a role in it, those paged for it, and whoever is on its
list of names (`command.security` keeps it). No post and no department sees them all. Of an exercise, whoever takes part in its drill."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from command.core.problems import N_, NotFound
from command.incidents.models import Incident, Named, Role
from command.oncall.models import Page
from command.people.access import Principal
from command.people.models import Person

Involved = Callable[[int], Select[int]]
involved: list[Involved] = []
"""For a person's id: the ids of incidents that they may know of besides. Joined where the application is put together."""


turned: list[Callable[[Session, Incident], object]] = []
"""Called with an incident that was restricted, or is no more: what rooms above keep of the restriction themselves follows. Joined in the
same place."""


def visible(session: Session, incident: Incident, who: Principal) -> bool:
    """Whether `who` may know of an incident."""
    if not incident.restricted or incident.owner_id == who.person_id:
        return True
    return session.scalar(select(Incident.id).where(Incident.id == incident.id, or_(*_ways(who)))) is not None


def _ways(who: Principal) -> list[ColumnElement[bool]]:
    """The ways in which somebody knows of a restricted incident. A machine's token knows of none: it is nobody who could be named."""
    if who.source is not None:
        return [false()]
    mine = Named.person_id == who.person_id, Named.incident_id == Incident.id
    holds = select(Role.id).where(
        Role.incident_id == Incident.id, Role.person_id == who.person_id, Role.until_at.is_(None)
    )
    paged = select(Page.id).where(Page.incident_id == Incident.id, Page.person_id == who.person_id)
    return [
        Incident.owner_id == who.person_id,
        holds.exists(),
        select(Named.id).where(*mine, Named.until_at.is_(None)).exists(),
        and_(paged.exists(), ~select(Named.id).where(*mine, Named.until_at.is_not(None)).exists()),
        *(and_(Incident.exercise, Incident.id.in_(known(who.person_id))) for known in involved),
    ]


def named(session: Session, incident: Incident, who: Principal) -> bool:
    """Whether `who` could know of an incident if it were restricted, whether it is or not: they handle it or are on its list."""
    query = select(Incident.id).where(Incident.id == incident.id, or_(*_ways(who)))
    return session.scalar(query) is not None


def known_to(session: Session, incident: Incident, person: Person) -> bool:
    """Whether somebody who does not ask themselves may know of an incident."""
    posts = frozenset(held.post for held in person.posts)
    return visible(session, incident, Principal(person.id, person.username, posts, person.area_code, person.language))


def only_visible(session: Session, query: Select[Incident], who: Principal) -> Select[Incident]:
    """The same query over incidents without those that `who` may not know of."""
    return query.where(or_(Incident.restricted.is_(False), *_ways(who)))


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
