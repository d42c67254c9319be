"""The complete file of one case: everything the tables and the journal know of it, and whether the journal still verifies."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import heads, journal, names
from command.core.heads import Fault
from command.core.journal import Entry, Stream
from command.core.log import masked_words
from command.incidents import house, plans, rendering, views, visibility
from command.incidents.family.models import Kinship
from command.incidents.models import GradeChange, Incident
from command.incidents.rendering import Line
from command.incidents.views import IncidentOut
from command.messages import service as messages
from command.network.models import Area, Service
from command.notices.drafting import texts_of
from command.notices.models import Notice
from command.oncall.models import Page
from command.people.access import Principal
from command.people.models import Person

BOARD_ENTRIES = "board.cards"


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade the case was given: when, by whom, by which rules (id, why), and the reason if somebody gave one."""

    at: datetime
    tier: int
    current_tier: int
    projected_tier: int
    by: str
    rules: Sequence[tuple[str, str]]
    reason: str | None


@dataclass(frozen=True, slots=True)
class Called:
    """One page: who was called, by which target, and what became of it."""

    at: datetime
    person: str
    target: str
    step: int
    state: str
    answered_at: datetime | None
    answered_via: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """One notice: its texts by language, who released it, and how many messages are in which state."""

    notice: Notice
    submitted_by: str
    approved_by: str
    texts: Mapping[str, str]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Part:
    """An incident that was part of this one, from–until; null while it is."""

    number: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Seal:
    """What the journal of the case says of itself: its length, its head, and the first bad entry, if any."""

    entries: int
    head_hash: str
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case from its number to the head of its journal. `names` gives areas, services and whoever acted their names; `plan` the title
    of the playbook that it follows."""

    case: Incident
    full: IncidentOut
    plan: str
    names: Mapping[str, str]
    grades: Sequence[Grade]
    pages: Sequence[Called]
    notices: Sequence[Told]
    timeline: Sequence[Line]
    children: Sequence[str]
    parts: Sequence[Part]
    parent: str | None
    seal: Seal


def assemble(session: Session, incident: Incident, who: Principal, language: str) -> CaseFile:
    """The file of a case that the reader may know of, in their language; phone numbers in texts are masked."""
    known = _people(session, language)
    known |= {f"area:{each.code}": names.of(each, language) for each in session.scalars(select(Area))}
    known |= {f"service:{each.code}": names.of(each, language) for each in session.scalars(select(Service))}
    merged = select(Incident).where(Incident.merged_into_id == incident.id).order_by(Incident.id)
    above = select(Incident).where(Incident.id == incident.parent_id)
    return CaseFile(
        case=incident,
        full=views.full(session, incident, language),
        plan=_plan(session, incident, language),
        names=known,
        grades=list(_grades(session, incident, known, language)),
        pages=list(_pages(session, incident, known)),
        notices=list(_notices(session, incident, known)),
        timeline=_timeline(session, incident),
        children=[each.number for each in session.scalars(visibility.only_visible(session, merged, who))],
        parts=list(_parts(session, incident, who)),
        parent=next((each.number for each in session.scalars(visibility.only_visible(session, above, who))), None),
        seal=_seal(session, incident),
    )


def _parts(session: Session, incident: Incident, who: Principal) -> Iterable[Part]:
    """The incidents that were part of this one, as far as the reader may know of them."""
    rows = session.scalars(select(Kinship).where(Kinship.parent_id == incident.id).order_by(Kinship.id)).all()
    theirs = select(Incident).where(Incident.id.in_([row.child_id for row in rows]))
    known = (
        {each.id: each.number for each in session.scalars(visibility.only_visible(session, theirs, who))}
        if rows
        else {}
    )
    for row in rows:
        if row.child_id in known:
            yield Part(known[row.child_id], row.from_at, row.until_at)


def _people(session: Session, language: str) -> dict[str, str]:
    """Names by `person:7`, and by `user:` with the username that lines of the journal carry."""
    people = session.scalars(select(Person)).all()
    return {f"person:{each.id}": names.of(each, language) for each in people} | {
        f"user:{each.username}": names.of(each, language) for each in people
    }


def _plan(session: Session, incident: Incident, language: str) -> str:
    plan = plans.of(session, incident) if incident.playbook_id else None
    return views.said(plan.title, language) if plan else ""


def _grades(session: Session, incident: Incident, known: Mapping[str, str], language: str) -> Iterable[Grade]:
    rows = session.scalars(
        select(GradeChange).where(GradeChange.incident_id == incident.id).order_by(GradeChange.id)
    ).all()
    for row in rows:
        yield Grade(
            at=row.at,
            tier=row.tier,
            current_tier=row.current_tier,
            projected_tier=row.projected_tier,
            by=known.get(row.by, row.by),
            rules=[(rule, _why(rule, language)) for rule in row.rules],
            reason=views.note_text(session, row.reason_note_id),
        )


def _why(rule: str, language: str) -> str:
    try:
        return views.said(house.tiers().reason(rule), language)
    except KeyError:
        return rule


def _pages(session: Session, incident: Incident, known: Mapping[str, str]) -> Iterable[Called]:
    for row in session.scalars(select(Page).where(Page.incident_id == incident.id).order_by(Page.id)):
        yield Called(
            at=row.created_at,
            person=known.get(f"person:{row.person_id}", f"#{row.person_id}"),
            target=row.target,
            step=row.step,
            state=row.state,
            answered_at=row.answered_at,
            answered_via=row.answered_via,
        )


def _notices(session: Session, incident: Incident, known: Mapping[str, str]) -> Iterable[Told]:
    for row in session.scalars(select(Notice).where(Notice.incident_id == incident.id).order_by(Notice.id)).all():
        yield Told(
            notice=row,
            submitted_by=known.get(row.submitted_by or "", row.submitted_by or ""),
            approved_by=known.get(row.approved_by or "", row.approved_by or ""),
            texts={tongue: masked_words(text) for tongue, text in sorted(texts_of(session, row).items(), reverse=True)},
            counts={state.value: number for state, number in messages.tally(session, row.id).items()},
        )


def _timeline(session: Session, incident: Incident) -> list[Line]:
    stream = f"incident:{incident.number}"
    found: list[Entry] = [each for each in journal.entries(session, stream) if each.kind != BOARD_ENTRIES]
    reader = rendering.Reader(session, found)
    return [reader.line(entry) for entry in found]


def _seal(session: Session, incident: Incident) -> Seal:
    stream = f"incident:{incident.number}"
    head: Any = session.get(Stream, stream, populate_existing=True)
    if head is None:
        return Seal(0, "", heads.verify_stream(session, stream))
    return Seal(head.head_seq, head.head_hash.hex(), heads.verify_stream(session, stream))
