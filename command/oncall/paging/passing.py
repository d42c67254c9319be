"""A page passes from one person to the next with a hand-over of duty: whoever accepts answers for it by a page of their own, so that the
clock that runs when nothing is heard of them asks the right one."""

from datetime import timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from command.core import clock
from command.oncall import entries
from command.oncall.models import Escalation, EscalationState, Page, PageState
from command.oncall.paging.answers import code_of
from command.oncall.paging.responses import Response
from command.oncall.paging.service import ANSWERABLE, locked, record, take
from command.people.models import Person

VIA: entries.Via = "hand_over"
UNANSWERED = (PageState.SENDING, PageState.WAITING, PageState.UNANSWERED, PageState.FAILED)


def held(person_id: int) -> ColumnElement[bool]:
    """Pages (joined with their chains) that a person answers for: acknowledged and not done yet, or still to be answered by them."""
    taken = (Page.state == PageState.ACKNOWLEDGED) & (Page.response != Response.DONE) & Escalation.over_at.is_(None)
    asked = Page.state.in_(UNANSWERED) & Escalation.state.in_(ANSWERABLE)
    return (Page.person_id == person_id) & (taken | asked)


def pass_on(session: Session, page_id: int, from_id: int, to: Person) -> Page | None:
    """Let `to` answer for a page of another person; their page, or None where nothing is left to answer for. What that one had acknowledged
    is acknowledged by `to`, who then has as long as anybody to give a sign; what they had not is acknowledged by `to` now.

    Whoever calls has the agreement of both, and has locked nothing of the chain."""
    chain = locked(session, session.get_one(Page, page_id).escalation_id)
    query = select(Page).join(Escalation, Escalation.id == Page.escalation_id).where(Page.id == page_id, held(from_id))
    page = session.scalar(query.with_for_update(of=Page).execution_options(populate_existing=True))
    if page is None:
        return None
    mine = _mine(session, chain, page, to)
    if PageState.ACKNOWLEDGED in (page.state, mine.state):
        _follow(session, chain, page, mine)
    else:
        take(session, chain, mine, VIA)
    page.state, page.reason = PageState.HANDED_OVER, None
    told = entries.HandedOver(page_id=page.id, to_page_id=mine.id, from_person_id=from_id, to_person_id=to.id)
    record(session, chain, told)
    return mine


def _mine(session: Session, chain: Escalation, page: Page, to: Person) -> Page:
    """The page of this chain that `to` has acknowledged, or else a new one in the place of `page`. Nothing is sent for it."""
    theirs = (Page.escalation_id == chain.id) & (Page.person_id == to.id) & (Page.state == PageState.ACKNOWLEDGED)
    known = session.scalar(select(Page).where(theirs).order_by(Page.id).with_for_update())
    if known is not None:
        return known
    made = Page(
        escalation_id=chain.id,
        incident_id=chain.incident_id,
        incident_number=chain.incident_number,
        person_id=to.id,
        target=page.target,
        step=page.step,
        code="",
        state=PageState.WAITING,
        created_at=clock.now(session),
        exercise=chain.exercise,
    )
    session.add(made)
    session.flush()
    made.code = code_of(made.id)
    return made


def _follow(session: Session, chain: Escalation, page: Page, mine: Page) -> None:
    """What was acknowledged stays so; its new person is asked for a sign in their turn. Help that was asked for is still on its way."""
    now = clock.now(session)
    if mine.help_at is None:
        mine.help_at, mine.help_by = page.help_at, page.help_by
    if mine.state != PageState.ACKNOWLEDGED:
        mine.state, mine.answered_at, mine.answered_via = PageState.ACKNOWLEDGED, now, VIA
        mine.response, mine.response_at = Response.ACKNOWLEDGED, now
    if chain.quiet_minutes and chain.state == EscalationState.ACKNOWLEDGED and mine.response == Response.ACKNOWLEDGED:
        chain.quiet_at = now + timedelta(minutes=chain.quiet_minutes)
