"""What happened to a session, in words: its journal, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.journal import Entry
from command.people.models import Person
from command.training import words
from command.training.models import Answer, Attendance

MOST = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: when, by whom (None: by the engine), and what in a sentence."""

    at: datetime
    by: Person | None
    said: str


def told(session: Session, session_id: int, language: str) -> list[Line]:
    """The newest entries of a session."""
    mine = select(Entry).where(Entry.stream_id == f"training:{session_id}", Entry.kind.in_(list(words.SENTENCES)))
    rows = session.scalars(mine.order_by(Entry.seq.desc()).limit(MOST))
    return [Line(row.at, _actor(session, row.actor), sentence(session, row, language)) for row in rows]


def sentence(session: Session, entry: Entry, language: str) -> str:
    """An entry in words, people by name."""
    values: dict[str, Any] = orjson.loads(entry.data)
    if "person_id" in values and (person := session.get(Person, values["person_id"])) is not None:
        values["person_id"] = names.of(person, language)
    if "answer" in values:
        values["answer"] = gettext(words.ANSWERS[Answer(values["answer"])])
    if "attendance" in values:
        values["attendance"] = gettext(words.ATTENDANCE[Attendance(values["attendance"])])
    return words.SENTENCES[entry.kind][0 if language == "zh" else 1].format(**values)


def _actor(session: Session, actor: str) -> Person | None:
    scheme, _, name = actor.partition(":")
    return session.get(Person, int(name)) if scheme == "person" and name.isdigit() else None
