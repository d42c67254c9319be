"""Actions as people and programs read them."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import journal
from command.core.journal import Entry
from command.core.log import masked_words
from command.improvement import clauses, entries, reading, sources, visible
from command.improvement.models import UNDONE, ImprovementAction, Source, State
from command.improvement.words import SENTENCES
from command.incidents.views import PersonOut, note_text, person

PEOPLE = ("person_id", "owner_id", "owner_before")
NOTES = ("words", "reason")


class ClauseOut(BaseModel):
    """A clause of a playbook; `place` empty: all of it. `title` is in the reader's language."""

    code: str
    version: int
    place: str
    title: str
    address: str


class SourceOut(BaseModel):
    """Where an action comes from; `ref` and `address` are empty for one by hand."""

    kind: Source
    ref: str
    address: str


class ActionOut(BaseModel):
    """An action in short. `days` are left until its day, below zero it is late; null once nothing is left to do."""

    id: int
    title: str
    state: State
    source: SourceOut
    restricted: bool
    owner: PersonOut | None
    starts_on: date
    due_on: date
    due_moved: int
    days: int | None
    clause: ClauseOut | None
    reopened: int
    changed_at: datetime


class EvidenceOut(BaseModel):
    """What shows that it was done; the file's SHA-256 (hex), if one was attached, is on record too."""

    id: int
    words: str | None
    link: str
    file_name: str
    sha256: str | None
    by: PersonOut | None
    at: datetime


class LineOut(BaseModel):
    """A line of the history: what happened in words, and what was said with it."""

    seq: int
    at: datetime
    actor: str
    kind: str
    text: str
    said: str | None
    data: dict[str, Any]


class WholeOut(ActionOut):
    """All of an action. Words are null where nobody gave any or they were erased; `reason` says why it was sent back, dropped, moved or
    reopened last, or what was said when it was verified."""

    words: str | None
    finding: str | None
    cause: str | None
    reason: str | None
    given_by: PersonOut | None
    given_at: datetime
    verified_by: PersonOut | None
    verified_at: datetime | None
    evidence: list[EvidenceOut]
    history: list[LineOut]


def action_out(session: Session, action: ImprovementAction, language: str) -> ActionOut:
    """An action in short."""
    return ActionOut(**_short(session, action, language))


def _short(session: Session, action: ImprovementAction, language: str) -> dict[str, Any]:
    plain = ("id", "title", "state", "starts_on", "due_on", "due_moved", "reopened", "changed_at")
    left = (action.due_on - reading.today(session)).days
    address = sources.address(action.source, action.source_ref)
    return {
        **{name: getattr(action, name) for name in plain},
        "source": SourceOut(kind=Source(action.source), ref=action.source_ref, address=address),
        "restricted": visible.restricted(session, action),
        "owner": person(session, action.owner_id, language),
        "days": left if action.state in UNDONE else None,
        "clause": clause_out(session, action, language),
    }


def clause_out(session: Session, action: ImprovementAction, language: str) -> ClauseOut | None:
    """The clause an action changes."""
    clause = reading.clause_of(action)
    if clause is None:
        return None
    return ClauseOut(
        code=clause.code,
        version=clause.version,
        place=clause.place,
        title=clauses.title(session, clause, language),
        address=clauses.address(clause),
    )


def whole(session: Session, action: ImprovementAction, language: str) -> WholeOut:
    """All of an action, with its evidence, the newest first, and its history."""
    evidence = [
        EvidenceOut(
            id=row.id,
            words=note_text(session, row.note_id),
            link=row.link,
            file_name=row.file_name,
            sha256=row.sha256,
            by=person(session, row.by, language),
            at=row.at,
        )
        for row in reading.evidence(session, action)
    ]
    return WholeOut(
        **_short(session, action, language),
        words=note_text(session, action.words_note_id),
        finding=note_text(session, action.finding_note_id),
        cause=note_text(session, action.cause_note_id),
        reason=note_text(session, action.reason_note_id),
        given_by=person(session, action.given_by, language),
        given_at=action.given_at,
        verified_by=person(session, action.verified_by, language),
        verified_at=action.verified_at,
        evidence=evidence,
        history=list(_history(session, action, language)),
    )


def _history(session: Session, action: ImprovementAction, language: str) -> Iterator[LineOut]:
    for entry in journal.entries(session, entries.stream(action.id)):
        data = _read(entry)
        told = data | {name: _name(session, data[name], language) for name in PEOPLE if name in data}
        note_id = next((data[name]["id"] for name in NOTES if data.get(name)), None)
        yield LineOut(
            seq=entry.seq,
            at=entry.at,
            actor=entry.actor,
            kind=entry.kind,
            text=masked_words(gettext(SENTENCES[entry.kind]) % told),
            said=note_text(session, note_id),
            data=data,
        )


def _read(entry: Entry) -> dict[str, Any]:
    found: Mapping[str, Any] = (
        journal.Payload.registry[entry.kind].model_validate_json(entry.data).model_dump(mode="json")
    )
    return dict(found)


def _name(session: Session, person_id: int, language: str) -> str:
    found = person(session, person_id, language)
    return found.name if found else str(person_id)
