"""Turns that end with something open: whoever leaves is reminded before the change, and the duty officer told once where they have
offered nothing to the next one. Which were told is in rows, so nothing depends on which engine looks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.handover import entries, gathering, telling, turns
from command.handover.models import Handover, HandoverReminder, Kind
from command.handover.service import LEAD
from command.oncall.duties import schedules
from command.oncall.duties.telling import settings
from command.oncall.models import Schedule
from command.people.entries import audit
from command.people.models import Person

PROMISED = (Kind.PAGE, Kind.TASK)
"""What must not pass silently."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A turn of somebody that ends, or ended, at `at`, with so many promises open of which they have offered none."""

    schedule: Schedule
    person_id: int
    at: datetime
    items: int


def due(session: Session) -> bool:
    """Whether anybody is to be told: a look without the write lock."""
    return any(_wanted(session, each, _known(session, each)) for each in endings(session))


def run(session: Session) -> None:
    """Tell whoever is to be told of the turns that end."""
    for each in endings(session):
        row = _row(session, each)
        match _wanted(session, each, row):
            case "remind":
                row.reminded_at = clock.now(session)
                leaver = session.get_one(Person, each.person_id)
                telling.tell_of_turn(session, "ends", leaver, each.schedule, each.at, leaver, each.items)
            case "alarm":
                row.alarmed_at = clock.now(session)
                _alarm(session, each)


def endings(session: Session) -> list[Ending]:
    """Every turn that ends within LEAD, or ended less than turns.LATE ago, with promises open and nothing offered."""
    now = clock.now(session)
    found = []
    for schedule in session.scalars(select(Schedule).order_by(Schedule.id)).all():
        held = turns.joined(schedules.spans(session, schedule, now - turns.LATE, now + LEAD))
        for before, after in pairwise(held):
            if before.member is None or _offered(session, schedule, before.member, after.start):
                continue
            if items := _open(session, schedule, before.member):
                found.append(Ending(schedule, before.member, after.start, items))
    return found


def _offered(session: Session, schedule: Schedule, person_id: int, at: datetime) -> bool:
    """Whether they have offered this duty around its end, whatever became of it: that is watched in its own row."""
    mine = (Handover.schedule_id == schedule.id) & (Handover.from_id == person_id)
    query = select(Handover.id).where(mine, (Handover.change_at == at) | (Handover.offered_at >= at))
    return session.scalar(query.limit(1)) is not None


def _open(session: Session, schedule: Schedule, person_id: int) -> int:
    cases = gathering.open_of(session, schedule, person_id)
    return sum(promise.kind in PROMISED for case in cases for promise in case.promises)


def _wanted(session: Session, ending: Ending, row: HandoverReminder | None) -> str | None:
    """What is to be done about a turn that ends: remind whoever leaves, or alarm the duty officer."""
    patience = timedelta(minutes=settings(session).hand_over_minutes)
    if clock.now(session) >= ending.at + patience:
        return "alarm" if row is None or row.alarmed_at is None else None
    return "remind" if row is None or row.reminded_at is None else None


def _of(ending: Ending) -> Select[HandoverReminder]:
    return select(HandoverReminder).where(
        HandoverReminder.schedule_id == ending.schedule.id,
        HandoverReminder.from_id == ending.person_id,
        HandoverReminder.change_at == ending.at,
    )


def _known(session: Session, ending: Ending) -> HandoverReminder | None:
    return session.scalar(_of(ending))


def _row(session: Session, ending: Ending) -> HandoverReminder:
    """The row of a turn that ends, locked; written where there is none."""
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    values = {"schedule_id": ending.schedule.id, "from_id": ending.person_id, "change_at": ending.at}
    session.execute(insert(HandoverReminder).values(values).on_conflict_do_nothing())
    return session.scalars(_of(ending).with_for_update().execution_options(populate_existing=True)).one()


def _alarm(session: Session, ending: Ending) -> None:
    leaver = session.get_one(Person, ending.person_id)
    told = [
        officer.id
        for officer in telling.officers(session, {ending.person_id})
        if telling.tell_of_turn(session, "missing", officer, ending.schedule, ending.at, leaver, ending.items)
    ]
    minutes = round((clock.now(session) - ending.at).total_seconds() / 60)
    said = entries.Missing(
        schedule_id=ending.schedule.id,
        from_person_id=ending.person_id,
        change_at=ending.at,
        items=ending.items,
        minutes=minutes,
        told=told,
    )
    audit(session, said)
