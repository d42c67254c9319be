"""Moving a drill that is ahead, and calling it off. Calendars follow by its sequence; its supervisors acknowledge a moved one anew."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.drills import entries
from command.drills.models import AHEAD, Drill, DrillParticipant, Part, State
from command.drills.programme import freezes, planning, seeing, series_entries, telling
from command.incidents import entries as notes
from command.incidents.entries import NoteRef
from command.oncall.phone_drill.recurrence import instant
from command.people.access import Principal, must


def move(session: Session, code: str, due_at: datetime, zone: str, reason: str, who: Principal) -> Drill:
    """Hold a drill at another time on the wall clock of a zone. Raise Denied, NotFound, Conflict where it is not ahead any more, or
    Invalid at the field."""
    must(who, planning.ACT)
    row = _ahead(session, code, who)
    local = due_at.replace(second=0, microsecond=0)
    at = instant(local, planning.zone_of(zone, local, "due_at"))
    if at <= clock.now(session):
        raise Invalid(
            N_("This time is past."), field="due_at", remedy=N_("Give a time to come, on the clock of the zone chosen.")
        )
    if freezes.met(session, row.area_id, at, at + timedelta(minutes=row.duration_minutes)) is not None:
        raise Invalid(
            N_("This time lies inside a freeze."), field="due_at", remedy=N_("Choose another time, or lift the freeze.")
        )
    planning.require_alone(session, row.area_id, at, row.duration_minutes, row.id)
    put(session, row, at, "person", _reason(session, reason))
    return row


def cancel(session: Session, code: str, reason: str, who: Principal) -> Drill:
    """Call a drill off. Raise Denied, NotFound, Invalid without a reason, or Conflict where it is not ahead any more."""
    must(who, planning.ACT)
    row = _ahead(session, code, who)
    call_off(session, row, _reason(session, reason))
    return row


def put(session: Session, row: Drill, at: datetime, because: str, reason: NoteRef | None) -> None:
    """Let a locked drill that is ahead be due at `at`, and tell who knows of it."""
    said = series_entries.Moved(was=row.due_at, due_at=at, because=because, reason=reason)
    row.due_at, row.state, row.sequence = at, State.PLANNED, row.sequence + 1
    its = (DrillParticipant.drill_id == row.id, DrillParticipant.part == Part.SUPERVISOR)
    session.execute(update(DrillParticipant).where(*its).values(acknowledged_at=None))
    session.flush()
    entries.record(session, row, said)
    _tell(session, row, "moved")


def call_off(session: Session, row: Drill, reason: NoteRef | None) -> None:
    """Let a locked drill that is ahead not be held, and tell who knows of it."""
    row.state, row.sequence, row.reason = State.CANCELLED, row.sequence + 1, "cancelled"
    session.flush()
    entries.record(session, row, entries.Cancelled(reason=reason))
    _tell(session, row, "cancelled")


def _tell(session: Session, row: Drill, which: str) -> None:
    telling.supervisors(session, row, which)
    if row.announced_at is not None:
        telling.everybody(session, row, which)


def _ahead(session: Session, code: str, who: Principal) -> Drill:
    row = seeing.find(session, code, who.person_id, lock=True)
    if row.state not in AHEAD:
        raise Conflict(
            N_("This drill is not ahead any more."), remedy=N_("Look at it again; one that runs can be ended.")
        )
    return row


def _reason(session: Session, reason: str) -> NoteRef:
    found = notes.note(session, reason)
    if found is None:
        raise Invalid(N_("A reason is missing."), field="reason", remedy=N_("Write why, in a few words."))
    return found
