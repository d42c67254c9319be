"""How one page reaches its person: by their methods in order, each after the wait of the one before it, or at once where that cannot
reach anybody.

All is rows: a method goes out at most once, for whoever sends one holds the chain and the page, and whatever an engine leaves behind the
next finds due. A page is answered once, by any of them, and then none goes out any more."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from command.core import clock, journal
from command.messages import exercises
from command.messages.models import Delivery, State
from command.oncall import entries
from command.oncall.models import Escalation, EscalationState, Page, PageBundle, PageMethod, PageState
from command.oncall.paging import bundling
from command.oncall.paging.elsewhere import Reach
from command.oncall.paging.sending import Road, send
from command.oncall.reach import undisturbed, ways
from command.oncall.reach.contacts import WAIT_MINUTES
from command.people.contacts import PersonContact, destination
from command.people.models import Person
from notifiers.base import Channel

UNREACHED = (State.FAILED, State.UNDELIVERED, State.EXPIRED, State.SUPPRESSED, State.WITHDRAWN)
"""What a page's delivery can end as without having reached anybody."""
GOING_ON = (PageState.SENDING, PageState.WAITING, PageState.UNANSWERED)
"""Pages whose further methods still go out, while their chain waits for an answer."""
_WAITING = (EscalationState.RUNNING, EscalationState.EXHAUSTED)
Because = Literal["waited", "failed", "gateway_down"]


def begin(session: Session, chain: Escalation, page: Page, person: Person, road: Road) -> None:
    """Send a new page to a locked person by the first of their methods, and set down the others. People who have set nothing, and in an
    exercise those of whose ways none is on its allow-list: the number on record. An SMS to that may wait in a bundle. In quiet hours that
    the incident's tier does not override, the first method waits until they are over. A step that is to ring does so first. The page takes
    the place of what the chain still had for this person: they are told once, whatever calls them again."""
    _replace(session, page)
    taken = _ways(session, chain, page, person, road.reach)
    held = None if chain.exercise else held_until(session, chain, person, road.reach.zone)
    rows = [] if taken == [_ON_RECORD] and held is None else [_row(page, at, *way) for at, way in enumerate(taken)]
    session.add_all(rows)
    session.flush()
    if held is not None:
        rows[0].due_at = held
        _record(session, chain, entries.Held(page_id=page.id, person_id=person.id, until=held))
    elif _to_record(*taken[0]) and (bundle := bundling.join(session, chain, page)) is not None:
        seconds = max(0, round((bundle.due_at - page.created_at).total_seconds()))
        _record(session, chain, entries.Bundled(page_id=page.id, person_id=person.id, seconds=seconds))
    elif rows:
        _send(session, chain, page, person, rows, road)
    else:
        send(
            session,
            person,
            road.text(chain, page, person.language),
            exercise=page.exercise,
            page_id=page.id,
            number=page.incident_number,
        )


def _replace(session: Session, page: Page) -> None:
    """Older pages of a locked chain to a locked person go on no more: what waits for company stays behind, ways not taken are dropped.
    What is in the queue goes out, and an answer to any of them counts."""
    older = (Page.escalation_id == page.escalation_id) & (Page.person_id == page.person_id) & (Page.id < page.id)
    ids = session.scalars(select(Page.id).where(older)).all()
    if not ids:
        return
    session.execute(delete(PageMethod).where(PageMethod.page_id.in_(ids), PageMethod.delivery_id.is_(None)))
    unsent = select(PageBundle.id).where(PageBundle.person_id == page.person_id, PageBundle.sent_at.is_(None))
    session.execute(update(Page).where(Page.id.in_(ids), Page.bundle_id.in_(unsent)).values(bundle_id=None))


