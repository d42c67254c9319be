"""Who holds each duty at an instant, until when, and who is next: as pages will follow it, for everybody alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.oncall.duties import schedules
from command.oncall.models import Schedule
from command.people.models import Person

AHEAD = timedelta(days=40)
"""How far the end of a turn is looked for; a duty that does not change hands until then has no end on the board."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: its name, who holds it until when, and who takes it over then. An empty person is a gap."""

    code: str
    name: str
    department: str
    person: str
    until: datetime | None
    next_person: str


def now(session: Session, at: datetime, language: str) -> list[Duty]:
    """Every duty, by code."""
    people = {person.id: names.of(person, language) for person in session.scalars(select(Person))}
    found = []
    for schedule in session.scalars(select(Schedule).order_by(Schedule.code)):
        held = schedules.spans(session, schedule, at, at + AHEAD)
        then = held[1] if len(held) > 1 else None
        person = people.get(held[0].member, "") if held[0].member is not None else ""
        after = people.get(then.member, "") if then and then.member is not None else ""
        name = names.of(schedule, language)
        found.append(Duty(schedule.code, name, schedule.department, person, then.start if then else None, after))
    return found
