"""Settlements as people and programs read them."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import house
from command.incidents.models import Incident
from command.incidents.views import PersonOut, note_text, person
from command.incidents.visibility import only_visible
from command.people.access import Principal
from command.settlement import service
from command.settlement.models import SettlementItem, Sort, State


class ItemOut(BaseModel):
    """One thing to settle. `days` are left until its day, below zero it is late; null once nothing is left to do. `amount` is what was
    paid in all, in the operator's currency."""

    incident: str
    code: str
    sort: Sort
    title: str
    department: str
    owner: PersonOut | None
    due_on: date
    days: int | None
    required: bool
    state: State
    amount: float | None
    people: int | None
    reference: str
    words: str | None
    settled_at: datetime | None
    settled_by: PersonOut | None


def item_out(session: Session, incident: Incident, item: SettlementItem, language: str) -> ItemOut:
    """An item of an incident."""
    left = (item.due_on - house.today(session, clock.now(session))).days
    return ItemOut(
        incident=incident.number,
        code=item.code,
        sort=Sort(item.sort),
        title=item.title_zh if language == "zh" else item.title_en,
        department=item.department,
        owner=person(session, item.owner_id, language),
        due_on=item.due_on,
        days=left if item.state == State.OPEN else None,
        required=item.required,
        state=State(item.state),
        amount=item.amount_cents / 100 if item.amount_cents is not None else None,
        people=item.people,
        reference=item.reference,
        words=note_text(session, item.note_id),
        settled_at=item.settled_at,
        settled_by=person(session, item.settled_by, language),
    )


def of(session: Session, incident: Incident, language: str) -> list[ItemOut]:
    """Every item of an incident, the one due first first."""
    return [item_out(session, incident, item, language) for item in service.of(session, incident)]


def waiting(session: Session, who: Principal, language: str, *, mine: bool, limit: int) -> Sequence[ItemOut]:
    """Open items of real incidents that `who` may know of, the late ones first; `mine`: those that they see to."""
    known = only_visible(session, select(Incident), who).with_only_columns(Incident.id)
    query = (
        select(Incident, SettlementItem)
        .join(SettlementItem, SettlementItem.incident_id == Incident.id)
        .where(SettlementItem.state == State.OPEN, SettlementItem.exercise.is_(False), Incident.id.in_(known))
        .order_by(SettlementItem.due_on, SettlementItem.id)
        .limit(limit)
    )
    if mine:
        query = query.where(SettlementItem.owner_id == who.person_id)
    return [item_out(session, incident, item, language) for incident, item in session.execute(query).tuples()]
