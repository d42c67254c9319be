"""Schedules as rows: loading them from a roster, reading the duty they describe, and who holds it at an instant."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from command.core.problems import N_, Conflict, NotFound
from command.oncall import entries
from command.oncall.duties import layers
from command.oncall.duties.layers import Duty, Layer, Leave, Override, Span, Window
from command.oncall.duties.plan_models import DutyTurn
from command.oncall.duties.rotation import Rotation
from command.oncall.models import DutyLayer, DutyMember, DutyOverride, PersonLeave, Schedule
from command.people.entries import audit
from command.people.models import Person
from command.people.roster import LayerCard, Roster, ScheduleCard

CALLABLE = Person.active & Person.number.is_not(None)
ALWAYS = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2300, 1, 1, tzinfo=UTC))
"""Leave of somebody who cannot be called at all."""


def load_schedules(session: Session, roster: Roster) -> dict[str, int]:
    """Bring the schedules to what a roster says; return their ids by code. Loading twice changes nothing.

    The roster's people must have been loaded. Schedules it does not name stay as they are; leave and overrides stay too."""
    people = dict(session.execute(select(Person.username, Person.id)).tuples().all())
    return {card.code: _load(session, card, people) for card in roster.schedules}


def _load(session: Session, card: ScheduleCard, people: dict[str, int]) -> int:
    schedule = session.scalar(select(Schedule).where(Schedule.code == card.code)) or Schedule(code=card.code)
    describe(session, schedule, card.name.zh, card.name.en, card.department)
    wanted = [_layer_row(card, each) for each in card.layers]
    members = [[people[name] for name in each.members] for each in card.layers]
    set_layers(session, schedule, wanted, members)
    return schedule.id


def _layer_row(card: ScheduleCard, layer: LayerCard) -> DutyLayer:
    name = layer.name or card.name
    return DutyLayer(
        name_zh=name.zh,
        name_en=name.en,
        zone=layer.zone,
        starts_on=layer.starts_on,
        handover=layer.handover,
        period_days=layer.period_days,
        windows=[
            {"days": list(each.days), "start": f"{each.start:%H:%M:%S}", "end": f"{each.end:%H:%M:%S}"}
            for each in layer.windows
        ],
    )


def set_layers(
    session: Session, schedule: Schedule, wanted: Sequence[DutyLayer], members: Sequence[Sequence[int]]
) -> None:
    """Replace the layers of a schedule, the topmost last, by unsaved ones with the ids of their members; nothing happens where they are
    the same. Raise RotationError naming what cannot be."""
    described = [_described(row, ids) for row, ids in zip(wanted, members, strict=True)]
    for row, ids in zip(wanted, members, strict=True):
        layer(row, ids)
    before = [_kept(row, member_ids(session, row)) for row in layers_of(session, schedule)]
    if before == [_kept(row, ids) for row, ids in zip(wanted, members, strict=True)]:
        return
    old = select(DutyLayer.id).where(DutyLayer.schedule_id == schedule.id)
    session.execute(delete(DutyMember).where(DutyMember.layer_id.in_(old)))
    session.execute(delete(DutyLayer).where(DutyLayer.schedule_id == schedule.id))
    for position, (row, ids) in enumerate(zip(wanted, members, strict=True)):
        row.schedule_id, row.position = schedule.id, position
        session.add(row)
        session.flush()
        session.add_all(DutyMember(layer_id=row.id, position=at, person_id=id) for at, id in enumerate(ids))
    session.flush()
    audit(
        session, entries.ScheduleSet(schedule_id=schedule.id, layers=[entries.LayerSet(**each) for each in described])
    )


def _described(row: DutyLayer, members: Sequence[int]) -> dict[str, object]:
    return {
        "zone": row.zone,
        "starts_on": row.starts_on.isoformat(),
        "handover": row.handover.isoformat(),
        "period_days": row.period_days,
        "windows": row.windows,
        "members": list(members),
    }


def _kept(row: DutyLayer, members: Sequence[int]) -> dict[str, object]:
    """All that is kept of a layer, its names too."""
    return {**_described(row, members), "name": [row.name_zh, row.name_en]}


def create(session: Session, code: str) -> Schedule:
    """A duty without layers or names yet; raise Conflict where there is one of this code."""
    if session.scalar(select(Schedule.id).where(Schedule.code == code)) is not None:
        raise Conflict(
            N_("There is a duty of this code already."),
            field="code",
            remedy=N_("Change that one, or use another code."),
        )
    return Schedule(code=code)


def describe(session: Session, schedule: Schedule, name_zh: str, name_en: str, department: str) -> None:
    """Give a duty its names and department; on record where they change."""
    wanted = (name_zh, name_en, department)
    if (schedule.name_zh, schedule.name_en, schedule.department) == wanted:
        return
    schedule.name_zh, schedule.name_en, schedule.department = wanted
    session.add(schedule)
    session.flush()
    audit(session, entries.ScheduleNamed(schedule_id=schedule.id, code=schedule.code, department=schedule.department))


def version(session: Session, schedule: Schedule) -> str:
    """What changes whenever the duty's names or layers do."""
    rows = [_kept(row, member_ids(session, row)) for row in layers_of(session, schedule)]
    named = [schedule.name_zh, schedule.name_en, schedule.department]
    return hashlib.sha256(orjson.dumps([named, rows])).hexdigest()[:16]


