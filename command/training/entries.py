"""What the journal keeps of training. Of a session on the stream `training:<id>`, of somebody's records on `training:person:<id>`, of
messages and copies in the audit stream: ids and figures."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from command.core import journal
from command.core.journal import Payload
from command.incidents.entries import NoteRef


class Planned(Payload, kind="training.planned"):
    """`invited` people who got a place by its targets."""

    topics: list[str]
    starts_at: datetime
    minutes: int
    invited: int


class Changed(Payload, kind="training.changed"):
    """`fields` that differ from before; `invited` people who are new; `again`: everybody with a place is told anew."""

    fields: list[str]
    invited: int
    again: bool


class Cancelled(Payload, kind="training.cancelled"):
    reason: NoteRef | None = None


class Answered(Payload, kind="training.answered"):
    """Somebody took a place or gave it back."""

    person_id: int
    answer: str


class Marked(Payload, kind="training.marked"):
    """Who was there, as somebody said `via` list, code, api or file."""

    person_id: int
    attendance: str
    score: int | None
    via: str


class Held(Payload, kind="training.held"):
    """Attendance was closed."""

    came: int
    excused: int
    absent: int
    certificates: int


class Issued(Payload, kind="training.issued"):
    """A record with its certificate; `source` is session or import."""

    number: str
    topic: str
    done_on: date
    expires_on: date
    minutes: int
    score: int | None
    source: str
    session_id: int | None


class Revoked(Payload, kind="training.revoked"):
    number: str
    reason: NoteRef | None = None


class Notified(Payload, kind="training.notified"):
    """Somebody was sent a message about a session: invited, reminded or cancelled; `reached`: one was queued."""

    person_id: int
    session_id: int
    what: str
    reached: bool


class Reminded(Payload, kind="training.reminded"):
    """Somebody was told that these topics end or are first due."""

    person_id: int
    topics: list[str]
    reached: bool


class Exported(Payload, kind="training.exported"):
    """Somebody took the matrix or the records away as a file of so many lines."""

    person_id: int
    what: str
    lines: int


def on_session(session: Session, session_id: int, payload: Payload) -> None:
    """Write what happens in a session to its stream."""
    journal.record(session, f"training:{session_id}", payload)


def on_person(session: Session, person_id: int, payload: Payload) -> None:
    """Write what happens to somebody's records to their stream."""
    journal.record(session, f"training:person:{person_id}", payload)
