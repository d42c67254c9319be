"""By what somebody can be reached now: the ways they proved, in their order, and the hours in which nothing may ring."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.oncall.reach import undisturbed
from command.people.contacts import PersonContact, PersonQuiet
from command.people.models import Person


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
