"""How a page stands for the person it went to: still to be answered, answered, taken by somebody else, or over."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.oncall.models import Escalation, EscalationState, Page, PageState
from command.oncall.paging.service import ANSWERABLE
from command.people.models import Person


class Stands(StrEnum):
    OPEN = "open"
    MINE = "mine"
    TAKEN = "taken"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a page stands; `taker` is who answered in its place."""

    stands: Stands
    taker: Person | None = None


def standing(session: Session, page: Page, chain: Escalation) -> Standing:
    """How `page` of `chain` stands."""
    if page.state == PageState.ACKNOWLEDGED:
        return Standing(Stands.MINE)
    if chain.state in ANSWERABLE:
        return Standing(Stands.OPEN)
    if chain.state == EscalationState.ACKNOWLEDGED:
        answered = (Page.escalation_id == chain.id) & (Page.state == PageState.ACKNOWLEDGED)
        return Standing(Stands.TAKEN, session.scalar(select(Person).join(Page).where(answered).order_by(Page.id)))
    return Standing(Stands.OVER)
