"""What time brings: invitations and reminders of sessions, and what ends soon, told between 8:00 and 20:00 by each person's first way.

Training is no exercise: these are messages to staff like those about duties. Who was told of what is in rows: whatever engine looks, and
however often one was started anew, each is told once."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import and_, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.oncall.duties import telling
from command.people.entries import audit
from command.people.models import Person
from command.training import needs, texts
from command.training.entries import Notified, Reminded
from command.training.models import Answer, State, Told, TrainingPlace, TrainingReminder, TrainingSession
from command.training.rules import Rules
from command.training.standing import Standing, Stands

OPEN, SHUT = time(8), time(20)
"""The operator's wall clock between which messages leave."""
HORIZONS = (1, 7, 30)
"""Days before the end of a training at which people are told, the nearest first."""
AHEAD = timedelta(hours=24)
"""How long before a session people are reminded of it."""


def open_now(session: Session) -> bool:
    """Whether messages may leave now."""
    at = clock.now(session).astimezone(telling.zone(session)).time()
    return OPEN <= at < SHUT


def horizon(days: int) -> int | None:
    """The nearest horizon that has come when so many days are left; None: it is too early, or too late."""
    return None if days < 0 else next((each for each in HORIZONS if days <= each), None)


def due_messages(session: Session) -> list[tuple[TrainingPlace, TrainingSession, Told]]:
    """Who is to be told what about a session now."""
    now = clock.now(session)
    to_come = and_(
        TrainingSession.state == State.PLANNED,
        TrainingSession.starts_at > now,
        TrainingPlace.answer != Answer.DECLINED,
        or_(
            TrainingPlace.told == Told.NOTHING,
            and_(TrainingPlace.told == Told.INVITED, TrainingSession.starts_at <= now + AHEAD),
        ),
    )
    off = and_(
        TrainingSession.state == State.CANCELLED,
        TrainingSession.starts_at > now,
        TrainingPlace.answer != Answer.DECLINED,
        TrainingPlace.told.in_([Told.INVITED, Told.REMINDED]),
    )
    query = (
        select(TrainingPlace, TrainingSession)
        .join(TrainingSession, TrainingSession.id == TrainingPlace.session_id)
        .where(or_(to_come, off))
        .order_by(TrainingPlace.session_id, TrainingPlace.person_id)
        .limit(200)
    )
    return [(place, row, _next(row, now)) for place, row in session.execute(query).tuples()]


def _next(row: TrainingSession, now: datetime) -> Told:
    if row.state == State.CANCELLED:
        return Told.CANCELLED
    return Told.REMINDED if row.starts_at <= now + AHEAD else Told.INVITED


def waiting(session: Session) -> bool:
    """Whether anybody is to be told about a session now: a look without the write lock."""
    return open_now(session) and bool(due_messages(session))


def invite(session: Session) -> int:
    """Tell whoever is to be told about a session; return to how many a message was queued."""
    if not open_now(session):
        return 0
    reached = 0
    for place, row, what in due_messages(session):
        mine = (TrainingPlace.session_id == row.id) & (TrainingPlace.person_id == place.person_id)
        claim = update(TrainingPlace).where(mine, TrainingPlace.told == place.told)
        values = {"told": what, "told_at": clock.now(session)}
        if session.scalar(claim.values(values).returning(TrainingPlace.person_id)) is None:
            continue  # another engine was first
        person = session.get_one(Person, place.person_id)
        sent = telling.tell(session, person, texts.of_session(session, row, what)) is not None
        audit(session, Notified(person_id=person.id, session_id=row.id, what=what, reached=sent))
        reached += sent
    return reached


def ending(session: Session, rules: Rules) -> list[tuple[Person, list[tuple[Standing, date, int]]]]:
    """People with topics that end, or are first due, within a horizon they were not told of: the topic, its day and the horizon."""
    day = needs.today(session)
    told = {
        (row.person_id, row.topic, row.due_on, row.days)
        for row in session.scalars(select(TrainingReminder).where(TrainingReminder.due_on >= day))
    }
    found = []
    for line in needs.lines(session, rules, true()):
        cells = []
        for cell in line.cells:
            on = cell.next_on if cell.stands in (Stands.SOON, Stands.DUE) else None
            at = horizon((on - day).days) if on else None
            if on and at and (line.person.id, cell.topic, on, at) not in told:
                cells.append((cell, on, at))
        if cells:
            found.append((line.person, sorted(cells, key=lambda each: (each[1], each[0].topic))))
    return found


def remind(session: Session, rules: Rules) -> int:
    """Tell people what ends soon, in one message each; return to how many one was queued."""
    if not open_now(session):
        return 0
    return sum(_remind(session, person, cells) for person, cells in ending(session, rules))


def _remind(session: Session, person: Person, cells: Sequence[tuple[Standing, date, int]]) -> bool:
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    new = []
    for cell, on, at in cells:
        values = {"person_id": person.id, "topic": str(cell.topic), "due_on": on, "days": at}
        row = insert(TrainingReminder).values(**values, told_at=clock.now(session), reached=False)
        id = session.scalar(row.on_conflict_do_nothing().returning(TrainingReminder.id))
        if id is not None:
            new.append((cell, on, id))
    if not new:
        return False
    said = texts.of_ending(session, [(cell, on) for cell, on, _ in new])
    reached = telling.tell(session, person, said) is not None
    if reached:
        ids = [id for _, _, id in new]
        session.execute(update(TrainingReminder).where(TrainingReminder.id.in_(ids)).values(reached=True))
    topics = [str(cell.topic) for cell, _, _ in new]
    audit(session, Reminded(person_id=person.id, topics=topics, reached=reached))
    return reached
