"""The hold of messages as people see it: who holds what until when and why, and the notices that wait, as far as they may know of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.journal import Note, Payload
from command.core.log import masked_words
from command.incidents import entries, visibility
from command.incidents.entries import NoteRef
from command.incidents.models import Incident
from command.messages import holds
from command.messages import service as messages
from command.messages.models import State
from command.notices.models import Kind, Notice, NoticeState
from command.people.access import Principal
from command.people.models import Person

WAITING = (NoticeState.APPROVED, NoticeState.SENDING)
NOT_LEFT = (State.READY, State.LEASED)


class LetThrough(Payload, kind="notice.let_through"):
    """One notice leaves although mass messages are held."""

    notice_id: int
    notice_kind: str
    reason: NoteRef | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A hold that is on: `mass` messages, gateways to `avoid`, by whom (a name), why, from when until when."""

    mass: bool
    avoid: tuple[str, ...]
    by: str
    reason: str
    from_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class WaitingNotice:
    """A notice with messages that have not left; `through`: it passes the hold."""

    notice_id: int
    kind: str
    incident: str
    audience: int
    queued: int
    through: bool


def shown(session: Session, language: str, *, exercise: bool = False) -> Shown | None:
    """The hold that is on now."""
    found = holds.current(session, exercise=exercise)
    if found is None:
        return None
    note = session.get(Note, found.reason_note_id)
    return Shown(
        mass=found.mass,
        avoid=tuple(found.avoid),
        by=_name(session, found.by, language),
        reason=masked_words(note.body) if note and note.body else "",
        from_at=found.from_at,
        until=found.until_at,
    )


def _name(session: Session, actor: str, language: str) -> str:
    kind, _, rest = actor.partition(":")
    person = session.get(Person, int(rest)) if kind == "person" and rest.isdigit() else None
    return names.of(person, language) if person else rest or actor


def waiting(session: Session, who: Principal, *, exercise: bool = False) -> list[WaitingNotice]:
    """The mass notices that have not all left, the oldest first; of incidents that `who` may not know of, none."""
    known = visibility.only_visible(session, select(Incident).where(Incident.exercise.is_(exercise)), who)
    ids = known.with_only_columns(Incident.id)
    query = select(Notice).where(Notice.state.in_(WAITING), Notice.kind != Kind.CORRECTION, Notice.incident_id.in_(ids))
    held = holds.now(session).get(exercise, holds.NOTHING)
    found = []
    for notice in session.scalars(query.order_by(Notice.id)):
        tally = messages.tally(session, notice.id)
        queued = sum(tally.get(state, 0) for state in NOT_LEFT)
        one = WaitingNotice(
            notice.id, notice.kind, notice.incident_number, notice.audience, queued, notice.id in held.through
        )
        found.append(one)
    return found


def let_through(session: Session, notice: Notice, reason: str, by: Principal, *, override: bool = False) -> None:
    """Let a notice pass the hold, on record of its incident too; raise Conflict, Invalid or Denied."""
    before = holds.now(session).get(notice.exercise, holds.NOTHING).through
    holds.let_through(session, notice.id, reason, by, exercise=notice.exercise, override=override)
    incident = session.get_one(Incident, notice.incident_id)
    if notice.id not in before:
        passed = LetThrough(notice_id=notice.id, notice_kind=notice.kind, reason=entries.note(session, reason))
        entries.record(session, incident, passed)
