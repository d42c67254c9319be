"""How the person who asks is reached, over HTTP: their methods, codes, tests, order, quiet hours. Nobody sees another's."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.core.keys import Keyring
from command.core.problems import N_, Conflict, Invalid
from command.messages import gateways
from command.oncall.duties.asked import NothingIn, Strict
from command.oncall.reach import addresses, contacts
from command.people.access import access, here, principal, unit
from command.people.contacts import PersonContact
from command.people.models import Person
from notifiers.base import Channel

api = APIBlueprint("contacts", __name__, url_prefix="/api/v1/me", tag="People")


class ContactIn(Strict):
    """`address` in any shape people type: a number (sms, voice), a mailbox (email), a webhook's address (chat)."""

    kind: Channel
    address: Annotated[str, Field(max_length=addresses.LONGEST)]
    label: Annotated[str, Field(max_length=60)] = ""
    wait_minutes: Annotated[int, Field(ge=1, le=contacts.LONGEST_WAIT)] = 2


class CodeIn(Strict):
    code: Annotated[str, Field(min_length=1, max_length=40)]


class MoveIn(Strict):
    to: Literal["up", "down"]


class WaitIn(Strict):
    minutes: Annotated[int, Field(ge=1, le=contacts.LONGEST_WAIT)]


class QuietIn(Strict):
    """By the person's own wall clock; both null: none."""

    start: time | None
    end: time | None


class QuietOut(BaseModel):
    start: str | None
    end: str | None


class ContactOut(BaseModel):
    """One method; the address is masked. `on_record` is the number on the person's record; `code_until` when a code sent there ends."""

    id: int
    kind: str
    address: str
    label: str
    wait_minutes: int
    on_record: bool
    verified: bool
    code_until: datetime | None


class ContactsOut(BaseModel):
    """Methods in order; `kinds` are what this installation can send."""

    items: list[ContactOut]
    kinds: list[str]
    quiet: QuietOut


def house_of(installation: Installation) -> contacts.House:
    """What the verbs need of an installation."""
    settings = installation.settings
    given = gateways.live(settings)
    rules = addresses.Rules(
        region=addresses.REGIONS.get(settings.profile),
        made_up=settings.demo_allowed,
        schemes=tuple(scheme for one in given if one.channel == "chat" for scheme in one.schemes),
    )
    names = {"zh": settings.operator_name_zh, "en": settings.operator_name_en}
    return contacts.House(installation.keyring, frozenset(one.channel for one in given), rules, names)


def contact_out(keyring: Keyring, person: Person, contact: PersonContact) -> ContactOut:
    """A method as its owner sees it."""
    stored = contact.address if contact.address is not None else person.number
    assert stored is not None
    return ContactOut(
        id=contact.id or 0,
        kind=contact.kind,
        address=addresses.shown(contact.kind, keyring.decrypt(stored)),
        label=contact.label,
        wait_minutes=contact.wait_minutes,
        on_record=contact.address is None,
        verified=contact.verified_at is not None,
        code_until=contact.code_until,
    )


def everything(session: Session) -> ContactsOut:
    """All there is about how the person who asks is reached."""
    person, house = session.get_one(Person, principal().person_id), house_of(here())
    quiet = contacts.quiet(session, person.id)
    return ContactsOut(
        items=[contact_out(house.keyring, person, one) for one in contacts.of(session, person)],
        kinds=[kind for kind in addresses.KINDS if kind in house.kinds],
        quiet=QuietOut(start=f"{quiet.start:%H:%M}" if quiet else None, end=f"{quiet.end:%H:%M}" if quiet else None),
    )


Work = Callable[[Session, contacts.House, Person, PersonContact], object]


def with_mine(contact_id: int, work: Work) -> ContactOut:
    """Do something with one of one's own methods, in one unit of work; the method as it is then."""

    def unit_of_work(session: Session) -> ContactOut:
        person, house = session.get_one(Person, principal().person_id), house_of(here())
        contact = contacts.find(session, person, contact_id)
        work(session, house, person, contact)
        return contact_out(house.keyring, person, contact)

    return unit(unit_of_work)


