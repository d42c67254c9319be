"""What the journal keeps of warnings, on the stream `warning:<code>` of each: ids and figures; words are notes."""

from datetime import datetime

from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.journal import Payload
from command.incidents.entries import NoteRef, note
from command.warnings.models import Warning


class Issued(Payload, kind="warning.issued"):
    """`overlaps`: codes of live warnings of the same issuer and event in the same place, which was confirmed."""

    warning_id: int
    event: str
    colour: str
    areas: list[str]
    from_at: datetime
    until_at: datetime
    source: str
    risk: str
    overlaps: list[str]


class Recoloured(Payload, kind="warning.recoloured"):
    """Raised to a graver colour or lowered to a lighter one."""

    before: str
    colour: str
    raised: bool
    reason: NoteRef | None


class Changed(Payload, kind="warning.changed"):
    """Which fields say something else now, with areas and validity as they are since."""

    fields: list[str]
    areas: list[str]
    from_at: datetime
    until_at: datetime
    version: int
    reason: NoteRef | None


class Lifted(Payload, kind="warning.lifted"):
    """`incidents`: how many incidents that came of it were still open."""

    incidents: int
    reason: NoteRef | None


class Expired(Payload, kind="warning.expired"):
    until_at: datetime
    incidents: int


class TasksGiven(Payload, kind="warning.tasks_given"):
    """The preparedness tasks that a colour added, by code."""

    colour: str
    tasks: list[str]


class TaskSettled(Payload, kind="warning.task_settled"):
    task: str
    state: str
    late: bool
    note: NoteRef | None


class StandbyAsked(Payload, kind="warning.standby_asked"):
    """`told`: a text was queued to them."""

    person_id: int
    department: str
    told: bool


class StandbyConfirmed(Payload, kind="warning.standby_confirmed"):
    person_id: int
    department: str


class StandbyWithdrawn(Payload, kind="warning.standby_withdrawn"):
    person_id: int
    department: str


class Happened(Payload, kind="warning.happened"):
    """It has happened: an incident came of it."""

    incident_id: int
    area: str


class MessageTaken(Payload, kind="warning.message_taken"):
    """A CAP message was taken in: alert, update or cancel; `unmatched` areas of it are none of ours."""

    message_id: int
    message: str
    unmatched: int


class DrillBegan(Payload, kind="warning.drill_began"):
    """A drill began though the warning suspends drills, with a reason."""

    drill_id: int
    reason: NoteRef


class Overridden(Payload, kind="warning.overridden"):
    """Somebody acted on their own word."""

    act: str
    person_id: int
    reason: NoteRef | None


class CameOfWarning(Payload, kind="incident.came_of_warning"):
    """On the stream of the incident: the warning that it came of."""

    warning_id: int


def stream(code: str) -> str:
    """The stream of a warning."""
    return f"warning:{code}"


def record(session: Session, warning: Warning, payload: Payload) -> None:
    """Write what happens with a warning to its stream."""
    journal.record(session, stream(warning.code), payload, exercise=warning.exercise)


def overridden(session: Session, warning: Warning, act: str, person_id: int, reason: str) -> None:
    """Write that somebody acted on their own word: on the warning's stream, and for the audit."""
    said = Overridden(act=act, person_id=person_id, reason=note(session, reason))
    record(session, warning, said)
    journal.record(session, journal.month("audit", clock.now(session)), said, exercise=warning.exercise)
