"""The journal of one incident as people read it: newest first, filtered by what it is about, who acted, when, and words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from command.core.journal import Entry
from command.incidents.rendering import Line, Reader

GROUPS: Mapping[str, tuple[str, ...]] = {
    "life": ("incident.",),
    "grade": ("incident.graded", "incident.raised", "incident.lowered"),
    "tasks": ("task.",),
    "people": ("role.", "authority.", "objective."),
    "pages": ("page.", "escalation."),
    "notices": ("notice.", "incident.not_told"),
    "impact": ("impact.", "incident.quiet", "incident.restored"),
    "clocks": ("clock.",),
    "comments": ("comment.",),
}
"""What entries are about, by the beginnings of their kinds."""
REDRAWS = "board.cards"
CHUNK = 200
"""Entries read at a time while words are looked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters; what is left out filters nothing. `since` and `until` are inclusive; `before` is the seq below which to read on."""

    group: str | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lines, newest first, and the seq to read on below; None at the end."""

    lines: tuple[Line, ...]
    before: int | None


def read(session: Session, number: str, wanted: Wanted, limit: int = 50) -> Sheet:
    """At most `limit` entries of an incident's journal. Words are looked for in both languages, case aside."""
    found: list[Line] = []
    for line in _matching(session, number, wanted):
        if len(found) == limit:
            return Sheet(tuple(found), found[-1].seq)
        found.append(line)
    return Sheet(tuple(found), None)


def actors(session: Session, number: str) -> list[str]:
    """Who has acted in an incident, as the journal names them."""
    query = select(Entry.actor).where(Entry.stream_id == f"incident:{number}").distinct()
    return sorted(session.scalars(query))


def _matching(session: Session, number: str, wanted: Wanted) -> Iterator[Line]:
    query, before = _filtered(number, wanted), wanted.before
    needle = wanted.words.strip().casefold()
    while True:
        below = query if before is None else query.where(Entry.seq < before)
        rows = session.scalars(below.order_by(Entry.seq.desc()).limit(CHUNK)).all()
        reader = Reader(session, rows)
        for entry in rows:
            line = reader.line(entry)
            if not needle or needle in f"{line.zh}\n{line.en}".casefold():
                yield line
        if len(rows) < CHUNK:
            return
        before = rows[-1].seq


def _filtered(number: str, wanted: Wanted) -> Select[Entry]:
    query = select(Entry).where(Entry.stream_id == f"incident:{number}", Entry.kind != REDRAWS)
    if wanted.group is not None and wanted.group in GROUPS:
        query = query.where(or_(*(Entry.kind.startswith(kind, autoescape=True) for kind in GROUPS[wanted.group])))
    if wanted.actor:
        query = query.where(Entry.actor == wanted.actor)
    if wanted.since is not None:
        query = query.where(Entry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Entry.at <= wanted.until)
    return query
