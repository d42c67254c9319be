"""Drills for calendar programs (iCalendar, RFC 5545): what one person may know of, holidays and freezes, behind a private address."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.journal import Note
from command.drills.models import Drill, State
from command.drills.programme import freezes, seeing
from command.incidents import house
from command.oncall.duties import feeds, holidays
from command.people.models import Person

ABOUT = "drills"
BEHIND, AHEAD = timedelta(days=30), timedelta(days=400)
"""How much of the past and the future it tells."""


def create(session: Session, person: Person) -> str:
    """A new secret for a person's calendar of drills; the one before ends. It is not kept."""
    return feeds.create(session, person, None, about=ABOUT)


def read(session: Session, text: str, origin: str) -> bytes:
    """The calendar behind a secret; raise NotFound for one that is wrong, ended, or of somebody who has left. It holds announced drills,
    and of those without notice what its owner may know of: nothing before they begin, but for trainer and supervisors."""
    _, person = feeds.holder(session, text, ABOUT)
    language = "zh" if person.language == "zh" else "en"
    made = Calendar()
    made.add("prodid", "-//Tocsin//Drills//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", WORDS[language]["name"])
    made.add("refresh-interval", feeds.REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    now = clock.now(session)
    span = (Drill.due_at >= now - BEHIND, Drill.due_at < now + AHEAD, seeing.visible(person.id))
    for drill in session.scalars(select(Drill).where(*span).order_by(Drill.due_at, Drill.id)):
        made.add_component(_drill(drill, now, language, origin))
    _closed(session, made, now, language, origin)
    return bytes(made.to_ical())


def _drill(drill: Drill, now: datetime, language: str, origin: str) -> Event:
    off = drill.state in (State.CANCELLED, State.MISSED)
    event = _event(f"{drill.code}@{urlsplit(origin).hostname}", now, f"{WORDS[language]['mark']} {drill.name}")
    event.add("dtstart", drill.due_at)
    event.add("dtend", drill.due_at + timedelta(minutes=drill.duration_minutes))
    event.add("sequence", drill.sequence)
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    event.add("url", f"{origin}/drills/{drill.code}")
    return event


def _closed(session: Session, made: Calendar, now: datetime, language: str, origin: str) -> None:
    host = urlsplit(origin).hostname
    for row in freezes.from_then_on(session, now - BEHIND):
        note = session.get(Note, row.note_id)
        why = f": {note.body}" if note is not None and note.body else ""
        event = _event(f"freeze-{row.id}@{host}", now, f"{WORDS[language]['freeze']}{why}")
        event.add("dtstart", row.from_at)
        event.add("dtend", row.until_at)
        made.add_component(event)
    days, _ = holidays.readable(house.settings(session).holidays)
    for day, holiday in sorted(days.items()):
        if now - BEHIND <= datetime(day.year, day.month, day.day, tzinfo=now.tzinfo) < now + AHEAD:
            event = _event(f"holiday-{day}@{host}", now, holiday.name_zh if language == "zh" else holiday.name_en)
            event.add("dtstart", day)
            event.add("dtend", day + timedelta(days=1))
            made.add_component(event)


def _event(uid: str, now: datetime, summary: str) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now)
    event.add("summary", summary)
    event.add("transp", "TRANSPARENT")
    return event


WORDS = {
    "zh": {"name": "演练计划", "mark": "【演练】", "freeze": "演练冻结"},
    "en": {"name": "Drills", "mark": "[DRILL]", "freeze": "No drills"},
}
