"""The verbs of how people are reached: methods added, proved by a code, tested, ordered, removed, and quiet hours.

The number on a person's record is their first method and always verified; it may be moved, not removed, so that nobody can make
themselves unreachable."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.core.keys import Keyring
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.messages import halts, outbox
from command.messages.models import Body, Delivery, Lane, Purpose, State
from command.oncall.reach import addresses, contact_entries, ways
from command.oncall.reach.contact_texts import spoken_or_written, test_text
from command.people import limits
from command.people.contacts import PersonContact, PersonQuiet
from command.people.entries import audit
from command.people.models import Person
from notifiers.base import Channel

CODE_VALID, CODE_TRIES = timedelta(minutes=10), 5
CODES, CODES_WITHIN = 6, timedelta(hours=1)
"""Codes and tests sent for one person in an hour: calls and SMS cost money, and a stranger's phone must not ring all day."""
WAIT_MINUTES = 2
"""Minutes the number on record waits for an answer, for who has set nothing."""
MOST = 10
LONGEST_WAIT = 60
"""Minutes."""
Told = Literal["right", "wrong", "over"]


@dataclass(frozen=True, slots=True)
class House:
    """What the verbs need of the installation: `kinds` it has gateways for, `rules` of addresses, the operator's name by language."""

    keyring: Keyring
    kinds: frozenset[str]
    rules: addresses.Rules
    names: dict[str, str]


def of(session: Session, person: Person) -> Sequence[PersonContact]:
    """A person's methods in order, unverified ones too. Who has set nothing has the number on record, if any (a row not yet stored)."""
    mine = select(PersonContact).where(PersonContact.person_id == person.id, PersonContact.active)
    found = _reachable(person, session.scalars(mine.order_by(PersonContact.position, PersonContact.id)).all())
    return found or ([_on_record(session, person)] if person.number is not None else [])


def add(
    session: Session, house: House, person: Person, kind: Channel, typed: str, label: str, wait_minutes: int
) -> PersonContact:
    """A new method at the end of the order, to which a code is sent. Raise Invalid, Conflict or TooMany."""
    _require(kind, house)
    address = addresses.understood(kind, typed, house.rules)
    mine = _stored(session, person)
    if len(mine) >= MOST:
        raise Conflict(N_("You have %(most)d ways already."), remedy=N_("Remove one first."), most=MOST)
    index = house.keyring.index(address)
    same = [one for one in mine if one.kind == kind and one.address_index == index]
    if same or (kind == "sms" and index == person.number_index):
        raise Conflict(N_("You have this one already."), field="address", remedy=N_("Give another."))
    contact = PersonContact(
        person_id=person.id,
        kind=kind,
        address=house.keyring.encrypt(address),
        address_index=index,
        label="".join(char for char in label if char.isprintable()).strip()[:60],
        position=max((one.position for one in mine), default=-1) + 1,
        wait_minutes=waited(wait_minutes),
        created_at=clock.now(session),
        active=True,
        code_tries=0,
    )
    session.add(contact)
    session.flush()
    audit(session, contact_entries.ContactAdded(person_id=person.id, contact_id=contact.id, method=kind))
    send_code(session, house, person, contact)
    return contact


def waited(minutes: int) -> int:
    """A wait that is allowed; raise Invalid."""
    if not 1 <= minutes <= LONGEST_WAIT:
        raise Invalid(
            N_("The wait is 1 to %(most)d minutes."),
            field="wait_minutes",
            remedy=N_("Give whole minutes."),
            most=LONGEST_WAIT,
        )
    return minutes


def send_code(session: Session, house: House, person: Person, contact: PersonContact) -> None:
    """Send a new code by the method itself; the one before it ends. Raise Conflict where it is verified, or TooMany."""
    if contact.verified_at is not None:
        raise Conflict(N_("This way is verified already."), remedy=N_("Send a test message instead."))
    _require(contact.kind, house)
    _limit(session, person)
    _forget_code(session, contact)
    code = f"{secrets.randbelow(1_000_000):06d}"
    text = spoken_or_written(contact.kind, code, person.language, house.names)
    contact.code_hash, contact.code_tries = _hash(house.keyring, contact.id, code), 0
    contact.code_until = clock.now(session) + CODE_VALID
    contact.code_delivery_id = _send(session, person, contact, text)


def confirm(session: Session, house: House, contact: PersonContact, code: str) -> Told:
    """Try a code: right ones verify the method. A wrong one is counted, so this must be committed either way; `over`: no code is valid any
    more, ask for a new one."""
    now = clock.now(session)
    alive = contact.code_hash is not None and contact.code_until is not None and contact.code_until > now
    if not alive or contact.code_tries >= CODE_TRIES:
        return "over"
    digits = "".join(char for char in addresses.plain(code) if char.isdigit())
    assert contact.code_hash is not None
    if not hmac.compare_digest(contact.code_hash, _hash(house.keyring, contact.id, digits)):
        contact.code_tries += 1
        return "wrong" if contact.code_tries < CODE_TRIES else "over"
    contact.verified_at = now
    _forget_code(session, contact)
    audit(session, contact_entries.ContactVerified(person_id=contact.person_id, contact_id=contact.id))
    return "right"


def test(session: Session, house: House, person: Person, contact: PersonContact) -> None:
    """Send a test message by a verified method. Raise Conflict or TooMany."""
    if contact.verified_at is None:
        raise Conflict(N_("This way is not verified yet."), remedy=N_("Enter the code that was sent there."))
    _require(contact.kind, house)
    _limit(session, person)
    _send(session, person, contact, test_text(person.language, house.names))


