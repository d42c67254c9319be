"""Cases as a list shows them: names joined, words that were searched for in their place, a whole page with a handful of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from command.archive.models import ArchiveNote
from command.core import finding
from command.core.finding import Piece
from command.core.journal import Note
from command.core.log import masked_words
from command.core.problems import N_
from command.incidents.models import Incident, IncidentClock
from command.network.models import Area
from command.people.models import Person

Named = TypeVar("Named", Area, Person)

MOST_HITS = 3
"""Notes of one case of which an excerpt is shown."""
PARTS = {
    "summary_note_id": N_("What happened"),
    "feedback_note_id": N_("User feedback"),
    "measures_note_id": N_("First measures"),
    "cause_note_id": N_("Cause"),
    "effect_note_id": N_("Effect"),
    "improvement_note_id": N_("Improvements"),
}
OTHER = N_("Note")


@dataclass(frozen=True, slots=True)
class Hit:
    """An excerpt of a note with the words that were looked for; `part` says what the note is (a message id)."""

    part: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Row:
    """A case in short. `texts` are its notes by column, masked; None where there is none or it was erased."""

    case: Incident
    area: Area | None
    commander: Person | None
    owner: Person | None
    clocks_met: int
    clocks_breached: int
    texts: Mapping[str, str | None]
    hits: Sequence[Hit]

    @property
    def lasted(self) -> timedelta | None:
        """From the first sign to the restoration; None while it lasts."""
        ended: datetime | None = self.case.restored_at or self.case.ended_at
        return ended - self.case.detected_at if ended else None


def rows(session: Session, cases: Sequence[Incident], words: Sequence[str] = ()) -> list[Row]:
    """The cases as rows, in their order."""
    areas = _by_id(session, Area, {each.area_id for each in cases})
    people = _by_id(session, Person, {who for each in cases for who in (each.commander_id, each.owner_id)})
    clocks, texts, hits = _clocks(session, cases), _texts(session, cases), _hits(session, cases, words)
    return [
        Row(
            case=each,
            area=areas.get(each.area_id),
            commander=people.get(each.commander_id),
            owner=people.get(each.owner_id),
            clocks_met=clocks.get(each.id, (0, 0))[0],
            clocks_breached=clocks.get(each.id, (0, 0))[1],
            texts={part: texts.get(getattr(each, part)) for part in PARTS},
            hits=hits.get(each.id, ()),
        )
        for each in cases
    ]


def _by_id(session: Session, table: type[Named], wanted: set[int | None]) -> dict[int | None, Named]:
    return {row.id: row for row in session.scalars(select(table).where(table.id.in_(wanted - {None})))}


def _clocks(session: Session, cases: Sequence[Incident]) -> dict[int, tuple[int, int]]:
    """(met, breached) clocks by case; one met too late is breached."""
    breached = func.sum(case((IncidentClock.breached_at.is_not(None), 1), else_=0))
    met = func.sum(case((IncidentClock.state == "met", 1), else_=0))
    query = (
        select(IncidentClock.incident_id, met, breached)
        .where(IncidentClock.incident_id.in_([each.id for each in cases]))
        .group_by(IncidentClock.incident_id)
    )
    return {incident: (int(kept), int(broken)) for incident, kept, broken in session.execute(query)}


def _texts(session: Session, cases: Sequence[Incident]) -> dict[int | None, str]:
    wanted = {getattr(each, part) for each in cases for part in PARTS} - {None}
    query = select(Note.id, Note.body).where(Note.id.in_(wanted), Note.body.is_not(None))
    return {note: masked_words(body or "") for note, body in session.execute(query).tuples()}


def _hits(session: Session, cases: Sequence[Incident], words: Sequence[str]) -> dict[int, list[Hit]]:
    found: dict[int, list[Hit]] = {}
    if not words:
        return found
    parts = {getattr(each, column): said for each in cases for column, said in PARTS.items()}
    query = (
        select(ArchiveNote.incident_id, Note.id, Note.body)
        .join(Note, Note.id == ArchiveNote.note_id)
        .where(ArchiveNote.incident_id.in_([each.id for each in cases]))
        .order_by(Note.id)
    )
    for incident, note, body in session.execute(query).tuples():
        pieces = finding.excerpt(masked_words(body or ""), words)
        shown = found.setdefault(incident, [])
        if pieces and len(shown) < MOST_HITS:
            shown.append(Hit(parts.get(note, OTHER), pieces))
    return found
