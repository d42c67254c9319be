"""What happened to a drill, in words: its journal, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.journal import Entry
from command.oncall.phone_drill.drill_entries import SENTENCES
from command.people.models import Person

MOST = 40
WHOLE = ("called", "answered", "no_method")
"""Kinds that are told person by person on the page of a run, and so are left out here."""


@dataclass(frozen=True, slots=True)
class Told:
    """One entry: when, by whom (None: by the engine), and what in a sentence."""

    at: datetime
    by: Person | None
    said: str


def told(session: Session, drill_id: int, language: str) -> list[Told]:
    """The newest entries of a drill but those about one person."""
    wanted = [kind for kind in SENTENCES if kind.split(".")[1] not in WHOLE]
    mine = select(Entry).where(Entry.stream_id == f"phone_drill:{drill_id}", Entry.kind.in_(wanted))
    rows = session.scalars(mine.order_by(Entry.seq.desc()).limit(MOST))
    return [Told(row.at, _actor(session, row.actor), sentence(session, row, language)) for row in rows]


def sentence(session: Session, entry: Entry, language: str) -> str:
    """An entry in words, people by name."""
    values: dict[str, Any] = orjson.loads(entry.data)
    if "person_id" in values and (person := session.get(Person, values["person_id"])) is not None:
        values["person_id"] = names.of(person, language)
    return SENTENCES[entry.kind][0 if language == "zh" else 1].format(**values)


def _actor(session: Session, actor: str) -> Person | None:
    scheme, _, name = actor.partition(":")
    return session.get(Person, int(name)) if scheme == "person" and name.isdigit() else None
