"""Sending the pages that waited for company: one message that names each, with its own code."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.oncall.models import Escalation, Page, PageBundle, PageState
from command.oncall.paging import bundling, methods
from command.oncall.paging.sending import Road, send
from command.oncall.paging.service import ANSWERABLE
from command.people.models import Person

WAITING = (PageState.SENDING, PageState.UNANSWERED)
"""A page that still has to be told: not answered, not stopped. One whose chain went on meanwhile is told too, for a late answer counts."""


def leave_together(session: Session, bundle_id: int, fence: int, road: Road) -> int | None:
    """Send a claimed bundle that is due; return the delivery's id, or None where nobody waits for an answer any more, or another
    claimant was faster. One page alone goes as it would have gone by itself."""
    person = session.scalar(select(Person).join(PageBundle).where(PageBundle.id == bundle_id))
    assert person is not None
    bundling.lock(session, [person])
    mine = select(PageBundle).where(PageBundle.id == bundle_id, PageBundle.fence == fence, PageBundle.sent_at.is_(None))
    bundle = session.scalar(mine.with_for_update().execution_options(populate_existing=True))
    if bundle is None:
        return None
    calls = _calls(session, bundle)
    bundle.sent_at, bundle.lease_until = clock.now(session), None
    if not calls or not person.active or person.number is None:
        return None
    (chain, page), several = calls[0], len(calls) > 1
    text = road.together(calls, person.language) if several else road.text(chain, page, person.language)
    bundle.delivery_id = delivery_id = send(
        session, person, text, exercise=bundle.exercise, number=page.incident_number
    )
    for _, page in calls:
        methods.went_together(session, page, delivery_id)
    return delivery_id


def _calls(session: Session, bundle: PageBundle) -> list[tuple[Escalation, Page]]:
    """What is still open of a bundle, the highest tier first. A chain has one page in it (see methods.begin)."""
    query = (
        select(Escalation, Page)
        .join(Page, Page.escalation_id == Escalation.id)
        .where(Page.bundle_id == bundle.id, Page.state.in_(WAITING), Escalation.state.in_(ANSWERABLE))
        .order_by(Escalation.tier, Page.id)
    )
    return list(session.execute(query).tuples())
