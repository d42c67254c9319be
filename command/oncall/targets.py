"""Whom a page target means right now: `oncall:<schedule>`, `post:<post>`, `group:<code or echelon>`, `person:<id>`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, Invalid
from command.oncall import rotation
from command.oncall.models import Schedule, ScheduleMember
from command.people.models import EmergencyGroup, GroupMember, Person, PersonPost


def rotation_of(session: Session, schedule: Schedule) -> rotation.Rotation:
    """The rotation a schedule's rows describe."""
    members = session.scalars(
        select(ScheduleMember.person_id)
        .where(ScheduleMember.schedule_id == schedule.id)
        .order_by(ScheduleMember.position)
    )
    return rotation.Rotation(
        members=tuple(members),
        starts=schedule.starts_on,
        handover=schedule.handover,
        zone=schedule.zone,
        period_days=schedule.period_days,
    )


def on_duty(session: Session, code: str, at: datetime) -> Person:
    """Who holds the duty of a schedule at an instant; raise Invalid for an unknown schedule."""
    schedule = session.scalar(select(Schedule).where(Schedule.code == code))
    if schedule is None:
        known = ", ".join(session.scalars(select(Schedule.code).order_by(Schedule.code)))
        raise Invalid(
            N_("There is no schedule %(code)s."),
            field="schedule",
            remedy=N_("Use one of: %(known)s."),
            code=code,
            known=known,
        )
    return session.get_one(Person, rotation.on_duty(rotation_of(session, schedule), at))


def resolve(session: Session, target: str, area_codes: Sequence[str], at: datetime) -> list[Person]:
    """The active people with a number behind a target, lowest id first; empty where nobody is."""
    scheme, _, name = target.partition(":")
    if scheme == "oncall":
        people = (
            [on_duty(session, name, at)] if session.scalar(select(Schedule.id).where(Schedule.code == name)) else []
        )
    elif scheme == "post":
        people = _holders(session, name, area_codes)
    elif scheme == "group":
        people = _leaders(session, name, area_codes)
    else:
        person = session.get(Person, int(name)) if name.isdigit() else None
        people = [person] if person else []
    return sorted((p for p in people if p.active and p.number is not None), key=lambda p: p.id)


def _holders(session: Session, post: str, area_codes: Sequence[str]) -> list[Person]:
    """Holders of a post in the incident's areas; wherever they are if none is there."""
    everyone = list(session.scalars(select(Person).join(PersonPost).where(PersonPost.post == post, Person.active)))
    return [p for p in everyone if p.area_code in area_codes] or everyone


def _leaders(session: Session, name: str, area_codes: Sequence[str]) -> list[Person]:
    """The first holder of command (or the first listed duty) in each group meant, its deputy if that person is away."""
    groups = list(
        session.scalars(select(EmergencyGroup).where((EmergencyGroup.code == name) | (EmergencyGroup.echelon == name)))
    )
    groups = [g for g in groups if g.area_code in area_codes] or groups[:1]
    found = []
    for group in groups:
        rows = session.execute(
            select(Person, GroupMember.duty, GroupMember.rank)
            .join(GroupMember, GroupMember.person_id == Person.id)
            .where(GroupMember.group_id == group.id, Person.active)
            .order_by(GroupMember.rank, GroupMember.id)
        ).all()
        commanding = [row.Person for row in rows if row.duty == "commander"] or [row.Person for row in rows]
        found += commanding[:1]
    return found
