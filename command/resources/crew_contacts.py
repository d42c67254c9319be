"""Who is called when a unit is dispatched: a person of the register, or somebody from outside with a number."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, journal, names
from command.core.keys import Keyring
from command.core.log import masked_words
from command.core.problems import N_, Invalid
from command.core.settings import Settings
from command.people import numbers
from command.people.contacts import destination
from command.people.models import Person
from command.resources import finding, ledger
from command.resources.crew_models import ResourceContact
from command.resources.entries import ContactSet


@dataclass(frozen=True, slots=True)
class Given:
    """Whom somebody names: a `person` (username), or somebody `outside` (a name) with a `number` as it was typed and the `language` they
    read."""

    person: str = ""
    outside: str = ""
    number: str = ""
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Called:
    """A contact as it can be reached now: the encrypted number and its blind index, None where there is none."""

    person_id: int | None
    name: str
    language: str
    there: tuple[bytes, bytes] | None


def put(session: Session, unit_id: int, given: Given, keyring: Keyring, settings: Settings) -> ResourceContact:
    """Whom a unit is called by from now on. Raise NotFound or Invalid, which names the field."""
    stock, unit = finding.unit_to_change(session, unit_id)
    made = session.get(ResourceContact, unit.id) or ResourceContact(unit_id=unit.id)
    if given.person.strip():
        _inside(session, made, given)
    else:
        _outside(made, given, keyring, settings)
    made.changed_at = clock.now(session)
    session.add(made)
    session.flush()
    who = "person" if made.person_id else "outside"
    payload = ContactSet(unit_id=unit.id, who=who, person_id=made.person_id)
    journal.record(session, ledger.stream(session, stock.pool_id), payload)
    return made


def _inside(session: Session, made: ResourceContact, given: Given) -> None:
    if given.outside.strip() or given.number.strip():
        raise Invalid(
            N_("A contact is a person of the register, or somebody from outside."),
            field="person",
            remedy=N_("Leave the name and the number empty, or leave the username empty."),
        )
    person = session.scalar(select(Person).where(Person.username == given.person.strip(), Person.active))
    if person is None:
        raise Invalid(
            N_("There is nobody of the username %(username)s."),
            field="person",
            remedy=N_("Look at the list of people, or give the name and the number of somebody from outside."),
            username=given.person.strip(),
        )
    if destination(person, None) is None:
        raise Invalid(
            N_("%(username)s has no number on record."),
            field="person",
            remedy=N_("Let an administrator put the number on record first."),
            username=person.username,
        )
    made.person_id, made.name, made.number, made.number_index = person.id, "", None, None
    made.language = "zh" if person.language == "zh" else "en"


def _outside(made: ResourceContact, given: Given, keyring: Keyring, settings: Settings) -> None:
    name = masked_words(given.outside.strip())
    if not name:
        raise Invalid(
            N_("Say who is called."),
            field="outside",
            remedy=N_("Give the username of a person, or a name with a phone number."),
        )
    if not given.number.strip():
        raise Invalid(N_("The number is missing."), field="number", remedy=N_("Give digits, such as 138 0000 1111."))
    region = numbers.REGIONS.get(settings.profile)
    number = numbers.understood(given.number, region, made_up=settings.demo_allowed, sms=True, field="number")
    made.person_id, made.name, made.language = None, name, "zh" if given.language == "zh" else "en"
    made.number, made.number_index = keyring.encrypt(number), keyring.index(number)


def drop(session: Session, unit_id: int) -> None:
    """Nobody is called any more for a unit. Raise NotFound."""
    stock, unit = finding.unit_to_change(session, unit_id)
    known = session.get(ResourceContact, unit.id)
    if known is None:
        return
    session.delete(known)
    payload = ContactSet(unit_id=unit.id, who="nobody", person_id=None)
    journal.record(session, ledger.stream(session, stock.pool_id), payload)


def reaches(session: Session, index: bytes) -> bool:
    """Whether a number (by blind index) is one by which a crew from outside is called."""
    query = select(ResourceContact.unit_id).where(ResourceContact.number_index == index).limit(1)
    return session.scalar(query) is not None


def of(session: Session, unit_id: int) -> Called | None:
    """Whom a unit is called by; None where nobody is named."""
    known = session.get(ResourceContact, unit_id)
    if known is None:
        return None
    if known.person_id is None:
        assert known.number is not None and known.number_index is not None
        return Called(None, known.name, known.language, (known.number, known.number_index))
    person = session.get_one(Person, known.person_id)
    language = "zh" if person.language == "zh" else "en"
    there = destination(person, None) if person.active else None
    return Called(person.id, names.of(person, language), language, there)