def went_together(session: Session, page: Page, delivery_id: int) -> None:
    """The first method of a page went out in a message of several; the one after it is due after its wait."""
    rows = _rows(session, page.id)
    for row in rows[:1]:
        row.delivery_id = delivery_id
    for row in rows[1:2]:
        if row.delivery_id is None:
            row.due_at = clock.now(session) + timedelta(minutes=rows[0].wait_minutes)


_Way = tuple[str, PersonContact | None]
_ON_RECORD: _Way = ("sms", None)


def _ways(session: Session, chain: Escalation, page: Page, person: Person, reach: Reach) -> list[_Way]:
    """How a page is to reach its person, in order."""
    found: list[_Way] = [(contact.kind, contact) for contact in usable(session, person.id, reach)]
    if chain.exercise:
        found = [way for way in found if _allowed(session, person, way[1])]
    if len(found) == 1 and _to_record(*found[0]):
        found = []
    found = found or [_ON_RECORD]
    if chain.steps[page.step].get("by") == "voice" and reach.has("voice") and found[0][0] != "voice":
        voice: _Way = next((way for way in found if way[0] == "voice"), ("voice", None))
        found = [voice, *(way for way in found if way is not voice)]
    return found


def _allowed(session: Session, person: Person, contact: PersonContact | None) -> bool:
    """Whether an exercise may reach an address. (The exercise gateway asks again.)"""
    there = destination(person, contact)
    return there is not None and exercises.allowed(session, there[1])


def _to_record(kind: str, contact: PersonContact | None) -> bool:
    """Whether this is an SMS to the number on record."""
    return kind == "sms" and (contact is None or contact.address is None)


def usable(session: Session, person_id: int, reach: Reach) -> Sequence[PersonContact]:
    """A person's methods that may be used, in order: verified, and of a kind this installation has a gateway for."""
    return [contact for contact in ways.proved(session, person_id) if reach.has(contact.kind)]


def held_until(session: Session, chain: Escalation, person: Person, zone: ZoneInfo) -> datetime | None:
    """When somebody who is not to be disturbed now may be; None: at once."""
    return None if chain.tier <= undisturbed.WAKING_TIER else ways.held_until(session, person, zone)


def under_way(session: Session, pages: Sequence[Page]) -> bool:
    """Whether anything of these pages has been put in the queue, or waits in a bundle: pages held for quiet hours have not."""
    if any(page.bundle_id is not None for page in pages):
        return True
    ids = [page.id for page in pages]
    return session.scalar(select(Delivery.id).where(Delivery.page_id.in_(ids)).limit(1)) is not None


def goes_on(session: Session, page: Page, delivery_id: int) -> bool:
    """Whether a locked page whose message (`delivery_id`) reached nobody still has a way: the next method is due now, or another one is
    under way."""
    if page.state not in GOING_ON:
        return False
    rows = _rows(session, page.id)
    pending = next((row for row in rows if row.delivery_id is None), None)
    if pending is not None:
        now = clock.now(session)
        pending.due_at = min(pending.due_at or now, now)
        return True
    others = [row.delivery_id for row in rows if row.delivery_id not in (None, delivery_id)]
    alive = select(Delivery.id).where(Delivery.id.in_(others), Delivery.state.not_in(UNREACHED))
    return bool(others) and session.scalar(alive.limit(1)) is not None


def due(session: Session, down: Collection[str], limit: int) -> Sequence[tuple[int, int]]:
    """Pages (with their chains) whose next method should go out: its time has come, or the one before it is in trouble."""
    before = aliased(PageMethod)
    query = (
        select(Page.id, Page.escalation_id)
        .join(PageMethod, PageMethod.page_id == Page.id)
        .outerjoin(before, and_(before.page_id == Page.id, before.position == PageMethod.position - 1))
        .outerjoin(Delivery, Delivery.id == before.delivery_id)
        .where(PageMethod.due_at.is_not(None), or_(PageMethod.due_at <= clock.now(session), _trouble(down)))
        .order_by(Page.id)
        .limit(limit)
        .distinct()
    )
    return [(page_id, chain_id) for page_id, chain_id in session.execute(query)]


