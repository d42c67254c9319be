"""What the journal keeps of the observation after repair."""

from datetime import datetime

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class Began(Payload, kind="observation.began"):
    """The repair is watched from now on."""

    until: datetime


class Changed(Payload, kind="observation.changed"):
    """Somebody watches it longer, or less long."""

    until: datetime
    before: datetime
    reason: NoteRef | None


class Ended(Payload, kind="observation.ended"):
    """Somebody ended it before its time."""

    before: datetime
    reason: NoteRef | None


class Held(Payload, kind="observation.held"):
    """The time is over and the fault did not return."""

    until: datetime


class Returned(Payload, kind="observation.returned"):
    """The fault is back, as `sign` shows: alarms, measurement or complaints; `elements` are how many failed again, `names` what showed it.
    `reopened`: the incident goes on by itself; else a person has to reopen it, for nobody is in command."""

    sign: str
    names: tuple[str, ...]
    elements: int
    reopened: bool
