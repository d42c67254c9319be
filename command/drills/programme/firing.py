"""What the engine does for the programme: times of series become drills ahead, drills are announced, and those that are due begin.

All is computed from rows, each behind its lock: two engines, a restart at the instant, an hour's downtime and a clock that changes give
exactly one drill for each time, and one start of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import Problem
from command.drills import entries
from command.drills.models import AHEAD, Drill, DrillProgramme, Late, State
from command.drills.programme import freezes, laying, programmes, series_entries, telling
from command.drills.programme import series as rules
from command.drills.programme.laying import Laid
from command.drills.programme.series import Firing
from command.drills.scenarios import library
from command.oncall.phone_drill.recurrence import instant

Begin = Callable[[Session, Drill], object]
"""Begins a drill that is ready, or raises a Problem that says why it cannot now."""
LATEST = timedelta(hours=24)
"""How late a drill may begin whose policy is to be held late."""
TOLD = timedelta(days=7)
"""Of one that was missed longer ago nobody is told by SMS any more; its page says it."""
LONGEST_WINDOW = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Due:
    """Ids: series with a time whose window is open, drills to be announced, drills that are due."""

    series: list[int]
    announced: list[int]
    drills: list[int]


def due(session: Session) -> Due:
    """What is to be done now: a look without the write lock."""
    now = clock.now(session)
    near = select(DrillProgramme).where(DrillProgramme.next_at <= now + LONGEST_WINDOW).order_by(DrillProgramme.id)
    series = [row.id for row in session.scalars(near) if _opens(row) <= now]
    ahead = select(Drill).where(Drill.state.in_(AHEAD)).order_by(Drill.due_at, Drill.id)
    rows = session.scalars(ahead.where(Drill.due_at <= now + LONGEST_WINDOW)).all()
    return Due(
        series, [row.id for row in rows if _to_announce(row, now)], [row.id for row in rows if row.due_at <= now]
    )


def next_instant(session: Session) -> datetime | None:
    """When the next drill that is ahead is due; None for none, or those due already."""
    ahead = (Drill.state.in_(AHEAD), Drill.due_at > clock.now(session))
    return session.scalar(select(func.min(Drill.due_at)).where(*ahead))


def fire(session: Session, programme_id: int) -> bool:
    """Make the drill of a series' next time whose window is open, and set the one after it; False where another engine has."""
    mine = select(DrillProgramme).where(DrillProgramme.id == programme_id, DrillProgramme.next_at.is_not(None))
    row = session.scalar(mine.with_for_update().execution_options(populate_existing=True))
    if row is None or row.next_at is None or _opens(row) > clock.now(session):
        return False
    times, row.next_at = _times(session, row, row.next_at)
    for each in times:
        _fire(session, row, each)
    return True


def announce(session: Session, drill_id: int) -> bool:
    """Let people know of a drill whose window is open, once."""
    row = _locked(session, drill_id)
    if row is None or not _to_announce(row, clock.now(session)):
        return False
    telling.announce(session, row)
    return True


def begin_due(session: Session, drill_id: int, begin: Begin) -> bool:
    """Begin a drill that is due, or mark it missed once its grace is over; False where there is nothing to do (yet)."""
    row = _locked(session, drill_id)
    now = clock.now(session)
    if row is None or row.due_at > now:
        return False
    late = now - row.due_at
    over = late > timedelta(minutes=row.grace_minutes)
    in_time = not over or (row.late == Late.RUN and late <= LATEST and row.reason is None)
    if row.state == State.READY and in_time:
        if _begun(session, row, begin):
            return True
        row.reason = "refused"
    if not over:
        return False
    _miss(session, row, late)
    return True


def _begun(session: Session, row: Drill, begin: Begin) -> bool:
    """Whether it began; where it cannot, nothing of the try is left."""
    recorded = len(session.info["entries"])
    try:
        with session.begin_nested():
            row.reason = None
            begin(session, row)
    except Problem:
        del session.info["entries"][recorded:]
        session.refresh(row)
        return False
    return True


def _miss(session: Session, row: Drill, late: timedelta) -> None:
    if row.state == State.READY:
        because = row.reason or "no_engine"
    else:
        because = "no_engine" if row.made_at > row.due_at else "not_acknowledged"
    row.state, row.reason = State.MISSED, because
    minutes = int(late.total_seconds() // 60)
    entries.record(session, row, entries.Missed(minutes_late=minutes, because=because))
    if late <= TOLD:
        telling.trainer(session, row, because)


def _times(session: Session, row: DrillProgramme, next_at: datetime) -> tuple[list[Firing], datetime | None]:
    """The times of a series at its next instant (one, but where a clock skips a day), and the instant after it."""
    zone = ZoneInfo(row.zone)
    closed = freezes.closed(session, row.area_id, next_at)
    first = next_at.astimezone(zone).replace(tzinfo=None) - programmes.A_DAY
    found: list[Firing] = []
    for each in rules.firings(programmes.series_of(row), closed, row.on_closed, programmes.lasts(row), first):
        nominal = instant(each.local, zone)
        if nominal > next_at:
            return found, nominal
        if nominal == next_at:
            found.append(each)
    return found, None


def _fire(session: Session, row: DrillProgramme, firing: Firing) -> None:
    day, slot = firing.local.date(), firing.slot
    if firing.at is None:
        skipped = series_entries.Skipped(local_date=day, slot=slot, because=firing.because or "")
        series_entries.record(session, row, skipped)
        return
    its = (Drill.programme_id == row.id, Drill.local_date == day, Drill.slot == slot)
    if session.scalar(select(Drill.id).where(*its)) is not None:
        return
    made = laying.lay(session, _laid(session, row, firing, firing.at))
    fired = series_entries.Fired(
        drill_id=made.id, local_date=day, slot=slot, due_at=made.due_at, because=firing.because
    )
    series_entries.record(session, row, fired)
    there = (made.area_id, made.due_at, made.duration_minutes, made.id)
    if made.due_at > clock.now(session) and laying.in_the_way(session, *there) is not None:
        telling.trainer(session, made, "clash")


def _laid(session: Session, row: DrillProgramme, firing: Firing, at: datetime) -> Laid:
    return Laid(
        name=row.name,
        scenario=library.find(session, row.scenario),
        mode=row.mode,
        area_id=row.area_id,
        departments=row.departments,
        due_at=at,
        local_date=firing.local.date(),
        slot=firing.slot,
        duration_minutes=row.duration_minutes,
        announced=row.announced,
        window_days=row.window_days,
        supervisors=row.supervisors,
        late=row.late,
        grace_minutes=row.grace_minutes,
        trainer_id=row.trainer_id,
        parts=row.parts,
        programme_id=row.id,
    )


def _opens(row: DrillProgramme) -> datetime:
    assert row.next_at is not None
    return row.next_at - laying.opens(row.announced, row.window_days)


def _to_announce(row: Drill, now: datetime) -> bool:
    return (
        row.announced and row.announced_at is None and row.due_at - timedelta(days=row.window_days) <= now < row.due_at
    )


def _locked(session: Session, drill_id: int) -> Drill | None:
    query = select(Drill).where(Drill.id == drill_id, Drill.state.in_(AHEAD))
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))
