"""The allow-list of exercises: addresses that drills may reach, each until a time. Everything else is refused.

Only addresses of those who work here are put on it, and one that is on it counts only while it is theirs: a subscriber's number does not
become one that a drill may reach, whoever writes it into the table."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Invalid
from command.messages.models import ExerciseAllowed
from command.people import contacts

Ours = Callable[[Session, bytes], bool]
"""Whether an address (by blind index) is one at which somebody works for the operator."""
ours: list[Ours] = [contacts.reaches]
"""The rooms that know such addresses; rooms above add themselves where the parts are joined."""


def allow(session: Session, recipient: bytes, until: datetime, by: str) -> None:
    """Let exercise messages reach an address (by blind index) until a time; `by` is the actor who allows it. Raise Invalid for one that is
    of nobody who works here."""
    if not known(session, recipient):
        raise Invalid(
            N_("This address is not of anybody who works here, so no exercise may reach it."),
            field="number",
            remedy=N_("Put it on the record of a person, or make it the contact of a crew, and try again."),
        )
    listed = session.get(ExerciseAllowed, recipient)
    if listed is None:
        session.add(ExerciseAllowed(recipient=recipient, until=until, by=by))
    else:
        listed.until, listed.by = until, by
    session.flush()


def allow_at_least(session: Session, recipient: bytes, until: datetime, by: str) -> None:
    """Let exercise messages reach an address until a time, or longer where it may be reached longer already. Raise Invalid as `allow`."""
    listed = session.get(ExerciseAllowed, recipient)
    if listed is None or listed.until < until:
        allow(session, recipient, until, by)


def allowed(session: Session, recipient: bytes) -> bool:
    """Whether exercise messages may reach the address now: it is on the list, and still of somebody who works here."""
    until = session.scalar(select(ExerciseAllowed.until).where(ExerciseAllowed.recipient == recipient))
    return until is not None and until > clock.now(session) and known(session, recipient)


def leave(session: Session, recipient: bytes) -> bool:
    """Take an address off the list; False where it was not on it."""
    gone = delete(ExerciseAllowed).where(ExerciseAllowed.recipient == recipient).returning(ExerciseAllowed.recipient)
    return session.scalar(gone) is not None


def known(session: Session, recipient: bytes) -> bool:
    """Whether the address is of somebody who works here."""
    return any(reaches(session, recipient) for reaches in ours)
