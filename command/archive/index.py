"""The index over the notes of cases, kept in the unit of work that writes them: what is committed is found, and nothing else is.

Which notes belong to a case: those that entries of its stream cite, whichever room wrote them, and those that its row points at."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from command.archive.grams import grams
from command.archive.models import ArchiveGram, ArchiveNote
from command.archive.rows import PARTS
from command.core import journal
from command.core.finding import folded
from command.core.journal import Entry, Note
from command.core.log import masked_words
from command.incidents.models import Incident

OF_INCIDENT = "incident:"
_MAY_CITE = ('"hash":', "note_id")
"""What the data of an entry that cites a note holds; the others, which are most, are not looked into."""

_OF_THE_CASE = "incident."
"""Entries of this family may go with a note that the case's row alone points at."""
_COLUMNS = tuple(getattr(Incident, part) for part in PARTS)


def follow(session: Session, _: frozenset[str]) -> None:
    """Index the notes that this unit of work cites on streams of incidents. Runs when the unit ends, before it commits."""
    fresh: dict[str, set[int]] = {}
    for entry in journal.recorded(session):
        if not entry.stream.startswith(OF_INCIDENT):
            continue
        if any(sign in entry.data for sign in _MAY_CITE):
            fresh.setdefault(entry.stream, set()).update(cited(orjson.loads(entry.data)))
        elif entry.kind.startswith(_OF_THE_CASE):
            fresh.setdefault(entry.stream, set())
    for stream, notes in fresh.items():
        add(session, stream, notes)


def cited(data: Any) -> Iterator[int]:
    """The ids of the notes that an entry's data cites, wherever in it."""
    if isinstance(data, Mapping):
        if data.keys() >= {"id", "hash"} and isinstance(data["id"], int):
            yield data["id"]
        for key, value in data.items():
            if key.endswith("note_id") and isinstance(value, int):
                yield value
            else:
                yield from cited(value)
    elif isinstance(data, list):
        for each in data:
            yield from cited(each)


def add(session: Session, stream: str, note_ids: set[int]) -> int:
    """Index the notes of the incident of a stream, its own and these, that are not indexed yet and not erased; return how many."""
    own = session.execute(
        select(Incident.id, *_COLUMNS).where(Incident.number == stream.removeprefix(OF_INCIDENT))
    ).one_or_none()
    if own is None:
        return 0
    incident_id, wanted = own[0], note_ids | {note for note in own[1:] if note is not None}
    known = select(ArchiveNote.note_id)
    query = select(Note.id, Note.body).where(Note.id.in_(wanted), Note.id.not_in(known), Note.body.is_not(None))
    found = session.execute(query).tuples().all() if wanted else []
    if not found:
        return 0
    bodies = {note_id: folded(masked_words(body or "")) for note_id, body in found}
    rows = [{"note_id": note_id, "incident_id": incident_id, "body": body} for note_id, body in bodies.items()]
    session.execute(insert(ArchiveNote), rows)
    made = [{"gram": gram, "note_id": note_id} for note_id, body in bodies.items() for gram in sorted(grams(body))]
    if made:
        session.execute(insert(ArchiveGram), made)
    return len(rows)


def rebuild(session: Session, number: str) -> int:
    """Index a case anew from its journal; return the number of its notes."""
    stream = OF_INCIDENT + number
    incident_id = select(Incident.id).where(Incident.number == number).scalar_subquery()
    session.execute(delete(ArchiveNote).where(ArchiveNote.incident_id == incident_id))
    data = session.scalars(select(Entry.data).where(Entry.stream_id == stream))
    notes = {note for each in data if any(sign in each for sign in _MAY_CITE) for note in cited(orjson.loads(each))}
    return add(session, stream, notes)
