"""Figures of a drill out of its journals: the stream of the drill, and the streams of the incidents that its stream names."""

from datetime import datetime

import orjson
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.drills import entries
from command.drills.evaluation import course as courses
from command.drills.evaluation import facts
from command.drills.evaluation.course import Course, Happening
from command.drills.evaluation.facts import Figures
from command.drills.models import Drill


def happenings(session: Session, stream: str) -> list[Happening]:
    """The entries of a stream in order."""
    return [
        Happening(stream, entry.at, entry.kind, orjson.loads(entry.data)) for entry in journal.entries(session, stream)
    ]


def of_drill(session: Session, drill: Drill) -> list[Happening]:
    """The entries of a drill's own stream."""
    return happenings(session, entries.stream(drill.id))


def incidents_in(mine: list[Happening]) -> list[str]:
    """The numbers of the incidents that joined a drill, the first first, as its stream tells."""
    joined = (each.data["number"] for each in mine if each.kind == entries.IncidentJoined.kind)
    return list(dict.fromkeys(joined))


def course(session: Session, drill: Drill) -> Course:
    """How its exercise time went."""
    return courses.of(of_drill(session, drill))


def figures(session: Session, drill: Drill, now: datetime | None = None) -> Figures:
    """What a drill measured, or has measured so far. Nothing but the journal is asked, so that anybody may compute it again."""
    mine = of_drill(session, drill)
    theirs = [each for number in incidents_in(mine) for each in happenings(session, f"incident:{number}")]
    return facts.measure(courses.of(mine), mine, theirs, now or clock.now(session))
