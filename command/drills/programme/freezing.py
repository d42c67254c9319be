"""Setting a freeze, which moves or calls off the drills of series inside it, and lifting it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.drills.models import AHEAD, Drill, DrillProgramme
from command.drills.programme import freezes, moving, planning, series_entries
from command.drills.programme.series_models import DrillFreeze, OnClosed
from command.incidents import entries as notes
from command.incidents import places
from command.oncall.phone_drill.recurrence import instant
from command.people.access import Principal, must
from command.people.entries import audit

LONGEST = timedelta(days=366)
MOST_AREAS = 50


@dataclass(frozen=True, slots=True)
class FreezeDraft:
    """A freeze as somebody writes it: times on the wall clock of `zone`, areas by code (none: everywhere), and why."""

    from_at: datetime
    until_at: datetime
    zone: str
    reason: str
    areas: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Frozen:
    """A freeze, and what it did: drills of series moved and called off; `left` counts those inside it that somebody has to move, of
    which whoever set it may know."""

    row: DrillFreeze
    moved: int
    cancelled: int
    left: int


def freeze(session: Session, draft: FreezeDraft, who: Principal) -> Frozen:
    """Hold no drill in a span; raise Denied, or Invalid at the field. Drills of series inside it are moved or called off, as the series
    says; others stay and are counted: somebody planned each of them for a reason."""
    must(who, planning.ACT)
    start, end = (_instant(draft, each) for each in ("from_at", "until_at"))
    now = clock.now(session)
    if end <= max(start, now) or end - start > LONGEST:
        raise Invalid(
            N_("A freeze ends after it begins, in the time to come, and within a year."),
            field="until_at",
            remedy=N_("Correct one of the two times."),
        )
    areas = list(dict.fromkeys(each.strip() for each in draft.areas if each.strip()))[:MOST_AREAS]
    for each in areas:
        places.named(session, each, "areas")
    reason = notes.note(session, draft.reason)
    if reason is None:
        raise Invalid(N_("A reason is missing."), field="reason", remedy=N_("Write why, in a few words."))
    row = DrillFreeze(from_at=start, until_at=end, areas=areas, note_id=reason.id, made_by=who.person_id, made_at=now)
    session.add(row)
    session.flush()
    done = _clear(session, row, reason)
    audit(
        session,
        series_entries.FreezeSet(
            freeze_id=row.id,
            from_at=start,
            until_at=end,
            areas=tuple(areas),
            reason=reason,
            moved=done.moved,
            cancelled=done.cancelled,
            left=done.left,
        ),
    )
    return done


def lift(session: Session, freeze_id: int, who: Principal) -> DrillFreeze:
    """Let a freeze count no more; raise Denied, NotFound, or Conflict where it was lifted."""
    must(who, planning.ACT)
    row = session.scalar(select(DrillFreeze).where(DrillFreeze.id == freeze_id).with_for_update())
    if row is None:
        raise NotFound(N_("There is no such freeze."), remedy=N_("Look it up in the programme of drills."))
    if row.lifted_at is not None:
        raise Conflict(N_("This freeze was lifted."), remedy=N_("Set a new one."))
    row.lifted_at = clock.now(session)
    audit(session, series_entries.FreezeLifted(freeze_id=row.id))
    return row


def _instant(draft: FreezeDraft, field: str) -> datetime:
    local: datetime = getattr(draft, field)
    return instant(local.replace(second=0, microsecond=0), planning.zone_of(draft.zone, local, field))


def _clear(session: Session, freeze: DrillFreeze, reason: notes.NoteRef) -> Frozen:
    near = (Drill.state.in_(AHEAD), Drill.due_at < freeze.until_at, Drill.due_at > freeze.from_at - timedelta(days=2))
    rows = session.scalars(select(Drill).where(*near).order_by(Drill.id).with_for_update()).all()
    moved = cancelled = left = 0
    for row in rows:
        over = row.due_at + timedelta(minutes=row.duration_minutes)
        if over <= freeze.from_at or not freezes.of_area(session, [freeze], row.area_id):
            continue
        if row.programme_id is None:
            left += row.announced
        elif (free := _free(session, row)) is not None:
            moving.put(session, row, free, "freeze", reason)
            moved += 1
        else:
            moving.call_off(session, row, reason)
            cancelled += 1
    return Frozen(freeze, moved, cancelled, left)


def _free(session: Session, drill: Drill) -> datetime | None:
    """The next free workday of a drill of a series at its time of day, before the series' next time; None where it is not to be held."""
    row = session.get_one(DrillProgramme, drill.programme_id)
    if row.on_closed != OnClosed.MOVE:
        return None
    zone = ZoneInfo(row.zone)
    closed = freezes.closed(session, row.area_id, drill.due_at)
    local = datetime.combine(drill.due_at.astimezone(zone).date(), datetime.min.time()) + timedelta(minutes=drill.slot)
    for days in range(1, LONGEST.days):
        day = local + timedelta(days=days)
        at = instant(day, zone)
        if row.next_at is not None and at >= row.next_at:
            return None
        if day.weekday() < 5 and closed.why(day, zone, timedelta(minutes=drill.duration_minutes)) is None:
            return at
    return None