def require_unchanged(session: Session, schedule: Schedule, read: str) -> None:
    """Lock a duty; raise Conflict where it is no longer what was read."""
    session.execute(select(Schedule.id).where(Schedule.id == schedule.id).with_for_update())
    if version(session, schedule) != read:
        raise Conflict(
            N_("Somebody has changed this duty meanwhile."),
            code="duty-changed",
            remedy=N_("Open it again in another window, and bring the two together."),
        )


def every(session: Session) -> Sequence[Schedule]:
    """All duties, by code."""
    return session.scalars(select(Schedule).order_by(Schedule.code)).all()


def find(session: Session, code: str) -> Schedule:
    """The schedule of a code; raise NotFound naming those that exist."""
    schedule = session.scalar(select(Schedule).where(Schedule.code == code))
    if schedule is None:
        known = ", ".join(session.scalars(select(Schedule.code).order_by(Schedule.code)))
        raise NotFound(
            N_("There is no schedule %(schedule)s."),
            field="schedule",
            remedy=N_("Use one of: %(known)s."),
            schedule=code,
            known=known,
        )
    return schedule


def layers_of(session: Session, schedule: Schedule) -> list[DutyLayer]:
    """The layers of a schedule, the topmost last."""
    query = select(DutyLayer).where(DutyLayer.schedule_id == schedule.id)
    return list(session.scalars(query.order_by(DutyLayer.position)))


def member_ids(session: Session, row: DutyLayer) -> list[int]:
    """The ids of the people who take turns in a layer, in order."""
    query = select(DutyMember.person_id).where(DutyMember.layer_id == row.id)
    return list(session.scalars(query.order_by(DutyMember.position)))


def duty(session: Session, schedule: Schedule, start: datetime, end: datetime) -> Duty:
    """All that decides who holds a schedule's duty in [start, end]: its layers, the overrides, and the leave of its members. A layer
    without members counts for nothing."""
    rows = [(row, member_ids(session, row)) for row in layers_of(session, schedule)]
    return duty_of(session, schedule, rows, start, end)


def duty_of(
    session: Session,
    schedule: Schedule | None,
    rows: Sequence[tuple[DutyLayer, Sequence[int]]],
    start: datetime,
    end: datetime,
) -> Duty:
    """The same with other layers, each with the ids of its members; without a schedule there are no overrides and no calendar."""
    turns = calendar_turns(session, schedule, start, end) if schedule else []
    members = {id for _, ids in rows for id in ids} | {turn.member for turn in turns}
    return Duty(
        layers=tuple(layer(row, ids) for row, ids in rows if ids),
        overrides=tuple(_overrides(session, schedule, start, end) if schedule else ()),
        leave=tuple(_leave(session, members, start, end)),
        calendar=tuple(turns),
    )


def calendar_turns(session: Session, schedule: Schedule, start: datetime, end: datetime) -> list[Override]:
    """The turns of an imported calendar that meet [start, end], the earliest first."""
    query = select(DutyTurn).where(
        DutyTurn.schedule_id == schedule.id, DutyTurn.end_at > start, DutyTurn.start_at <= end
    )
    return [
        Override(row.person_id, row.start_at, row.end_at) for row in session.scalars(query.order_by(DutyTurn.start_at))
    ]


def layer(row: DutyLayer, members: Sequence[int]) -> Layer:
    """A layer as it is computed with; raise RotationError or BadWindow where it cannot be."""
    turns = Rotation(tuple(members), row.starts_on, row.handover, row.zone, period_days=row.period_days)
    return Layer(turns, tuple(_window(each) for each in row.windows))


def _window(given: dict[str, object]) -> Window:
    days = given["days"]
    assert isinstance(days, list)
    return Window(frozenset(days), time.fromisoformat(str(given["start"])), time.fromisoformat(str(given["end"])))


def _overrides(session: Session, schedule: Schedule, start: datetime, end: datetime) -> Iterable[Override]:
    """Overrides of people who can be called: whoever has left meanwhile leaves the duty to the layers."""
    query = (
        select(DutyOverride)
        .join(Person, Person.id == DutyOverride.person_id)
        .where(DutyOverride.schedule_id == schedule.id, DutyOverride.cancelled_at.is_(None))
        .where(DutyOverride.end_at > start, DutyOverride.start_at <= end, CALLABLE)
    )
    return [
        Override(row.person_id, row.start_at, row.end_at) for row in session.scalars(query.order_by(DutyOverride.id))
    ]


def _leave(session: Session, members: Iterable[int], start: datetime, end: datetime) -> Iterable[Leave]:
    """Who of the members is away for a time; those who cannot be called at all are away always."""
    away = select(PersonLeave).where(
        PersonLeave.person_id.in_(members),
        PersonLeave.cancelled_at.is_(None),
        PersonLeave.end_at > start,
        PersonLeave.start_at <= end,
    )
    mute = select(Person.id).where(Person.id.in_(members), ~CALLABLE)
    found = [Leave(row.person_id, row.start_at, row.end_at) for row in session.scalars(away.order_by(PersonLeave.id))]
    return found + [Leave(id, *ALWAYS) for id in session.scalars(mute.order_by(Person.id))]


def spans(session: Session, schedule: Schedule, start: datetime, end: datetime) -> list[Span]:
    """Who holds a duty over a time (aware instants), as it stands now: just what pages will follow."""
    return layers.spans(duty(session, schedule, start, end), start, end)


def on_duty(session: Session, code: str, at: datetime) -> Person | None:
    """Who holds the duty of a schedule at an instant (aware) and can be called; None in a gap. Raise NotFound for an unknown schedule."""
    held = layers.holder(duty(session, find(session, code), at, at), at)
    return session.get_one(Person, held) if held is not None else None
