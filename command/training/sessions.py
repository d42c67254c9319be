"""Planning sessions, changing and calling them off, taking a place and giving it back."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents.entries import note
from command.oncall.phone_drill import groups, recurrence
from command.people.models import Person
from command.training import entries
from command.training.asked import MOST_PEOPLE, SessionIn
from command.training.models import Answer, Attendance, State, Told, TrainingPlace, TrainingSession

AGAIN = ("starts", "zone", "minutes", "place", "link")
"""What people with a place are told anew when it changes."""
TAKEN = (Answer.INVITED, Answer.JOINED)
"""Answers that hold a place: who is invited has one until they give it back."""


def find(session: Session, session_id: int, *, lock: bool = False) -> TrainingSession:
    """A session by id, locked where asked for; raise NotFound."""
    query = select(TrainingSession).where(TrainingSession.id == session_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFound(N_("There is no such training session."), remedy=N_("Look it up in the list of sessions."))
    return row


def plan(session: Session, given: SessionIn, by: int, *, demo: bool = False) -> TrainingSession:
    """Plan a session and give those behind its targets a place. Raise Invalid at the field that cannot be used."""
    values = _values(session, given)
    if values["starts_at"] <= clock.now(session):
        raise Invalid(
            N_("This time is past."), field="starts", remedy=N_("Give a time to come, on the clock of the zone chosen.")
        )
    row = TrainingSession(
        **values, code=_code(), state=State.PLANNED, made_by=by, made_at=clock.now(session), version=1, demo=demo
    )
    _require_teacher_free(session, row)
    session.add(row)
    session.flush()
    invited = _invite(session, row)
    said = entries.Planned(topics=row.topics, starts_at=row.starts_at, minutes=row.minutes, invited=invited)
    entries.on_session(session, row.id, said)
    return row


def change(session: Session, session_id: int, given: SessionIn, version: int) -> TrainingSession:
    """Change a planned session; new people behind its targets get a place, nobody loses theirs. Raise Conflict for one that somebody else
    changed since `version`, that began or is planned no more."""
    row = _ahead(session, session_id)
    if row.version != version:
        raise Conflict(
            N_("Somebody else changed this session in the meantime."), remedy=N_("Look at it again, then change it.")
        )
    values = _values(session, given)
    if values["starts_at"] <= clock.now(session):
        raise Invalid(
            N_("This time is past."), field="starts", remedy=N_("Give a time to come, on the clock of the zone chosen.")
        )
    fields = sorted(name for name, value in values.items() if getattr(row, name) != value and name != "starts_at")
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    _require_teacher_free(session, row)
    again = not set(fields).isdisjoint(AGAIN)
    if again:
        for place in places(session, row.id):
            place.told, place.told_at = Told.NOTHING, None
    said = entries.Changed(fields=fields, invited=_invite(session, row), again=again)
    entries.on_session(session, row.id, said)
    return row


def cancel(session: Session, session_id: int, reason: str) -> TrainingSession:
    """Call a session off; those who were told of it are told. Raise Invalid without a reason, Conflict for one that is not planned."""
    row = find(session, session_id, lock=True)
    if row.state != State.PLANNED:
        raise _no_more()
    cited = note(session, reason)
    if cited is None:
        raise Invalid(N_("Say why it is called off."), field="reason", remedy=N_("Everybody with a place reads it."))
    row.state, row.reason_note_id, row.version = State.CANCELLED, cited.id, row.version + 1
    entries.on_session(session, row.id, entries.Cancelled(reason=cited))
    return row


def join(session: Session, session_id: int, person_id: int) -> TrainingPlace:
    """Somebody takes a place, or says that they come. Raise Conflict when all are taken, or it has begun."""
    row = _ahead(session, session_id)
    place = session.get(TrainingPlace, (row.id, person_id))
    if place is None or place.answer == Answer.DECLINED:
        _require_room(session, row)
    if place is None:
        place = TrainingPlace(session_id=row.id, person_id=person_id, attendance=Attendance.OPEN, told=Told.INVITED)
        session.add(place)
    if place.answer != Answer.JOINED:
        place.answer = Answer.JOINED
        entries.on_session(session, row.id, entries.Answered(person_id=person_id, answer=Answer.JOINED))
    session.flush()
    return place


def leave(session: Session, session_id: int, person_id: int) -> TrainingPlace:
    """Somebody gives their place back. Raise Conflict when it has begun, NotFound without a place."""
    row = _ahead(session, session_id)
    place = session.get(TrainingPlace, (row.id, person_id))
    if place is None:
        raise NotFound(N_("You have no place in this session."), remedy=N_("There is nothing to give back."))
    if place.answer != Answer.DECLINED:
        place.answer = Answer.DECLINED
        entries.on_session(session, row.id, entries.Answered(person_id=person_id, answer=Answer.DECLINED))
    return place


def places(session: Session, session_id: int) -> Sequence[TrainingPlace]:
    """Everybody with a place in a session, by person."""
    query = select(TrainingPlace).where(TrainingPlace.session_id == session_id)
    return session.scalars(query.order_by(TrainingPlace.person_id)).all()


def taken(session: Session, session_id: int) -> int:
    """How many places are taken."""
    mine = (TrainingPlace.session_id == session_id) & TrainingPlace.answer.in_(list(TAKEN))
    return session.scalar(select(func.count()).select_from(TrainingPlace).where(mine)) or 0


def to_come(session: Session, most: int = 100) -> Sequence[TrainingSession]:
    """Planned sessions that have not begun, the earliest first."""
    ahead = (TrainingSession.state == State.PLANNED) & (TrainingSession.starts_at > clock.now(session))
    return session.scalars(
        select(TrainingSession).where(ahead).order_by(TrainingSession.starts_at, TrainingSession.id).limit(most)
    ).all()


def ends_at(row: TrainingSession) -> datetime:
    """When a session is over."""
    return row.starts_at + timedelta(minutes=row.minutes)


def _ahead(session: Session, session_id: int) -> TrainingSession:
    """A planned session that has not begun, locked."""
    row = find(session, session_id, lock=True)
    if row.state != State.PLANNED:
        raise _no_more()
    if row.starts_at <= clock.now(session):
        raise Conflict(N_("This session has begun."), remedy=N_("The trainer can still mark who is there."))
    return row


def _no_more() -> Conflict:
    return Conflict(N_("This session is planned no more."), remedy=N_("Plan another one."))


def _require_room(session: Session, row: TrainingSession) -> None:
    if row.capacity is not None and taken(session, row.id) >= row.capacity:
        raise Conflict(
            N_("All %(count)s places of this session are taken."),
            remedy=N_("Take another session, or ask the trainer for a larger room."),
            count=row.capacity,
        )


def _invite(session: Session, row: TrainingSession) -> int:
    """Give everybody behind the targets who has none a place; raise Invalid where they are more than the room holds."""
    held = {place.person_id for place in places(session, row.id)}
    new = [person for person in groups.people(session, row.targets) if person.id not in held] if row.targets else []
    total = taken(session, row.id) + len(new)
    most = row.capacity or MOST_PEOPLE
    if total > most:
        raise Invalid(
            N_("%(count)s people would have a place, and there are %(most)s."),
            field="capacity",
            remedy=N_("Give more places, invite fewer, or plan several sessions."),
            count=total,
            most=most,
        )
    session.add_all(TrainingPlace(session_id=row.id, person_id=person.id, answer=Answer.INVITED) for person in new)
    session.flush()
    return len(new)


def _values(session: Session, given: SessionIn) -> dict[str, Any]:
    """The columns of a session as somebody writes it; raise Invalid."""
    if given.zone not in available_timezones():
        raise Invalid(N_("This is no time zone."), field="zone", remedy=N_("Use an IANA name such as Asia/Shanghai."))
    if given.starts.tzinfo is not None or not 1970 <= given.starts.year < 2200:
        raise Invalid(
            N_("This is no time on a wall clock."),
            field="starts",
            remedy=N_("Write it without a zone, such as 2026-12-07T10:00; the zone has a field of its own."),
        )
    if not (given.place or given.link):
        raise Invalid(N_("Nobody knows where to go."), field="place", remedy=N_("Give a place, or a link to join by."))
    written = {"title": given.title, "place": given.place, "teacher_name": given.teacher_name}
    written["materials"] = "\n".join(each.title for each in given.materials)
    for field, text in written.items():
        if masked_words(text) != text:
            raise Invalid(
                N_("This holds a phone number."), field=field, remedy=N_("Leave it out: everybody invited reads it.")
            )
    starts = given.starts.replace(second=0, microsecond=0)
    return {
        "title": given.title,
        "topics": [str(each) for each in dict.fromkeys(given.topics)],
        "place": given.place,
        "link": given.link,
        "starts": starts.isoformat(timespec="minutes"),
        "zone": given.zone,
        "starts_at": recurrence.instant(starts, ZoneInfo(given.zone)),
        "minutes": given.minutes,
        "teacher_id": _teacher(session, given),
        "teacher": "" if given.teacher else given.teacher_name,
        "capacity": given.capacity,
        "targets": list(dict.fromkeys(groups.kept(session, each) for each in given.targets)),
        "materials": [each.model_dump() for each in given.materials],
    }


def _teacher(session: Session, given: SessionIn) -> int | None:
    if not given.teacher:
        if not given.teacher_name:
            raise Invalid(
                N_("Nobody teaches it."), field="teacher", remedy=N_("Choose somebody, or name whoever comes.")
            )
        return None
    found = session.scalar(select(Person.id).where(Person.username == given.teacher, Person.active))
    if found is None:
        raise Invalid(
            N_("There is nobody with the username %(username)s."),
            field="teacher",
            remedy=N_("Use the username of somebody on the list of people."),
            username=given.teacher,
        )
    return found


def _require_teacher_free(session: Session, row: TrainingSession) -> None:
    """Raise Invalid where the teacher teaches another session at the same time."""
    if row.teacher_id is None:
        return
    with session.no_autoflush:
        near = select(TrainingSession).where(
            TrainingSession.teacher_id == row.teacher_id,
            TrainingSession.state == State.PLANNED,
            TrainingSession.starts_at < ends_at(row),
            TrainingSession.starts_at > row.starts_at - timedelta(days=1),
        )
        others = [each for each in session.scalars(near) if each is not row and ends_at(each) > row.starts_at]
    if others:
        raise Invalid(
            N_("The teacher teaches “%(title)s” at this time."),
            field="starts",
            remedy=N_("Choose another time or another teacher."),
            title=others[0].title,
        )


def _code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"
