"""Duties for calendar programs (iCalendar, RFC 5545): a private address per person, of their own duties or of a whole schedule."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.problems import N_, NotFound
from command.oncall import entries
from command.oncall.duties import schedules
from command.oncall.duties.layers import Span
from command.oncall.models import CalendarFeed, Schedule
from command.people.entries import audit
from command.people.models import Person

BEHIND, AHEAD = timedelta(days=30), timedelta(days=180)
"""How much of the past and the future a feed tells."""
REFRESH = timedelta(hours=1)
Own = Callable[[Session, Person, datetime, datetime, str, str], Iterable[Event]]
own_events: list[Own] = []
"""What else is on somebody's own calendar, between two instants, in a language, with links below an origin: higher rooms join in."""


def create(session: Session, person: Person, schedule: Schedule | None, about: str = "duties") -> str:
    """A new secret for a person's own duties, for a schedule, or for what another room tells (`about`); the one before for the same ends.
    It is not kept."""
    now = clock.now(session)
    which = schedule.id if schedule else None
    mine = (CalendarFeed.person_id == person.id) & (CalendarFeed.about == about)
    same = mine & CalendarFeed.schedule_id.is_not_distinct_from(which)
    session.execute(update(CalendarFeed).where(same, CalendarFeed.revoked_at.is_(None)).values(revoked_at=now))
    text = secrets.token_urlsafe(24)
    made = CalendarFeed(person_id=person.id, schedule_id=which, about=about, secret_hash=_digest(text), created_at=now)
    session.add(made)
    session.flush()
    audit(session, entries.FeedMade(feed_id=made.id, person_id=person.id, schedule_id=which, about=about))
    return text


def read(session: Session, text: str, origin: str) -> bytes:
    """The calendar behind a secret; raise NotFound for one that is wrong, ended, or of somebody who has left."""
    feed, person = holder(session, text, "duties")
    return _calendar(session, feed, person, origin)


def holder(session: Session, text: str, about: str) -> tuple[CalendarFeed, Person]:
    """The address behind a secret and whose it is; raise NotFound for one that is wrong, ended, of something else, or of somebody who has
    left."""
    mine = (CalendarFeed.secret_hash == _digest(text), CalendarFeed.about == about, CalendarFeed.revoked_at.is_(None))
    feed = session.scalar(select(CalendarFeed).where(*mine))
    person = session.get(Person, feed.person_id) if feed else None
    if feed is None or person is None or not person.active:
        raise NotFound(
            N_("This calendar address is not valid."), remedy=N_("Make a new one on the page where it came from.")
        )
    return feed, person


def _calendar(session: Session, feed: CalendarFeed, person: Person, origin: str) -> bytes:
    language = "zh" if person.language == "zh" else "en"
    rows = (
        [session.get_one(Schedule, feed.schedule_id)] if feed.schedule_id else list(session.scalars(select(Schedule)))
    )
    made = Calendar()
    made.add("prodid", "-//Tocsin//On call//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", names.of(rows[0] if feed.schedule_id else person, language))
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    now = clock.now(session)
    for row in rows:
        for span in schedules.spans(session, row, now - BEHIND, now + AHEAD):
            if span.member is not None and (feed.schedule_id or span.member == person.id):
                made.add_component(_event(session, row, span, now, language, origin))
    for also in own_events if feed.schedule_id is None else ():
        for event in also(session, person, now - BEHIND, now + AHEAD, language, origin):
            made.add_component(event)
    return bytes(made.to_ical())


def _event(session: Session, row: Schedule, span: Span, now: datetime, language: str, origin: str) -> Event:
    holder = session.get_one(Person, span.member)
    event = Event()
    event.add("uid", f"{row.code}-{span.start:%Y%m%dT%H%M%SZ}-{holder.id}@{urlsplit(origin).hostname}")
    event.add("dtstamp", now)
    event.add("dtstart", span.start)
    event.add("dtend", span.end)
    event.add("summary", f"{names.of(row, language)}: {names.of(holder, language)}")
    event.add("url", f"{origin}/on-call#{row.code}")
    event.add("transp", "TRANSPARENT")
    return event


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