def add_mine(given: ContactIn) -> ContactOut:
    """A new method of one's own; its code is on the way."""

    def work(session: Session) -> ContactOut:
        person, house = session.get_one(Person, principal().person_id), house_of(here())
        made = contacts.add(session, house, person, given.kind, given.address, given.label, given.wait_minutes)
        return contact_out(house.keyring, person, made)

    return unit(work)


def confirm_mine(contact_id: int, code: str) -> ContactOut:
    """Verify a method by its code. Raise Invalid for a wrong one (which is counted), Conflict where none is valid any more."""
    told: list[contacts.Told] = []
    made = with_mine(contact_id, lambda s, house, _, contact: told.append(contacts.confirm(s, house, contact, code)))
    if told[0] == "wrong":
        raise Invalid(N_("The code is wrong."), field="code", remedy=N_("Type the six digits that were sent there."))
    if told[0] == "over" and not made.verified:
        raise Conflict(N_("This code is no longer valid."), field="code", remedy=N_("Send a new one."))
    return made


def remove_mine(contact_id: int) -> None:
    """Use one of one's own methods no more."""

    def work(session: Session) -> None:
        person = session.get_one(Person, principal().person_id)
        contacts.remove(session, contacts.find(session, person, contact_id))

    unit(work)


@api.get("/contacts")
@api.output(ContactsOut)
@access("read")
def list_contacts() -> ContactsOut:
    """How you are reached, in order."""
    with here().database.read() as session:
        return everything(session)


@api.post("/contacts")
@api.input(ContactIn)
@api.output(ContactOut, status_code=201)
@access("read")
def add_contact(json_data: ContactIn) -> ContactOut:
    """A new way to reach you. A code is sent there; until you confirm it, it is not used."""
    return add_mine(json_data)


@api.delete("/contacts/<int:contact_id>")
@api.output({}, status_code=204)
@access("read")
def remove_contact(contact_id: int) -> Any:
    """Use it no more."""
    remove_mine(contact_id)
    return ""


@api.post("/contacts/<int:contact_id>/actions/code")
@api.input(NothingIn)
@api.output(ContactOut)
@access("read")
def new_code(contact_id: int, json_data: NothingIn) -> ContactOut:
    """Send a new code; the one before it ends."""
    return with_mine(contact_id, contacts.send_code)


@api.post("/contacts/<int:contact_id>/actions/confirm")
@api.input(CodeIn)
@api.output(ContactOut)
@access("read")
def confirm(contact_id: int, json_data: CodeIn) -> ContactOut:
    """Prove that it is yours by the code."""
    return confirm_mine(contact_id, json_data.code)


@api.post("/contacts/<int:contact_id>/actions/test")
@api.input(NothingIn)
@api.output(ContactOut)
@access("read")
def test_contact(contact_id: int, json_data: NothingIn) -> ContactOut:
    """Send yourself a test message by it."""
    return with_mine(contact_id, contacts.test)


@api.post("/contacts/<int:contact_id>/actions/move")
@api.input(MoveIn)
@api.output(ContactOut)
@access("read")
def move(contact_id: int, json_data: MoveIn) -> ContactOut:
    """Be reached by it earlier or later than by the one beside it."""
    by = -1 if json_data.to == "up" else 1
    return with_mine(contact_id, lambda session, _, person, contact: contacts.move(session, person, contact, by))


@api.post("/contacts/<int:contact_id>/actions/wait")
@api.input(WaitIn)
@api.output(ContactOut)
@access("read")
def wait(contact_id: int, json_data: WaitIn) -> ContactOut:
    """How long an answer is awaited before the next one is used."""
    return with_mine(contact_id, lambda *given: contacts.set_wait(given[3], json_data.minutes))


@api.put("/quiet-hours")
@api.input(QuietIn)
@api.output(QuietOut)
@access("read")
def quiet_hours(json_data: QuietIn) -> QuietOut:
    """Hours in which only incidents of tiers I and II reach you."""
    unit(lambda session: contacts.set_quiet(session, principal().person_id, json_data.start, json_data.end))
    with here().database.read() as session:
        return everything(session).quiet