def move(session: Session, person: Person, contact: PersonContact, by: int) -> None:
    """Move a method up (-1) or down (1) in the order; at an end it stays."""
    order = list(_stored(session, person))
    at = order.index(contact)
    to = min(max(at + by, 0), len(order) - 1)
    order.insert(to, order.pop(at))
    for position, one in enumerate(order):
        one.position = position
    if to != at:
        audit(session, contact_entries.ContactsOrdered(person_id=person.id, order=[one.id for one in order]))


def set_wait(contact: PersonContact, minutes: int) -> None:
    """How long an answer is awaited before the next method is used. Raise Invalid."""
    contact.wait_minutes = waited(minutes)


def remove(session: Session, contact: PersonContact) -> None:
    """Use a method no more; its address is forgotten. Raise Conflict for the number on record."""
    if contact.address is None:
        raise Conflict(
            N_("The number on your record stays."), remedy=N_("Move it down, or have an administrator change it.")
        )
    _forget_code(session, contact)
    contact.active, contact.address, contact.address_index, contact.label = False, b"", None, ""
    audit(session, contact_entries.ContactRemoved(person_id=contact.person_id, contact_id=contact.id))


def find(session: Session, person: Person, contact_id: int) -> PersonContact:
    """One of a person's own methods, locked; 0 is the number on record, before anything was set. Raise NotFound."""
    if contact_id == 0 and person.number is not None:
        mine = _stored(session, person)
        return next(one for one in mine if one.address is None)
    query = select(PersonContact).where(
        PersonContact.id == contact_id, PersonContact.person_id == person.id, PersonContact.active
    )
    found = session.scalar(query.with_for_update())
    if found is None:
        raise NotFound(N_("You have no such way to be reached."), remedy=N_("Reload the page."))
    return found


def quiet(session: Session, person_id: int) -> PersonQuiet | None:
    """A person's quiet hours."""
    return session.get(PersonQuiet, person_id)


def set_quiet(session: Session, person_id: int, start: time | None, end: time | None) -> None:
    """Quiet hours by the person's own wall clock; None for both ends them. Raise Invalid for one without the other, or for all day."""
    if (start is None) != (end is None):
        field = "start" if start is None else "end"
        raise Invalid(N_("Quiet hours need a beginning and an end."), field=field, remedy=N_("Give both, or neither."))
    for field, given in (("start", start), ("end", end)):
        if given is not None and given.tzinfo is not None:
            raise Invalid(N_("This is no time of day."), field=field, remedy=N_("Give one such as 22:00."))
    if start is not None and start == end:
        raise Invalid(N_("Quiet hours cannot last all day."), field="end", remedy=N_("Give another end."))
    known = session.get(PersonQuiet, person_id)
    if start is None or end is None:
        if known is not None:
            session.delete(known)
    elif known is None:
        session.add(PersonQuiet(person_id=person_id, start=start, end=end))
    else:
        known.start, known.end = start, end
    told = [f"{start:%H:%M}" if start else None, f"{end:%H:%M}" if end else None]
    audit(session, contact_entries.QuietSet(person_id=person_id, start=told[0], end=told[1]))


def _stored(session: Session, person: Person) -> Sequence[PersonContact]:
    """A person's methods as rows, the number on record among them from now on. The person is locked: one order, not two."""
    session.scalar(select(Person.id).where(Person.id == person.id).with_for_update())
    mine = select(PersonContact).where(PersonContact.person_id == person.id, PersonContact.active)
    found = _reachable(person, session.scalars(mine.order_by(PersonContact.position, PersonContact.id)).all())
    if person.number is not None and all(one.address is not None for one in found):
        first = _on_record(session, person)
        session.add(first)
        session.flush()
        found.insert(0, first)
    return found


def _reachable(person: Person, found: Sequence[PersonContact]) -> list[PersonContact]:
    """Methods without the number on record of a person who has none any more."""
    return [one for one in found if one.address is not None or person.number is not None]


def _on_record(session: Session, person: Person) -> PersonContact:
    now = clock.now(session)
    return PersonContact(
        person_id=person.id,
        kind="sms",
        label="",
        position=-1,
        wait_minutes=WAIT_MINUTES,
        created_at=now,
        verified_at=now,
        active=True,
        code_tries=0,
    )


def _require(kind: str, house: House) -> None:
    if kind not in house.kinds:
        raise Invalid(
            N_("Nothing of this kind can be sent here."), field="kind", remedy=N_("Choose another way to be reached.")
        )


def _limit(session: Session, person: Person) -> None:
    limits.hit(session, f"contact:{person.id}", CODES, CODES_WITHIN)


def _send(session: Session, person: Person, contact: PersonContact, text: str) -> int:
    valid_until = clock.now(session) + CODE_VALID
    return ways.send(session, person, contact, text, purpose=Purpose.CONTACT, lane=Lane.PAGE, valid_until=valid_until)


def _forget_code(session: Session, contact: PersonContact) -> None:
    """End a code: it is not sent any more, and its text is not kept."""
    delivery_id, contact.code_delivery_id = contact.code_delivery_id, None
    contact.code_hash = contact.code_until = None
    if delivery_id is None:
        return
    halts.end(session, outbox.deliveries.c.id == delivery_id, State.WITHDRAWN, "replaced")
    body = select(Delivery.body_id).where(Delivery.id == delivery_id).scalar_subquery()
    session.execute(update(Body).where(Body.id == body).values(text="······"))


def _hash(keyring: Keyring, contact_id: int, code: str) -> bytes:
    """Keyed, for six digits alone are soon guessed from a plain hash."""
    return hmac.digest(keyring.secret("contact code"), f"{contact_id}:{code}".encode(), "sha256")
