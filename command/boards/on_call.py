"""Who holds each duty at an instant, until when, and who is next: from the rotations, for everybody alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.oncall import rotation
from command.oncall.models import Schedule
from command.oncall.schedules import rotation_of
from command.people.models import Person


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: its name, who holds it until when, and who takes it over then (the same person where they are alone)."""

    code: str
    name: str
    department: str
    person: str
    until: datetime
    next_person: str


def now(session: Session, at: datetime, language: str) -> list[Duty]:
    """Every duty that somebody holds, by code. A rotation that nobody takes turns in is left out."""
    people = {person.id: names.of(person, language) for person in session.scalars(select(Person))}
    found = []
    for schedule in session.scalars(select(Schedule).order_by(Schedule.code)):
        try:
            turns = rotation_of(session, schedule)
            shift = rotation.shift(turns, at)
            after = rotation.on_duty(turns, shift.end + timedelta(seconds=1))
        except rotation.RotationError:
            continue
        person, following = people.get(shift.member, ""), people.get(after, "")
        name = names.of(schedule, language)
        found.append(Duty(schedule.code, name, schedule.department, person, shift.end, following))
    return found
