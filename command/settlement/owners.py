"""Who may see to a settlement."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, Invalid
from command.incidents import visibility
from command.incidents.models import Incident
from command.people.access import rules
from command.people.models import Person

ACT = "settle"


def named(session: Session, incident: Incident, username: str) -> Person:
    """The active person of a username who may settle and may know of the incident; raise Invalid."""
    person = session.scalar(select(Person).where(Person.username == username.strip(), Person.active))
    if person is None or not _able(person) or not visibility.known_to(session, incident, person):
        raise Invalid(
            N_("%(name)s cannot see to this: nobody active of this name may settle it."),
            field="owner",
            remedy=N_("Choose one of the list of people."),
            name=username[:64],
        )
    return person


def choices(session: Session, incident: Incident) -> list[Person]:
    """Everybody who may see to a settlement of an incident, by username."""
    people = session.scalars(select(Person).where(Person.active).order_by(Person.username))
    return [each for each in people if _able(each) and visibility.known_to(session, incident, each)]


def _able(person: Person) -> bool:
    return rules().may_ever(ACT, frozenset(held.post for held in person.posts))
