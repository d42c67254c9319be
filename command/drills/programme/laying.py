"""Making the rows of a drill: the drill, who takes part, and its injects."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import count_up
from command.drills import entries, kept
from command.drills.models import AHEAD, GOING_ON, Drill, DrillInject, DrillParticipant, Part
from command.drills.programme import cast, telling
from command.drills.programme.table import table
from command.incidents import places
from playbooks.scenario import Scenario

LOCK = "drill:planned"


@dataclass(frozen=True, slots=True)
class Laid:
    """A drill as it becomes rows: ids, kept targets, and its nominal time on the wall clock (`local_date`, `slot` minutes)."""

    name: str
    scenario: Scenario
    mode: str
    area_id: int
    departments: Sequence[str]
    due_at: datetime
    local_date: date
    slot: int
    duration_minutes: int
    announced: bool
    window_days: int
    supervisors: Sequence[int]
    late: str
    grace_minutes: int
    trainer_id: int
    parts: cast.Parts = field(default_factory=dict)
    programme_id: int | None = None


def opens(announced: bool, window_days: int) -> timedelta:
    """How long before it is due a drill is laid and told of: its window; a day for one without notice."""
    return timedelta(days=window_days if announced else 1)


def lay(session: Session, laid: Laid) -> Drill:
    """Write a drill, its people and its injects; tell its supervisors, and everybody where its window is open. On record."""
    now = clock.now(session)
    row = Drill(
        code=_code(session, laid.local_date),
        name=laid.name,
        programme_id=laid.programme_id,
        local_date=laid.local_date,
        slot=laid.slot,
        scenario_id=kept.keep(session, laid.scenario).id,
        subject=laid.scenario.subject,
        mode=laid.mode,
        area_id=laid.area_id,
        departments=list(laid.departments),
        due_at=laid.due_at,
        duration_minutes=laid.duration_minutes,
        announced=laid.announced,
        window_days=laid.window_days,
        late=laid.late,
        grace_minutes=laid.grace_minutes,
        trainer_id=laid.trainer_id,
        made_at=now,
        stop_word=table().word,
        exercise=True,
    )
    session.add(row)
    session.flush()
    _people(session, row, laid)
    session.add_all(
        DrillInject(
            drill_id=row.id,
            number=inject.number,
            content=inject.model_dump(mode="json"),
            at_s=inject.at_minutes * 60 if inject.after is None and inject.at_minutes is not None else None,
            exercise=True,
        )
        for inject in laid.scenario.injects
    )
    session.flush()
    _record(session, row, laid)
    if now >= row.due_at:
        return row
    telling.supervisors(session, row, "supervise")
    if row.announced and now >= row.due_at - opens(True, row.window_days):
        telling.announce(session, row)
    return row


def _record(session: Session, row: Drill, laid: Laid) -> None:
    said = entries.Planned(
        scenario=laid.scenario.code,
        version=laid.scenario.version,
        subject=row.subject,
        mode=row.mode,
        area_id=row.area_id,
        due_at=row.due_at,
        programme_id=row.programme_id,
    )
    entries.record(session, row, said)


def _code(session: Session, day: date) -> str:
    line = f"DR-{day:%Y-%m%d}"
    return f"{line}-{count_up(session, f'drill:{line}'):02d}"


def _people(session: Session, row: Drill, laid: Laid) -> None:
    found = [(person, Part.SUPERVISOR, "") for person in laid.supervisors]
    for key, people in cast.people(session, laid.parts).items():
        part, role = (Part(key), "") if key in cast.OTHERS else (Part.PLAYER, key)
        found += [(person.id, part, role) for person in people]
    session.add_all(
        DrillParticipant(drill_id=row.id, person_id=person, part=part, role=role, exercise=True)
        for person, part, role in found
    )


def in_the_way(session: Session, area_id: int, start: datetime, minutes: int, but: int | None = None) -> Drill | None:
    """A drill that goes on at the same time on the same ground: in this area, one that contains it or one within it. Looked at behind a
    lock, so that two people who plan at once see each other's."""
    count_up(session, LOCK)
    areas = places.tree(session)
    mine = {area.id for area in places.upward(areas, area_id)}
    end = start + timedelta(minutes=minutes)
    near = select(Drill).where(Drill.state.in_([*AHEAD, *GOING_ON]), Drill.due_at < end).order_by(Drill.due_at)
    for other in session.scalars(near.where(Drill.due_at > start - timedelta(days=2))):
        theirs = {area.id for area in places.upward(areas, other.area_id)}
        lasts = other.due_at + timedelta(minutes=other.duration_minutes)
        if other.id != but and lasts > start and (other.area_id in mine or area_id in theirs):
            return other
    return None
