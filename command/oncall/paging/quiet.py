"""An acknowledgement that goes quiet: whoever took a page and then gives no sign for the chain's `quiet_minutes` is told so, and the next
step is paged. Any answer but a bare acknowledgement is a sign, and so is a note or a photo; so is coming back after being told."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.messages.models import Purpose
from command.oncall import entries
from command.oncall.models import QUIET, Escalation, EscalationState, Page, PageState
from command.oncall.paging.responses import Response
from command.oncall.paging.sending import Road, send
from command.oncall.paging.service import ANSWERABLE, advance, own, record, resume, take
from command.people.models import Person


def sign(session: Session, page_id: int, person_id: int, via: entries.Via) -> None:
    """The person of a page gave a sign outside its verbs: nobody waits for one any more. If they had gone quiet, and nobody else has
    come meanwhile, they have taken the page again."""
    chain, page = own(session, page_id, person_id)
    if page.reason == QUIET and chain.state in ANSWERABLE:
        take(session, chain, page, via)
    if page.state == PageState.ACKNOWLEDGED:
        chain.quiet_at = None


def go_on(session: Session, chain: Escalation, road: Road) -> None:
    """Page the next step of a locked, acknowledged chain whose `quiet_at` has come, and tell whoever acknowledged it and did no more.
    Their page is unanswered again, so that a late sign takes it as a late answer does."""
    chain.quiet_at = None
    taken = (Page.escalation_id == chain.id) & (Page.state == PageState.ACKNOWLEDGED)
    query = select(Page).where(taken, Page.response == Response.ACKNOWLEDGED).order_by(Page.id)
    silent = session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()
    for page in silent:
        page.state, page.reason, page.response, page.response_at = PageState.UNANSWERED, QUIET, None, None
        minutes = chain.quiet_minutes or 0
        record(session, chain, entries.Silent(page_id=page.id, person_id=page.person_id, minutes=minutes))
        _tell(session, chain, page, road)
    if silent:
        resume(session, chain, "quiet")
        advance(session, chain, road)


def watched(chain: Escalation) -> bool:
    """Whether a chain waits for a sign of whoever acknowledged it, so that it may go on when its time has come."""
    return chain.state == EscalationState.ACKNOWLEDGED and chain.quiet_at is not None and chain.over_at is None


def _tell(session: Session, chain: Escalation, page: Page, road: Road) -> None:
    person = session.get_one(Person, page.person_id)
    if not person.active or person.number is None:
        return
    said = TEXTS["zh" if person.language == "zh" else "en"]
    code, link = road.ways(page)
    how = said["code"] % code if code else said["link"] % link if link else said["call"]
    named = {"number": page.incident_number, "minutes": chain.quiet_minutes or 0}
    send(
        session,
        person,
        said["quiet"] % named + how,
        exercise=page.exercise,
        purpose=Purpose.ANSWER,
        number=page.incident_number,
    )


TEXTS = {
    "zh": {
        "quiet": "%(number)s：您应答后%(minutes)d分钟没有消息，正在呼叫下一位。",
        "code": "仍在处置请回复“在路上”“已到场”或“进展”加代码%s。",
        "link": "仍在处置请打开%s",
        "call": "仍在处置请致电指挥中心。",
    },
    "en": {
        "quiet": "%(number)s: no word from you for %(minutes)d min after you acknowledged; the next person is being paged. ",
        "code": "If you are on it, reply EN ROUTE, ON SCENE or UPDATE with the code %s.",
        "link": "If you are on it, open %s",
        "call": "If you are on it, call the command centre.",
    },
}
"""The engine sends them, outside of any request, so they do not come from the catalogues."""
