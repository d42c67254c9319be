"""The allow-list of exercises: numbers that drills may reach, each until a time. Everything else is refused."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.messages.models import ExerciseAllowed


def allow(session: Session, recipient: bytes, until: datetime, by: str) -> None:
    """Let exercise messages reach a number (by blind index) until a time; `by` is the actor who allows it."""
    known = session.get(ExerciseAllowed, recipient)
    if known is None:
        session.add(ExerciseAllowed(recipient=recipient, until=until, by=by))
    else:
        known.until, known.by = until, by
    session.flush()


def allow_at_least(session: Session, recipient: bytes, until: datetime, by: str) -> None:
    """Let exercise messages reach a number until a time, or longer where it may be reached longer already."""
    known = session.get(ExerciseAllowed, recipient)
    if known is None or known.until < until:
        allow(session, recipient, until, by)


def allowed(session: Session, recipient: bytes) -> bool:
    """Whether exercise messages may reach the number now."""
    until = session.scalar(select(ExerciseAllowed.until).where(ExerciseAllowed.recipient == recipient))
    return until is not None and until > clock.now(session)
