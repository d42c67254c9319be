"""Training sessions as the API and the pages show them."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.oncall.phone_drill import groups
from command.people.access import Principal, may
from command.people.authority import Act
from command.people.models import Person
from command.training import records, sessions, visible
from command.training.models import Attendance, State, TrainingPlace, TrainingRecord, TrainingSession
from command.training.rules import Rules, Topic
from command.training.views import note_of


class PlaceOut(BaseModel):
    """Somebody's place; `lacks`: topics without a certificate though they came, for minutes or score are not enough."""

    person: str
    name: str
    department: str | None
    answer: str
    attendance: str
    via: str | None
    score: int | None
    lacks: list[Topic]
    certificates: list[str]


class SessionOut(BaseModel):
    """A session; `mine` is the reader's own place. `targets`, `places` and `code` are for who keeps its list, the first two also for
    auditors."""

    id: int
    title: str
    topics: list[Topic]
    place: str
    link: str
    starts: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    teacher: str
    teacher_name: str
    capacity: int | None
    taken: int
    targets: list[str]
    materials: list[dict[str, str]]
    state: str
    reason: str
    version: int
    demo: bool
    begun: bool
    mine: PlaceOut | None
    places: list[PlaceOut] | None
    code: str | None


def manages(who: Principal, row: TrainingSession) -> bool:
    """Whether somebody keeps the list of a session: trainers, and who teaches it."""
    return may(who, Act.MANAGE_TRAINING) or (who.source is None and row.teacher_id == who.person_id)


def session_out(session: Session, rules: Rules, row: TrainingSession, who: Principal, language: str) -> SessionOut:
    """A session as somebody sees it in a list: with their own place, without those of others."""
    mine = session.get(TrainingPlace, (row.id, who.person_id)) if who.source is None else None
    teacher = session.get(Person, row.teacher_id) if row.teacher_id else None
    same = ("id", "title", "place", "link", "starts", "zone", "starts_at", "minutes", "capacity", "materials")
    return SessionOut(
        **{name: getattr(row, name) for name in (*same, "state", "version", "demo")},
        topics=[Topic(each) for each in row.topics],
        ends_at=sessions.ends_at(row),
        teacher=teacher.username if teacher else "",
        teacher_name=names.of(teacher, language) if teacher else row.teacher,
        taken=sessions.taken(session, row.id),
        targets=[],
        reason=note_of(session, row.reason_note_id),
        begun=clock.now(session) >= row.starts_at,
        mine=places_out(session, rules, row, [mine], language)[0] if mine else None,
        places=None,
        code=None,
    )


def whole_out(session: Session, rules: Rules, row: TrainingSession, who: Principal, language: str) -> SessionOut:
    """The same with everybody's places and the code, as far as somebody may see them."""
    found = session_out(session, rules, row, who, language)
    keeps = manages(who, row)
    if keeps or visible.everybody(who):
        found.targets = [groups.written(session, each) for each in row.targets]
        found.places = places_out(session, rules, row, sessions.places(session, row.id), language)
    if keeps and row.state == State.PLANNED:
        found.code = row.code
    return found


def places_out(
    session: Session, rules: Rules, row: TrainingSession, held: Sequence[TrainingPlace], language: str
) -> list[PlaceOut]:
    """Places in a session, and what came of each."""
    ids = [place.person_id for place in held]
    people = {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(ids)))}
    its = select(TrainingRecord.person_id, TrainingRecord.topic, TrainingRecord.number).where(
        TrainingRecord.session_id == row.id, TrainingRecord.person_id.in_(ids), TrainingRecord.revoked_at.is_(None)
    )
    certificates: dict[int, dict[str, str]] = {}
    for person_id, topic, number in session.execute(its).tuples():
        certificates.setdefault(person_id, {})[topic] = number or ""
    return [
        _place(rules, row, place, people[place.person_id], certificates.get(place.person_id, {}), language)
        for place in held
    ]


def _place(
    rules: Rules, row: TrainingSession, place: TrainingPlace, person: Person, held: dict[str, str], language: str
) -> PlaceOut:
    came = place.attendance == Attendance.CAME
    without = [Topic(each) for each in row.topics if came and each not in held]
    return PlaceOut(
        person=person.username,
        name=names.of(person, language),
        department=person.department,
        answer=place.answer,
        attendance=place.attendance,
        via=place.via,
        score=place.score,
        lacks=[each for each in without if records.passed(rules, row, person, each, place.score) is not None],
        certificates=list(held.values()),
    )
