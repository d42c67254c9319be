"""Series of drills: kept, changed (against a version, so that two editors don't undo each other), called off, and drawn ahead."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.drills.models import AHEAD, Drill, DrillProgramme, Late
from command.drills.programme import freezes, moving, planning, seeing, series_entries
from command.drills.programme import series as rules
from command.drills.programme.laying import Laid
from command.drills.programme.series import Firing, Series
from command.drills.programme.series_models import OnClosed
from command.incidents import entries as notes
from command.incidents import places
from command.oncall.phone_drill.recurrence import instant
from command.people.access import Principal, must

T = TypeVar("T")
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SeriesDraft:
    """A series as somebody writes it (see DrillProgramme); the other fields are those of a drill (see planning.Draft)."""

    name: str
    scenario: str
    mode: str
    area: str
    starts: datetime
    zone: str
    supervisors: Sequence[str]
    rule: str = ""
    on_closed: str = OnClosed.MOVE
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    departments: Sequence[str] = ()
    duration_minutes: int | None = None
    announced: bool = True
    window_days: int = 7
    late: str = Late.MISS
    grace_minutes: int = 15

    @property
    def first(self) -> planning.Draft:
        """Its first drill."""
        return planning.Draft(
            name=self.name,
            scenario=self.scenario,
            mode=self.mode,
            area=self.area,
            due_at=self.starts,
            zone=self.zone,
            supervisors=self.supervisors,
            parts=self.parts,
            departments=self.departments,
            duration_minutes=self.duration_minutes,
            announced=self.announced,
            window_days=self.window_days,
            late=self.late,
            grace_minutes=self.grace_minutes,
        )


def keep(session: Session, draft: SeriesDraft, who: Principal) -> DrillProgramme:
    """Keep a new series; raise Denied, or Invalid at the field that cannot be used."""
    must(who, planning.ACT)
    return write(session, draft, who.person_id)


def write(session: Session, draft: SeriesDraft, trainer_id: int) -> DrillProgramme:
    """Keep a new series in a trainer's name, without asking whether they may; raise Invalid at the field that cannot be used."""
    laid = _prepared(session, draft, trainer_id)
    if laid.due_at <= clock.now(session):
        raise Invalid(
            N_("This time is past."), field="starts", remedy=N_("Give a time to come, on the clock of the zone chosen.")
        )
    row = DrillProgramme(trainer_id=trainer_id, made_at=clock.now(session), version=1, exercise=True)
    _write(session, row, draft, laid)
    session.add(row)
    session.flush()
    _record(session, row)
    return row


def change(session: Session, programme_id: int, version: int, draft: SeriesDraft, who: Principal) -> DrillProgramme:
    """Let a series be as drafted from its next time on that no drill was made for; drills made already stay. Raise Denied, NotFound,
    Invalid, or Conflict where somebody else changed it since `version`."""
    must(who, planning.ACT)
    row = seeing.find_series(session, programme_id, who.person_id, lock=True)
    _require_goes_on(row)
    if row.version != version:
        raise Conflict(
            N_("Somebody else has changed this series meanwhile."),
            remedy=N_("Load it again and make your change to what it is now."),
        )
    _write(session, row, draft, _prepared(session, draft, row.trainer_id))
    row.version += 1
    session.flush()
    _record(session, row)
    return row


def cancel(session: Session, programme_id: int, reason: str, who: Principal) -> DrillProgramme:
    """Call a series off, with its drills that are ahead. Raise Denied, NotFound, Invalid without a reason, or Conflict."""
    must(who, planning.ACT)
    row = seeing.find_series(session, programme_id, who.person_id, lock=True)
    _require_goes_on(row)
    why = notes.note(session, reason)
    if why is None:
        raise Invalid(N_("A reason is missing."), field="reason", remedy=N_("Write why, in a few words."))
    row.next_at, row.cancelled_at, row.version = None, clock.now(session), row.version + 1
    ahead = session.scalars(
        select(Drill).where(Drill.programme_id == row.id, Drill.state.in_(AHEAD)).order_by(Drill.id).with_for_update()
    ).all()
    for drill in ahead:
        moving.call_off(session, drill, why)
    series_entries.record(session, row, series_entries.SeriesCancelled(drills=len(ahead)))
    return row


def preview(session: Session, draft: SeriesDraft, trainer_id: int) -> tuple[Laid, list[Firing]]:
    """What a draft would become: its first drill, and the times of a year, held, moved and skipped. Raise Invalid."""
    laid = _prepared(session, draft, trainer_id)
    closed = freezes.closed(session, laid.area_id, clock.now(session))
    lasts = timedelta(minutes=laid.duration_minutes)
    made = Series(draft.starts.replace(second=0, microsecond=0), ZoneInfo(draft.zone), draft.rule)
    return laid, rules.year_ahead(made, closed, draft.on_closed, lasts, made.starts)


