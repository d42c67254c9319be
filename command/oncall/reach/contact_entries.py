"""What the audit stream keeps of how people are reached: which of their methods, never an address."""

from typing import Literal

from command.core.journal import Payload


class ContactAdded(Payload, kind="people.contact_added"):
    person_id: int
    contact_id: int
    method: Literal["sms", "voice", "email", "chat"]


class ContactVerified(Payload, kind="people.contact_verified"):
    """The person gave the code that was sent there."""

    person_id: int
    contact_id: int


class ContactRemoved(Payload, kind="people.contact_removed"):
    person_id: int
    contact_id: int


class ContactsOrdered(Payload, kind="people.contacts_ordered"):
    """The order in which a person is reached, by ids of methods."""

    person_id: int
    order: list[int]


class QuietSet(Payload, kind="people.quiet_set"):
    """Quiet hours by the person's wall clock; null: none."""

    person_id: int
    start: str | None
    end: str | None
