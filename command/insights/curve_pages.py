"""The affected-users curve of an incident: a page of its own, and the part of the incident board that is fetched when it is opened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from command.boards import store
from command.boards.access import OF_INCIDENT, may_see
from command.boards.pages import moment
from command.boards.projection import Seen
from command.core import clock
from command.insights import curve, marks
from command.insights.curve import Step
from command.insights.marks import Mark
from command.people import language
from command.people.access import access, here, principal

TAIL = timedelta(minutes=1)
"""How far the curve of an outage that is over goes on at zero."""

pages = Blueprint("curve", __name__)


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of the course of an incident up to `until`. Times are in the reader's zone."""

    steps: tuple[Step, ...]
    marks: tuple[Mark, ...]
    eta: datetime | None
    until: datetime
    user_minutes: float

    @property
    def peak(self) -> int:
        return max((step.users for step in self.steps), default=0)


@pages.get("/incidents/<number>/curve")
@access("read")
def affected_users(number: str) -> ResponseReturnValue:
    """How many users an incident affected at each moment, and the user-minutes under the curve; up to `?at=` if given."""
    return render_template("insights/curve.html", number=number, **shown(number))


@pages.get("/incidents/<number>/curve/card")
@access("read")
def card(number: str) -> ResponseReturnValue:
    """The same as a piece of the incident board."""
    return render_template("insights/curve_part.html", number=number, **shown(number))


def shown(number: str) -> dict[str, Any]:
    """The curve for whoever asks, its figure, and its rows. Raise NotFound for an incident that they may not know of."""
    course = _course(number)
    end = course.until
    if course.steps and not course.steps[-1].users:
        end = course.steps[-1].at + TAIL
    chart = curve.draw(course.steps, end, course.marks, course.eta, gettext)
    said = [(mark.at, curve.words(mark, gettext)) for mark in course.marks]
    return {"course": course, "chart": chart, "rows": _rows(course, said), "file_name": f"tocsin-{number}-curve"}


def _course(number: str) -> Course:
    name, until, zone = OF_INCIDENT + number, moment(), language.zone()
    with here().database.read() as session:
        may_see(session, principal(), name)
        until = min(until, clock.now(session)) if until else clock.now(session)
        entries = [_local(entry, zone) for entry in store.seen(session, name, 0) if entry.at <= until]
    eta = marks.eta(entries)
    return Course(
        curve.steps(entries),
        marks.marks(entries),
        eta.astimezone(zone) if eta else None,
        until.astimezone(zone),
        curve.counted_minutes(entries, until),
    )


def _local(entry: Seen, zone: Any) -> Seen:
    return Seen(entry.seq, entry.at.astimezone(zone), entry.actor, entry.kind, entry.data)


def _rows(course: Course, said: list[tuple[datetime, str]]) -> list[tuple[datetime, int, str]]:
    """The table beside the curve, newest first: steps and marks together, with the users at each."""
    steps = [(step.at, step.users, "") for step in course.steps]
    rows = [*steps, *((at, curve.users_at(course.steps, at), words) for at, words in said)]
    return sorted(rows, key=lambda row: row[0], reverse=True)
