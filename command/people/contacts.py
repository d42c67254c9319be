"""Ways to reach a person besides the number on their record, and the hours in which they do not want to be called."""

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, exists, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from command.core.columns import Base, BigId, Id
from command.people.models import Person


class PersonContact(Base):
    """One way to reach a person, used only while `active` and once verified. `address` is encrypted: a number (sms, voice), a mailbox
    (email), a chat's address (chat); null stands for the number on the person's record. `wait_minutes` is how long an answer is awaited
    before the next one, by `position`, is used.

    `code_hash` is the SHA-256 of a code sent there (salted with the row's id), valid until `code_until` for a few tries; `code_delivery_id`
    the message that holds it."""

    __tablename__ = "person_contact"
    __table_args__ = (CheckConstraint("kind IN ('sms','voice','email','chat')", name="kind"),)
    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_index: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    label: Mapped[str] = mapped_column(default="")
    position: Mapped[int]
    wait_minutes: Mapped[int]
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    code_until: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    code_delivery_id: Mapped[int | None] = mapped_column(BigId)


class PersonQuiet(Base):
    """The hours, local to the person, in which they are not to be disturbed but for tiers I and II. `end` before `start`: over midnight."""

    __tablename__ = "person_quiet"
    person_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    start: Mapped[time]
    end: Mapped[time]


def destination(person: Person, contact: PersonContact | None) -> tuple[bytes, bytes] | None:
    """The encrypted address of a way (None: the number on record) and its blind index; None where a person has no such number."""
    address, index = (contact.address, contact.address_index) if contact is not None else (None, None)
    if address is None:
        address, index = person.number, person.number_index
    return (address, index) if address is not None and index is not None else None


def owners(session: Session, index: bytes) -> Sequence[Person]:
    """Active people who write SMS from a number (by blind index): the one on their record, or one they proved to be theirs."""
    theirs = select(PersonContact.person_id).where(
        PersonContact.address_index == index,
        PersonContact.kind.in_(["sms", "voice"]),
        PersonContact.active,
        PersonContact.verified_at.is_not(None),
    )
    query = select(Person).where(or_(Person.number_index == index, Person.id.in_(theirs)), Person.active)
    return session.scalars(query.order_by(Person.id)).all()


def reaches(session: Session, index: bytes) -> bool:
    """Whether an address (by blind index) of any kind is one at which an active person is reached: the number on their record, or one they
    proved to be theirs."""
    proved = exists().where(
        PersonContact.person_id == Person.id,
        PersonContact.address_index == index,
        PersonContact.active,
        PersonContact.verified_at.is_not(None),
    )
    query = select(Person.id).where(Person.active, or_(Person.number_index == index, proved)).limit(1)
    return session.scalar(query) is not None
