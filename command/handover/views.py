"""Hand-overs as pages and the interface show them: rows joined with people, incidents and notes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from command.core.problems import N_, Denied
from command.handover import service
from command.handover.models import Handover, HandoverItem, Kind
from command.incidents.models import Incident, Task
from command.incidents.views import note_text
from command.incidents.visibility import visible
from command.oncall.duties.cover import PLANNERS
from command.oncall.models import Page, Schedule
from command.people.access import Principal
from command.people.models import Person

RECENT = 10


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One item: its incident, and its page or task. `open` is False for an incident that its reader has no page of."""

    row: HandoverItem
    incident: Incident
    open: bool
    page: Page | None
    task: Task | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A hand-over with all that belongs to it; phone numbers in notes are masked. `hidden` is how many items its reader may not know of."""

    row: Handover
    schedule: Schedule
    leaver: Person
    taker: Person
    note: str | None
    reason: str | None
    items: Sequence[ShownItem]
    hidden: int


def read(session: Session, handover_id: int, who: Principal) -> Handover:
    """A hand-over that `who` may read: its two people may, and those who plan duties. Raise NotFound, or Denied."""
    found = service.find(session, handover_id)
    if who.person_id not in (found.from_id, found.to_id) and not who.posts & PLANNERS:
        raise Denied(
            N_("This hand-over is between two others."),
            remedy=N_("Ask one of them, or a commander, a deputy or a duty officer."),
        )
    return found


def shown(session: Session, handover: Handover, who: Principal) -> Shown:
    """A hand-over as `who` may read it."""
    party = who.person_id in (handover.from_id, handover.to_id)
    found = []
    rows = service.items(session, handover)
    for row in rows:
        incident = session.get_one(Incident, row.incident_id)
        known = visible(session, incident, who)
        if known or party:
            found.append(_item(session, row, incident, known))
    return Shown(
        row=handover,
        schedule=session.get_one(Schedule, handover.schedule_id),
        leaver=session.get_one(Person, handover.from_id),
        taker=session.get_one(Person, handover.to_id),
        note=note_text(session, handover.note_id),
        reason=note_text(session, handover.reason_note_id),
        items=found,
        hidden=len(rows) - len(found),
    )


def settled_of(session: Session, person_id: int) -> list[Handover]:
    """The last hand-overs of somebody that are settled, the newest first."""
    mine = or_(Handover.from_id == person_id, Handover.to_id == person_id)
    query = select(Handover).where(mine, Handover.settled_at.is_not(None))
    return list(session.scalars(query.order_by(Handover.settled_at.desc(), Handover.id.desc()).limit(RECENT)))


def _item(session: Session, row: HandoverItem, incident: Incident, known: bool) -> ShownItem:
    return ShownItem(
        row=row,
        incident=incident,
        open=known,
        page=session.get(Page, row.ref_id) if row.kind == Kind.PAGE else None,
        task=session.get(Task, row.ref_id) if row.kind == Kind.TASK else None,
        note=note_text(session, row.note_id),
    )
