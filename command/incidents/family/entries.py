"""What the journal keeps of families of incidents, on the streams of both. Numbers name the other incident."""

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class Joined(Payload, kind="incident.joined"):
    """This incident became part of `into`, which goes on beside it."""

    into: str
    reason: NoteRef | None


class Adopted(Payload, kind="incident.adopted"):
    """`other` became part of this incident; users of both, each counted once."""

    other: str
    users: int
    reason: NoteRef | None


class Left(Payload, kind="incident.left"):
    """This incident is not part of `other` any more."""

    other: str
    reason: NoteRef | None


class SplitOff(Payload, kind="incident.split_off"):
    """`other` is not part of this incident any more."""

    other: str
    users: int
    reason: NoteRef | None


class Carved(Payload, kind="incident.carved"):
    """So many failed elements of this incident, and users declared, are handled in `other` from now on."""

    other: str
    area_id: int | None
    elements: int
    users: int
    commander_id: int | None
    reason: NoteRef | None
