"""Changing who holds a duty for a time: somebody covers, somebody is away. Never the past: what ran is on record."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Denied, Invalid, NotFound
from command.oncall import entries
from command.oncall.models import DutyOverride, PersonLeave, Schedule
from command.people.access import Principal
from command.people.authority import Post
from command.people.entries import audit
from command.people.models import Person

PLANNERS = frozenset({Post.COMMANDER, Post.DEPUTY, Post.DUTY_OFFICER})
"""Posts whose holders plan duties for others; everybody else plans for themselves."""
EDITORS = PLANNERS | {Post.ADMINISTRATOR}
"""Posts whose holders change what duties and pages go by: schedules, their calendars, policies."""
LONGEST = timedelta(days=366)
GRACE = timedelta(minutes=5)
"""How far in the past a beginning may lie and still mean now: a form is filled in a moment before it is sent."""


def cover(
    session: Session, schedule: Schedule, person: Person, start: datetime, end: datetime, by: Principal
) -> DutyOverride:
    """Let somebody hold a duty from `start` to `end` (aware), whoever the layers name. Raise Denied, Invalid, or Conflict where
    another override is in the way."""
    _allowed(by, person)
    return put(session, schedule, person, start, end, by)


def put(
    session: Session, schedule: Schedule, person: Person, start: datetime, end: datetime, by: Principal
) -> DutyOverride:
    """The same, whoever asks: for what its people have agreed to. Raise Invalid or Conflict."""
    begin, end = span(session, start, end)
    if not person.active or person.number is None:
        raise Invalid(
            N_("This person cannot be called."), field="person", remedy=N_("Name somebody active who has a number.")
        )
    _locked(session, schedule)
    require_free(session, schedule, begin, end)
    made = DutyOverride(
        schedule_id=schedule.id,
        person_id=person.id,
        start_at=begin,
        end_at=end,
        made_by=by.person_id,
        made_at=clock.now(session),
    )
    session.add(made)
    session.flush()
    said = entries.Covered(override_id=made.id, schedule_id=schedule.id, person_id=person.id, start=begin, end=end)
    audit(session, said)
    return made


def require_free(session: Session, schedule: Schedule, begin: datetime, end: datetime) -> None:
    """Raise Conflict where an override of a schedule meets [begin, end)."""
    query = select(DutyOverride).where(
        DutyOverride.schedule_id == schedule.id,
        DutyOverride.cancelled_at.is_(None),
        DutyOverride.start_at < end,
        DutyOverride.end_at > begin,
    )
    if (other := session.scalars(query.order_by(DutyOverride.start_at).limit(1)).first()) is not None:
        raise Conflict(
            N_("Somebody covers this duty already, from %(start)s to %(end)s."),
            field="start",
            remedy=N_("End that override first, or choose another time."),
            start=other.start_at.isoformat(timespec="minutes"),
            end=other.end_at.isoformat(timespec="minutes"),
        )


def end_cover(session: Session, override_id: int, by: Principal) -> DutyOverride:
    """End an override now; one that has not begun is cancelled. Ending it twice changes nothing. Raise Denied or NotFound."""
    made = session.get(DutyOverride, override_id, with_for_update=True)
    if made is None:
        raise NotFound(N_("There is no such override."), remedy=N_("List the schedule to see its overrides."))
    _allowed(by, session.get_one(Person, made.person_id))
    if _ended(session, made):
        audit(session, entries.CoverEnded(override_id=made.id, end=None if made.cancelled_at else made.end_at))
    return made


def take_leave(session: Session, person: Person, start: datetime, end: datetime, by: Principal) -> PersonLeave:
    """Somebody is away from `start` to `end` (aware): their turns go to the next. Raise Denied or Invalid."""
    _allowed(by, person)
    begin, end = span(session, start, end)
    made = PersonLeave(
        person_id=person.id, start_at=begin, end_at=end, made_by=by.person_id, made_at=clock.now(session)
    )
    session.add(made)
    session.flush()
    audit(session, entries.LeaveTaken(leave_id=made.id, person_id=person.id, start=begin, end=end))
    return made


def end_leave(session: Session, leave_id: int, by: Principal) -> PersonLeave:
    """Somebody is back now; leave that has not begun is cancelled. Raise Denied or NotFound."""
    made = session.get(PersonLeave, leave_id, with_for_update=True)
    if made is None:
        raise NotFound(N_("There is no such leave."), remedy=N_("List the leave to see what there is."))
    _allowed(by, session.get_one(Person, made.person_id))
    if _ended(session, made):
        audit(session, entries.LeaveEnded(leave_id=made.id, end=None if made.cancelled_at else made.end_at))
    return made


def _ended(session: Session, made: DutyOverride | PersonLeave) -> bool:
    """End it now, if it is not over; True where that changed something."""
    now = clock.now(session)
    if made.cancelled_at is not None or made.end_at <= now:
        return False
    if made.start_at < now:
        made.end_at = now
    else:
        made.cancelled_at = now
    return True


def _allowed(by: Principal, person: Person) -> None:
    if by.person_id != person.id and not by.posts & PLANNERS:
        raise Denied(
            N_("Only a commander, a deputy or a duty officer plans duties for others."),
            remedy=N_("Ask one of them, or name yourself."),
        )


def require_editor(by: Principal) -> None:
    """Raise Denied for who may not change a schedule."""
    if not by.posts & EDITORS:
        raise Denied(
            N_("Only a commander, a deputy, a duty officer or an administrator changes a schedule."),
            remedy=N_("Ask one of them."),
        )


def span(session: Session, start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """A span in whole seconds, as calendars tell it, that does not begin in the past. Raise Invalid."""
    now = clock.now(session)
    begin, end = max(start, now).replace(microsecond=0), end.replace(microsecond=0)
    if start < now - GRACE:
        raise Invalid(N_("This time is past."), field="start", remedy=N_("Begin now or later; the past is on record."))
    if end <= begin:
        raise Invalid(N_("It ends before it begins."), field="end", remedy=N_("Choose an end after the beginning."))
    if end - begin > LONGEST:
        raise Invalid(
            N_("This is longer than a year."), field="end", remedy=N_("Change the layers of the schedule instead.")
        )
    return begin, end


def _locked(session: Session, schedule: Schedule) -> None:
    """One change of a schedule at a time, so that two overrides never meet."""
    session.execute(select(Schedule.id).where(Schedule.id == schedule.id).with_for_update())