def series_of(row: DrillProgramme) -> Series:
    """When a series is held."""
    return Series(datetime.fromisoformat(row.starts), ZoneInfo(row.zone), row.rule)


def lasts(row: DrillProgramme) -> timedelta:
    """How long a drill of a series takes."""
    return timedelta(minutes=row.duration_minutes)


def ahead(session: Session, row: DrillProgramme, until: datetime) -> list[Firing]:
    """The times of a series that no drill was made for yet and that are due by rule before an instant."""
    if row.next_at is None:
        return []
    closed = freezes.closed(session, row.area_id, row.next_at)
    zone = ZoneInfo(row.zone)
    first = row.next_at.astimezone(zone).replace(tzinfo=None) - A_DAY
    found: list[Firing] = []
    for each in rules.firings(series_of(row), closed, row.on_closed, lasts(row), first):
        nominal = instant(each.local, zone)
        if nominal >= until:
            break
        if nominal >= row.next_at:
            found.append(each)
    return found


def _prepared(session: Session, draft: SeriesDraft, trainer_id: int) -> Laid:
    """The first drill of a draft; raise Invalid, at the field of the series."""
    laid = _at_starts(lambda: planning.prepared(session, draft.first, trainer_id))
    if draft.on_closed not in set(OnClosed):
        raise Invalid(
            N_("This value is not allowed."),
            field="on_closed",
            remedy=N_("Use one of: %(expected)s."),
            expected=", ".join(OnClosed),
        )
    rules.check(Series(draft.starts.replace(second=0, microsecond=0), ZoneInfo(draft.zone), draft.rule))
    return laid


def _at_starts(work: Callable[[], T]) -> T:
    try:
        return work()
    except Invalid as problem:
        problem.field = "starts" if problem.field == "due_at" else problem.field
        raise


def _write(session: Session, row: DrillProgramme, draft: SeriesDraft, laid: Laid) -> None:
    given: dict[str, Any] = {
        "name": laid.name,
        "subject": str(laid.scenario.subject),
        "mode": laid.mode,
        "scenario": laid.scenario.code,
        "area_id": laid.area_id,
        "departments": list(laid.departments),
        "parts": {key: list(targets) for key, targets in laid.parts.items()},
        "supervisors": list(laid.supervisors),
        "starts": draft.starts.replace(second=0, microsecond=0).isoformat(timespec="minutes"),
        "zone": draft.zone,
        "rule": draft.rule.strip().upper().removeprefix("RRULE:"),
        "on_closed": str(draft.on_closed),
        "duration_minutes": laid.duration_minutes,
        "announced": laid.announced,
        "window_days": laid.window_days,
        "late": str(laid.late),
        "grace_minutes": laid.grace_minutes,
    }
    for name, value in given.items():
        setattr(row, name, value)
    row.next_at = _next(session, row)


def _next(session: Session, row: DrillProgramme) -> datetime | None:
    """The next instant of a series by its rule, after now and after the last day a drill was made for."""
    made = series_of(row)
    now = clock.now(session)
    last = session.scalar(select(func.max(Drill.local_date)).where(Drill.programme_id == row.id)) if row.id else None
    first = max(made.starts, now.astimezone(made.zone).replace(tzinfo=None) - A_DAY)
    for each in rules.firings(made, rules.Closed(), OnClosed.SKIP, lasts(row), first):
        at = instant(each.local, made.zone)
        if at > now and (last is None or each.local.date() > last):
            return at
    return None


def _require_goes_on(row: DrillProgramme) -> None:
    if row.cancelled_at is not None:
        raise Conflict(N_("This series was called off."), remedy=N_("Plan a new one."))


def _record(session: Session, row: DrillProgramme) -> None:
    said = series_entries.Kept(
        version=row.version,
        scenario=row.scenario,
        mode=row.mode,
        area_id=row.area_id,
        starts=row.starts,
        zone=row.zone,
        rule=row.rule,
        on_closed=row.on_closed,
        announced=row.announced,
        next_at=row.next_at,
    )
    series_entries.record(session, row, said)


def area_code(session: Session, row: DrillProgramme | Drill) -> str:
    """The code of the area of a series or a drill."""
    return places.codes_upward(session, row.area_id)[0]


def drills(session: Session, row: DrillProgramme, most: int = 24) -> list[Drill]:
    """The drills of a series, the newest first."""
    mine = select(Drill).where(Drill.programme_id == row.id).order_by(Drill.due_at.desc(), Drill.id.desc())
    return list(session.scalars(mine.limit(most)))
