"""By what somebody can be reached now: the ways they proved, in their order, the hours in which nothing may ring, and the queue."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.messages import service as messages
from command.messages.models import SMS, Lane, Purpose
from command.oncall.reach import undisturbed
from command.people.contacts import PersonContact, PersonQuiet, destination
from command.people.models import Person
from notifiers.base import Channel


def proved(session: Session, person_id: int) -> Sequence[PersonContact]:
    """Somebody's ways that a code has proved, in their order; none where they have set nothing."""
    mine = select(PersonContact).where(
        PersonContact.person_id == person_id, PersonContact.active, PersonContact.verified_at.is_not(None)
    )
    return session.scalars(mine.order_by(PersonContact.position, PersonContact.id)).all()


def held_until(session: Session, person: Person, zone: ZoneInfo) -> datetime | None:
    """When somebody who is not to be disturbed now may be; None: at once. `zone` is of those who have chosen none."""
    quiet = session.get(PersonQuiet, person.id)
    if quiet is None:
        return None
    return undisturbed.until(clock.now(session), quiet.start, quiet.end, ZoneInfo(person.zone) if person.zone else zone)


def send(
    session: Session,
    person: Person,
    contact: PersonContact | None,
    text: str,
    *,
    purpose: Purpose,
    lane: Lane,
    valid_until: datetime,
    due_at: datetime | None = None,
    exercise: bool = False,
    page_id: int | None = None,
    channel: Channel | None = None,
    stream: str | None = None,
) -> int:
    """Queue a text to somebody by a way of theirs, or (None) to the number on record, which must be there; return the delivery's id. It
    goes by `channel` where that is given, else by the way's own. `stream` is the journal's of what it is about."""
    there = destination(person, contact)
    assert there is not None
    outgoing = messages.Outgoing(
        purpose=purpose,
        lane=lane,
        addressee=person.id,
        number=there[0],
        recipient=there[1],
        body_id=messages.put_body(session, text, person.language, stream=stream),
        exercise=exercise,
        page_id=page_id,
        due_at=due_at,
        valid_until=valid_until,
        channel=channel or (cast(Channel, contact.kind) if contact is not None else SMS),
    )
    return messages.enqueue(session, outgoing)
