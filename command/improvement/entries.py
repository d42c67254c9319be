"""What the journal keeps of improvement actions, on the stream `improvement:<id>` of each: ids and figures; words are notes."""

from datetime import date

from sqlalchemy.orm import Session

from command.core import journal
from command.core.journal import Payload
from command.improvement.models import ImprovementAction
from command.incidents.entries import NoteRef


class Given(Payload, kind="improvement.given"):
    """`source` is drill, incident, risk or hand, `source_ref` its code or number."""

    source: str
    source_ref: str
    owner_id: int
    starts_on: date
    due_on: date
    playbook: str | None
    version: int | None
    place: str | None
    words: NoteRef | None
    finding: NoteRef | None
    cause: NoteRef | None


class Taken(Payload, kind="improvement.taken"):
    """The owner began."""

    person_id: int


class EvidenceGiven(Payload, kind="improvement.evidence"):
    """What shows that it was done; SHA-256 (hex) of the address of the link and of the file, where there are any."""

    evidence_id: int
    person_id: int
    words: NoteRef | None
    link: str | None
    sha256: str | None


class Verified(Payload, kind="improvement.verified"):
    """Somebody who is not the owner and did not give the evidence found that it was done and works."""

    person_id: int
    words: NoteRef | None


class SentBack(Payload, kind="improvement.sent_back"):
    person_id: int
    reason: NoteRef | None


class Dropped(Payload, kind="improvement.dropped"):
    person_id: int
    reason: NoteRef | None


class Reopened(Payload, kind="improvement.reopened"):
    """It was `before` verified or dropped."""

    person_id: int
    before: str
    reason: NoteRef | None


class Moved(Payload, kind="improvement.moved"):
    """Another owner, another day, or both."""

    person_id: int
    owner_before: int
    owner_id: int
    due_before: date
    due_on: date
    reason: NoteRef | None


class Reminded(Payload, kind="improvement.reminded"):
    """Somebody was told as `role` (owner, verifier or superior) when so many `days` were left; `reached`: a message was queued."""

    person_id: int
    role: str
    days: int
    reached: bool


def stream(action_id: int) -> str:
    """The stream of an action."""
    return f"improvement:{action_id}"


def record(session: Session, action: ImprovementAction, payload: Payload) -> None:
    """Write what happens with an action to its stream."""
    journal.record(session, stream(action.id), payload)