def _trouble(down: Collection[str]) -> ColumnElement[bool]:
    """The message was not taken by its gateway, or nobody knows: somebody who is needed now must not wait for a gateway to heal."""
    return or_(
        Delivery.state == State.IN_DOUBT,
        and_(Delivery.state == State.READY, Delivery.code == "not_sent"),
        and_(Delivery.state.in_([State.READY, State.LEASED]), Delivery.channel.in_(list(down))),
    )


def go_on(session: Session, page_id: int, chain_id: int, road: Road) -> PageMethod | None:
    """Send the next method of a page if it is due now; return it. A page that is over sends nothing any more."""
    chain = session.get_one(Escalation, chain_id, with_for_update=True, populate_existing=True)
    page = session.get_one(Page, page_id, with_for_update=True, populate_existing=True)
    rows = _rows(session, page_id)
    person = session.get_one(Person, page.person_id)
    if page.state not in GOING_ON or chain.state not in _WAITING or not person.active:
        for row in rows:
            row.due_at = None
        return None
    because = _because(session, rows, road.reach.down, clock.now(session))
    return _send(session, chain, page, person, rows, road, because) if because else None


def _because(session: Session, rows: Sequence[PageMethod], down: Collection[str], now: datetime) -> Because | None:
    """Why the next method goes out now; None: not yet."""
    sent = [row.delivery_id for row in rows if row.delivery_id is not None]
    pending = next((row for row in rows if row.delivery_id is None), None)
    if pending is None or pending.due_at is None:
        return None
    last = session.get(Delivery, sent[-1], populate_existing=True) if sent else None
    if pending.due_at <= now:
        return "failed" if last is not None and last.state in UNREACHED else "waited"
    troubled = select(Delivery.id).where(Delivery.id.in_(sent[-1:]), _trouble(down))
    return "gateway_down" if session.scalar(troubled.limit(1)) is not None else None


def _send(
    session: Session,
    chain: Escalation,
    page: Page,
    person: Person,
    rows: Sequence[PageMethod],
    road: Road,
    because: Because | None = None,
) -> PageMethod | None:
    """Queue the first method that has not gone out and can still be used; the one after it is due after its wait."""
    pending = [row for row in rows if row.delivery_id is None]
    for place, row in enumerate(pending):
        row.due_at = None
        contact = session.get(PersonContact, row.contact_id) if row.contact_id else None
        if contact is not None and not (contact.active and contact.verified_at):
            session.delete(row)  # removed since
            continue
        kind = cast(Channel, row.kind)
        said = road.text(chain, page, person.language, kind)
        row.delivery_id = send(
            session,
            person,
            said,
            exercise=page.exercise,
            page_id=page.id,
            channel=kind,
            contact=contact,
            number=page.incident_number,
        )
        if place + 1 < len(pending):
            pending[place + 1].due_at = clock.now(session) + timedelta(minutes=row.wait_minutes)
        if because is not None:
            told = entries.NextMethod(
                page_id=page.id, person_id=person.id, method=row.kind, place=row.position + 1, because=because
            )
            _record(session, chain, told)
        return row
    return None


def _row(page: Page, position: int, kind: str, contact: PersonContact | None) -> PageMethod:
    return PageMethod(
        page_id=page.id,
        position=position,
        kind=kind,
        contact_id=contact.id if contact else None,
        wait_minutes=contact.wait_minutes if contact else WAIT_MINUTES,
        exercise=page.exercise,
    )


def _rows(session: Session, page_id: int) -> Sequence[PageMethod]:
    query = select(PageMethod).where(PageMethod.page_id == page_id).order_by(PageMethod.position)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _record(session: Session, chain: Escalation, payload: journal.Payload) -> None:
    journal.record(session, f"incident:{chain.incident_number}", payload, exercise=chain.exercise)
