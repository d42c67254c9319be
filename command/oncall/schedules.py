"""Duty rotations as rows: loading them from a roster, and who holds the duty at an instant."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from command.core.problems import N_, NotFound
from command.oncall import entries, rotation
from command.oncall.models import Schedule, ScheduleMember
from command.people.entries import audit
from command.people.models import Person
from command.people.roster import Roster, ScheduleCard


def load_schedules(session: Session, roster: Roster) -> dict[str, int]:
    """Bring the rotations to what a roster says; return their ids by code. Loading twice changes nothing.

    The roster's people must have been loaded. Rotations it does not name stay as they are."""
    people = dict(session.execute(select(Person.username, Person.id)).tuples().all())
    return {card.code: _load(session, card, [people[name] for name in card.members]) for card in roster.schedules}


def _load(session: Session, card: ScheduleCard, members: list[int]) -> int:
    schedule = session.scalar(select(Schedule).where(Schedule.code == card.code)) or Schedule(code=card.code)
    before = _turns(schedule), member_ids(session, schedule) if schedule.id else []
    schedule.name_zh, schedule.name_en = card.name.zh, card.name.en
    schedule.department, schedule.zone = card.department, card.zone
    schedule.starts_on, schedule.handover, schedule.period_days = card.starts_on, card.handover, card.period_days
    session.add(schedule)
    session.flush()
    if before != (_turns(schedule), members):
        _set_members(session, schedule, members)
    return schedule.id


def _turns(schedule: Schedule) -> tuple[object, ...]:
    return schedule.zone, schedule.starts_on, schedule.handover, schedule.period_days


def _set_members(session: Session, schedule: Schedule, members: list[int]) -> None:
    session.execute(delete(ScheduleMember).where(ScheduleMember.schedule_id == schedule.id))
    session.add_all(
        ScheduleMember(schedule_id=schedule.id, position=position, person_id=person_id)
        for position, person_id in enumerate(members)
    )
    rotation_of(session, schedule)
    audit(
        session,
        entries.ScheduleSet(
            schedule_id=schedule.id,
            members=members,
            zone=schedule.zone,
            starts_on=schedule.starts_on.isoformat(),
            handover=schedule.handover.isoformat(),
            period_days=schedule.period_days,
        ),
    )


def find(session: Session, code: str) -> Schedule:
    """The rotation of a code; raise NotFound naming those that exist."""
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


def member_ids(session: Session, schedule: Schedule) -> list[int]:
    """The ids of the people who take turns, in order."""
    query = select(ScheduleMember.person_id).where(ScheduleMember.schedule_id == schedule.id)
    return list(session.scalars(query.order_by(ScheduleMember.position)))


def rotation_of(session: Session, schedule: Schedule) -> rotation.Rotation:
    """The rotation a schedule's rows describe; raise RotationError for one nobody takes turns in."""
    return rotation.Rotation(
        members=tuple(member_ids(session, schedule)),
        starts=schedule.starts_on,
        handover=schedule.handover,
        zone=schedule.zone,
        period_days=schedule.period_days,
    )


def on_duty(session: Session, code: str, at: datetime) -> Person:
    """Who holds the duty of a schedule at an instant (aware); raise NotFound for an unknown schedule."""
    return session.get_one(Person, rotation.on_duty(rotation_of(session, find(session, code)), at))


def called(session: Session, code: str, at: datetime) -> Person | None:
    """Whom a page to the duty goes to: the holder, or the next in turn who is active and has a number; None where nobody is."""
    turns = rotation_of(session, find(session, code))
    first = turns.members.index(rotation.on_duty(turns, at))
    for person_id in turns.members[first:] + turns.members[:first]:
        person = session.get_one(Person, person_id)
        if person.active and person.number is not None:
            return person
    return None
