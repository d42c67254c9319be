"""One's training sessions in one's calendar feed: those one has a place in or teaches."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from icalendar import Event
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.people.models import Person
from command.training import sessions
from command.training.models import State, TrainingPlace, TrainingSession


def events(
    session: Session, person: Person, start: datetime, end: datetime, language: str, origin: str
) -> Iterator[Event]:
    """The sessions between two instants; one that was called off says so, for calendar programs keep what they were told."""
    mine = select(TrainingPlace.session_id).where(
        TrainingPlace.person_id == person.id, TrainingPlace.answer.in_(list(sessions.TAKEN))
    )
    query = select(TrainingSession).where(
        or_(TrainingSession.id.in_(mine), TrainingSession.teacher_id == person.id),
        TrainingSession.starts_at < end,
        TrainingSession.starts_at > start,
    )
    for row in session.scalars(query.order_by(TrainingSession.starts_at)):
        yield _event(session, row, language, origin)


def _event(session: Session, row: TrainingSession, language: str, origin: str) -> Event:
    event = Event()
    event.add("uid", f"training-{row.id}@{urlsplit(origin).hostname}")
    event.add("sequence", row.version)
    event.add("dtstamp", clock.now(session))
    event.add("dtstart", row.starts_at)
    event.add("dtend", sessions.ends_at(row))
    event.add("summary", f"{'培训' if language == 'zh' else 'Training'}: {row.title}")
    event.add("location", row.place or row.link)
    event.add("url", f"{origin}/training/sessions/{row.id}")
    event.add("status", "CANCELLED" if row.state == State.CANCELLED else "CONFIRMED")
    return event
