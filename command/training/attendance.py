"""Who was there: by the trainer's list, by the code on one's own phone, by a program or a file; and closing a session."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.people import limits
from command.people.models import Person
from command.training import entries, records, sessions
from command.training.asked import MarkIn
from command.training.models import (
    Answer,
    Attendance,
    State,
    Told,
    TrainingPlace,
    TrainingRecord,
    TrainingSession,
    Via,
)
from command.training.rules import Rules

AROUND = timedelta(minutes=30)
"""The code of a session works from so long before it begins until so long after it ends."""
TRIES, WINDOW = 10, timedelta(minutes=10)
"""Codes one person may try."""


def mark(
    session: Session, rules: Rules, session_id: int, items: Iterable[MarkIn], by: int, via: Via = Via.LIST
) -> TrainingSession:
    """Say who was there and how they did; who had no place gets one. After the session was closed certificates follow at once. Raise
    Invalid for somebody unknown, Conflict where a certificate stands in the way."""
    row = sessions.find(session, session_id, lock=True)
    if row.state == State.CANCELLED:
        raise Conflict(N_("This session was called off."), remedy=N_("Nobody can have been there."))
    for item in items:
        _mark(session, rules, row, item, by, via)
    return row


def _mark(session: Session, rules: Rules, row: TrainingSession, item: MarkIn, by: int, via: Via) -> None:
    person = session.scalar(select(Person).where(Person.username == item.person))
    if person is None:
        raise Invalid(
            N_("There is nobody with the username %(username)s."),
            field="person",
            remedy=N_("Use the username of somebody on the list of people."),
            username=item.person,
        )
    if item.attendance == Attendance.CAME and clock.now(session) < row.starts_at - AROUND:
        raise Conflict(N_("This session has not begun."), remedy=N_("Mark who came when it begins."))
    if item.score is not None and item.attendance != Attendance.CAME:
        raise Invalid(
            N_("Only who came has a score."), field="score", remedy=N_("Mark that they came, or leave it out.")
        )
    place = session.get(TrainingPlace, (row.id, person.id))
    if place is None and item.attendance == Attendance.OPEN:
        return
    place = place or _walked_in(session, row, person.id)
    if (place.attendance, place.score) == (item.attendance, item.score):
        return
    if row.state == State.HELD:
        _require_no_certificate(session, row, person)
        if item.attendance == Attendance.OPEN:
            raise Conflict(N_("This session is closed."), remedy=N_("Say came, excused or absent."))
    _set(session, row, place, Attendance(item.attendance), item.score, by, via)
    if row.state == State.HELD and item.attendance == Attendance.CAME:
        records.issue(session, rules, row, place, by)


def _walked_in(session: Session, row: TrainingSession, person_id: int) -> TrainingPlace:
    place = TrainingPlace(
        session_id=row.id, person_id=person_id, answer=Answer.JOINED, attendance=Attendance.OPEN, told=Told.REMINDED
    )
    session.add(place)
    return place


def _set(
    session: Session,
    row: TrainingSession,
    place: TrainingPlace,
    attendance: Attendance,
    score: int | None,
    by: int,
    via: Via,
) -> None:
    place.attendance, place.score, place.via = attendance, score, via
    place.marked_at, place.marked_by = clock.now(session), by
    session.flush()
    said = entries.Marked(person_id=place.person_id, attendance=attendance, score=score, via=via)
    entries.on_session(session, row.id, said)


def _require_no_certificate(session: Session, row: TrainingSession, person: Person) -> None:
    """A certificate was issued for what was marked: it is taken back first, with a reason."""
    its = select(TrainingRecord.number).where(
        TrainingRecord.session_id == row.id,
        TrainingRecord.person_id == person.id,
        TrainingRecord.revoked_at.is_(None),
    )
    number = session.scalar(its.limit(1))
    if number is not None:
        raise Conflict(
            N_("%(username)s has the certificate %(number)s of this session."),
            remedy=N_("Revoke it with a reason, then mark them anew."),
            username=person.username,
            number=number,
        )


def check_in(session: Session, session_id: int, code: str, person_id: int) -> TrainingPlace:
    """Somebody says that they are there, by the code that the trainer shows. Raise Invalid for another code, Conflict at another time or
    when all places are taken, TooMany."""
    row = sessions.find(session, session_id, lock=True)
    now = clock.now(session)
    if row.state != State.PLANNED or not row.starts_at - AROUND <= now <= sessions.ends_at(row) + AROUND:
        raise Conflict(
            N_("This code does not work now."),
            remedy=N_("It works from 30 minutes before the session until 30 minutes after; ask the trainer."),
        )
    if code != row.code:
        raise Invalid(N_("This is not the code of the session."), field="code", remedy=N_("Read it once more."))
    place = session.get(TrainingPlace, (row.id, person_id)) or _walked_in(session, row, person_id)
    if place.attendance != Attendance.CAME:
        _set(session, row, place, Attendance.CAME, place.score, person_id, Via.CODE)
    return place


def count_try(session: Session, session_id: int, person_id: int) -> None:
    """Count a code that somebody tries; raise TooMany. In a unit of work of its own, so that a wrong one stays counted."""
    limits.hit(session, f"training:{session_id}:{person_id}", TRIES, WINDOW)


def conclude(session: Session, rules: Rules, session_id: int, by: int) -> int:
    """Close a session: who was not marked was absent, who came and passed gets certificates. Return how many. Raise Conflict for one that
    is not planned or has not begun."""
    row = sessions.find(session, session_id, lock=True)
    if row.state != State.PLANNED:
        raise Conflict(N_("This session is planned no more."), remedy=N_("Look at how it stands."))
    if clock.now(session) < row.starts_at:
        raise Conflict(N_("This session has not begun."), remedy=N_("Close it when it is over."))
    held = sessions.places(session, row.id)
    for place in held:
        if place.attendance == Attendance.OPEN and place.answer != Answer.DECLINED:
            _set(session, row, place, Attendance.ABSENT, None, by, Via.LIST)
    row.state, row.held_at, row.version = State.HELD, clock.now(session), row.version + 1
    came = [place for place in held if place.attendance == Attendance.CAME]
    made = sum(records.issue(session, rules, row, place, by) for place in came)
    marks = [place.attendance for place in held]
    said = entries.Held(
        came=len(came),
        excused=marks.count(Attendance.EXCUSED),
        absent=marks.count(Attendance.ABSENT),
        certificates=made,
    )
    entries.on_session(session, row.id, said)
    return made
