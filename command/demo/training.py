"""Training of the demo operator, from config/demo/training.yaml: earlier records and sessions at days around today, marked as the demo's.
They send nobody a message."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.oncall.duties import telling
from command.people.models import Person
from command.training import needs, records, rules, sessions
from command.training.asked import SessionIn
from command.training.models import Source, Told, TrainingPlace, TrainingRecord, TrainingSession
from command.training.rules import Topic
from playbooks import source
from playbooks.texts import Record

Username = Annotated[str, Field(pattern=r"^[a-z][a-z0-9._-]{1,31}$")]


class EarlierRecord(Record):
    """Everybody of `people` was trained `days_ago`."""

    people: tuple[Username, ...]
    topic: Topic
    days_ago: Annotated[int, Field(ge=1, le=3650)]
    minutes: Annotated[int, Field(ge=1, le=1440)]
    score: Annotated[int, Field(ge=0, le=100)] | None = None


class ComingSession(Record):
    """A session `days_ahead`, at a time of the operator's wall clock."""

    title: str
    topics: tuple[Topic, ...]
    days_ahead: Annotated[int, Field(ge=1, le=365)]
    at: Annotated[str, Field(pattern=r"^[0-2][0-9]:[0-5][0-9]$")]
    minutes: Annotated[int, Field(ge=10, le=1440)]
    place: str
    capacity: Annotated[int, Field(ge=1, le=500)] | None = None
    targets: tuple[str, ...] = ()


class DemoTraining(Record):
    """The whole of config/demo/training.yaml."""

    trainer: Username
    records: tuple[EarlierRecord, ...]
    sessions: tuple[ComingSession, ...]


def load(session: Session, file: Path) -> None:
    """Write the records and sessions, once."""
    if session.scalar(select(TrainingSession.id).where(TrainingSession.demo).limit(1)) is not None:
        return
    given = source.load(file, DemoTraining)
    usernames = {username: id for id, username in session.execute(select(Person.id, Person.username)).tuples()}
    trainer = usernames[given.trainer]
    today = needs.today(session)
    for each in given.records:
        for username in each.people:
            record = TrainingRecord(
                person_id=usernames[username],
                topic=each.topic,
                done_on=today - timedelta(days=each.days_ago),
                minutes=each.minutes,
                score=each.score,
                source=Source.IMPORT,
                issued_by=trainer,
                demo=True,
            )
            records.bring(session, rules.current(), record)
    for coming in given.sessions:
        made = sessions.plan(session, _session(session, coming, given.trainer), trainer, demo=True)
        silent = {"told": Told.REMINDED, "told_at": clock.now(session)}
        session.execute(update(TrainingPlace).where(TrainingPlace.session_id == made.id).values(**silent))


def _session(session: Session, coming: ComingSession, trainer: str) -> SessionIn:
    day = needs.today(session) + timedelta(days=coming.days_ahead)
    return SessionIn(
        title=coming.title,
        topics=list(coming.topics),
        place=coming.place,
        starts=datetime.fromisoformat(f"{day.isoformat()}T{coming.at}"),
        zone=telling.zone(session).key,
        minutes=coming.minutes,
        teacher=trainer,
        capacity=coming.capacity,
        targets=list(coming.targets),
    )
