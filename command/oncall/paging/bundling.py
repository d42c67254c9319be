"""Page storms: a person gets at most one message of pages a minute, but for tier I, which goes at once and alone.

The first page to a person goes at once. Those that follow within WINDOW of their last message wait until it is over and go together; a
message of several begins a window of its own. The person's row is locked while this is decided, so that engines that page them at the
same moment agree."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.messages import service as messages
from command.messages.models import Delivery
from command.oncall.models import Escalation, Page, PageBundle, PageState
from command.people.models import Person

WINDOW = timedelta(seconds=60)
MOST_TOGETHER = 10
"""Pages in one message: a provider takes 1,600 characters. Where more wait there are several messages."""
ALONE = 1
"""The tier that waits for no company."""


def lock(session: Session, people: Sequence[Person]) -> None:
    """Lock the people about to be paged, in ascending id, until the unit of work ends."""
    ids = sorted(person.id for person in people)
    query = select(Person.id).where(Person.id.in_(ids)).order_by(Person.id)
    session.execute(query.with_for_update(key_share=True))


def join(session: Session, chain: Escalation, page: Page) -> PageBundle | None:
    """Let a new page to a locked person wait in a bundle, if it has to; return that."""
    if chain.tier == ALONE:
        return None
    now = clock.now(session)
    waiting = _waiting(session, page)
    due = waiting.due_at if waiting is not None else _quiet_until(session, page, now)
    if due is None or (waiting is None and due <= now):
        return None
    if waiting is None or _size(session, waiting) >= MOST_TOGETHER:
        waiting = PageBundle(person_id=page.person_id, due_at=due, exercise=page.exercise)
        session.add(waiting)
        session.flush()
    page.bundle_id = waiting.id
    session.flush()
    return waiting


def _waiting(session: Session, page: Page) -> PageBundle | None:
    """The newest bundle of a person that has not been sent."""
    mine = (PageBundle.person_id == page.person_id) & (PageBundle.exercise == page.exercise)
    query = select(PageBundle).where(mine, PageBundle.sent_at.is_(None)).order_by(PageBundle.id.desc()).limit(1)
    return session.scalar(query.execution_options(populate_existing=True))


def _quiet_until(session: Session, page: Page, now: datetime) -> datetime | None:
    """When the person's next message of pages may leave: WINDOW after the last one; None where there was none of late."""
    mine: ColumnElement[bool] = (
        (Page.person_id == page.person_id) & (Page.exercise == page.exercise) & (Page.id != page.id)
    )
    queued = exists().where(Delivery.page_id == Page.id)  # a page held for quiet hours is not
    went = queued & or_(Page.submitted_at.is_not(None), Page.state.not_in((PageState.STOPPED, PageState.FAILED)))
    since = now - WINDOW
    alone = select(func.max(Page.created_at)).where(mine, Page.bundle_id.is_(None), Page.created_at > since, went)
    together = select(func.max(PageBundle.sent_at)).where(
        PageBundle.person_id == page.person_id,
        PageBundle.exercise == page.exercise,
        PageBundle.delivery_id.is_not(None),
        PageBundle.sent_at > since,
    )
    last = [at for at in (session.scalar(alone), session.scalar(together)) if at is not None]
    return max(last) + WINDOW if last else None


def _size(session: Session, bundle: PageBundle) -> int:
    return session.scalar(select(func.count()).select_from(Page).where(Page.bundle_id == bundle.id)) or 0


def carried(session: Session, delivery_id: int) -> Sequence[int]:
    """The ids of the pages that a message of several carries."""
    query = select(Page.id).join(PageBundle, PageBundle.id == Page.bundle_id)
    return session.scalars(query.where(PageBundle.delivery_id == delivery_id).order_by(Page.id)).all()


def leave(session: Session, page: Page, reason: str) -> None:
    """A page that nobody needs any more leaves its bundle: a message not yet called is taken back, and the others go without it."""
    if page.bundle_id is None:
        return
    query = select(PageBundle).where(PageBundle.id == page.bundle_id).with_for_update()
    bundle = session.scalars(query.execution_options(populate_existing=True)).one()
    if bundle.delivery_id is not None and messages.withdraw_delivery(session, bundle.delivery_id, reason):
        bundle.delivery_id = bundle.sent_at = None
