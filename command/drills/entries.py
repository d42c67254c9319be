"""What the journal keeps of drills, on the stream `drill:<id>` of each: ids and figures. Seconds are of exercise time."""

from datetime import datetime

from sqlalchemy.orm import Session

from command.core import journal
from command.core.journal import Payload
from command.drills.models import Drill
from command.incidents.entries import NoteRef


class Planned(Payload, kind="drill.planned"):
    """`programme_id`: it was planned by a programme."""

    scenario: str
    version: int
    subject: str
    mode: str
    area_id: int
    due_at: datetime
    programme_id: int | None = None


class Acknowledged(Payload, kind="drill.acknowledged"):
    """A supervisor agreed to the start."""

    person_id: int


class Announced(Payload, kind="drill.announced"):
    people: int


class Began(Payload, kind="drill.began"):
    """`minutes_late` after it was due; `overridden`: it began though a shift changes, with a reason."""

    injects: int
    players: int
    minutes_late: int = 0
    overridden: NoteRef | None = None


class IncidentJoined(Payload, kind="drill.incident_joined"):
    """An exercise incident belongs to it; `by` is player, alarms or controller."""

    number: str
    by: str
    second: float


class InjectAdded(Payload, kind="drill.inject_added"):
    number: int
    at_s: float


class InjectDelivered(Payload, kind="drill.inject_delivered"):
    """`people` who got it; `texts` of them by SMS; `alarms` it sent."""

    number: int
    second: float
    people: int = 0
    texts: int = 0
    alarms: int = 0


class InjectAnswered(Payload, kind="drill.inject_answered"):
    """`proof`: the journal shows what was expected (entry `seq` of the incident `incident`); else `person_id` said so."""

    number: int
    second: float
    proof: str | None = None
    incident: str | None = None
    seq: int | None = None
    person_id: int | None = None
    choice: str | None = None
    words: NoteRef | None = None


class InjectSkipped(Payload, kind="drill.inject_skipped"):
    """`because` is unless (players did it before), controller, or over (the drill ended before)."""

    number: int
    second: float
    because: str


class Paused(Payload, kind="drill.paused"):
    """`because` is person, or real (a live incident of tier I or II)."""

    second: float
    because: str


class Resumed(Payload, kind="drill.resumed"):
    second: float
    speed: float


class Ended(Payload, kind="drill.ended"):
    second: float
    answered: int
    delivered: int
    skipped: int


class Stopped(Payload, kind="drill.stopped"):
    """`because` is stop_word, person or real_event; `incident` the clean live incident a real event opened."""

    second: float
    because: str
    released_units: int = 0
    incident: str | None = None


class Cancelled(Payload, kind="drill.cancelled"):
    reason: NoteRef | None = None


class Missed(Payload, kind="drill.missed"):
    """`because`: not_acknowledged (by both supervisors), no_engine ran, or refused (it could not begin)."""

    minutes_late: int
    because: str = ""


def stream(drill_id: int) -> str:
    """The stream of a drill."""
    return f"drill:{drill_id}"


def record(session: Session, drill: Drill, payload: Payload) -> None:
    """Write what happens in a drill to its stream."""
    journal.record(session, stream(drill.id), payload, exercise=True)
