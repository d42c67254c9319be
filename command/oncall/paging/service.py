"""Paging: start a chain, page its steps, take the answer, go on when nobody answers, stop when it is over.

Whoever changes a chain locks its row first, then its pages, so that an answer, a step and an end cannot cross."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.problems import N_, Conflict, Denied, NotFound
from command.messages import service as messages
from command.messages.about import About
from command.messages.handlers import Settled
from command.oncall import entries
from command.oncall.duties.schedules import load_schedules, on_duty
from command.oncall.escalation import policies, targets
from command.oncall.escalation.steps import ACK_MINUTES, delay, targets_of, wait
from command.oncall.models import QUIET, Escalation, EscalationState, Page, PageState, Reason
from command.oncall.paging import bundling, methods, players
from command.oncall.paging.answers import code_of
from command.oncall.paging.methods import UNREACHED
from command.oncall.paging.responses import Response
from command.oncall.paging.sending import Road, template
from command.people.models import Person

__all__ = ["Road", "acknowledge", "advance", "load_schedules", "on_duty", "settled", "start", "stop", "template"]

OPEN = (PageState.SENDING, PageState.WAITING)
ANSWERABLE = (EscalationState.RUNNING, EscalationState.EXHAUSTED)
"""A chain that waits for an answer; a late one still counts until the incident is over."""
QUIET_MINUTES = 30
"""How long whoever acknowledged may go without a sign, at QUIET_TIERS, where the plan does not say. (Ours.)"""
QUIET_TIERS = (1, 2)
BEYOND = "post:commander"
"""Who is called last in a chain in which somebody declined or needs help. (Ours.)"""


def start(
    session: Session,
    about: About,
    steps: Sequence[Mapping[str, object]],
    texts: Mapping[str, str],
    *,
    area_codes: Sequence[str] = (),
    quiet_minutes: int | None = None,
) -> Escalation:
    """Begin a chain: the first step is due after its minutes, in a plan at once.

    `steps` are as in oncall.steps; an escalation policy of the duty they begin with stands in their place. Where no step calls the duty
    officer, one more does, last: a chain does not end before somebody whose post it is was asked. `texts` per language hold {code} and
    {link} (see wording.fill). `area_codes` are the incident's area and those that contain it, the nearest first. `quiet_minutes` is how
    long whoever acknowledges may go without a sign (0: for ever; None: QUIET_MINUTES at QUIET_TIERS). All is frozen here: later edits of a
    plan or policy do not disturb it. Raise ValueError without steps or texts."""
    if not steps or not any(texts.values()):
        raise ValueError("a chain of pages needs at least one step and one text")
    now = clock.now(session)
    planned = policies.planned(session, steps, about.tier, area_codes)
    if quiet_minutes is None and about.tier in QUIET_TIERS:
        quiet_minutes = QUIET_MINUTES
    made = Escalation(
        incident_id=about.incident_id,
        incident_number=about.number,
        tier=about.tier,
        restricted=about.restricted,
        steps=planned.steps,
        area_codes=list(area_codes),
        texts={language: text for language, text in texts.items() if text},
        due_at=now + delay(planned.steps),
        created_at=now,
        quiet_minutes=quiet_minutes or None,
        exercise=about.exercise,
    )
    session.add(made)
    session.flush()
    which = {"policy_id": planned.policy_id, "policy_version": planned.version}
    record(session, made, entries.Started(escalation_id=made.id, steps=len(made.steps), **which))
    return made


def advance(session: Session, chain: Escalation, road: Road) -> list[Page]:
    """Page the step that is due of a locked chain and set the time of the next; past the last step the chain is exhausted.

    A target that is nobody is journaled; where the whole step reaches nobody the next one is due at once, as it is where all its people
    are not to be disturbed. Whoever is on it already, or has declined, is not called again; nor is who does not play in its drill."""
    now = clock.now(session)
    for page in _pages(session, chain, *OPEN):
        page.state = PageState.UNANSWERED
    if chain.step >= len(chain.steps):
        _end(session, chain, EscalationState.EXHAUSTED, Reason.UNANSWERED)
        return []
    wanted = targets_of(chain.steps[chain.step])
    answered = {page.person_id for page in _pages(session, chain, PageState.ACKNOWLEDGED, PageState.DECLINED)}
    playing = players.of(session, chain)
    found = targets.behind(session, wanted, chain.area_codes, now, answered | players.others(session, playing))
    for each in found:
        if each.empty:
            record(session, chain, entries.Empty(escalation_id=chain.id, step=chain.step, target=each.target))
    bundling.lock(session, [person for each in found for person in each.people])
    on_screen = playing is not None and not playing.phones
    way = None if on_screen else road
    pages = [_page(session, chain, person, each.target, way) for each in found for person in each.people]
    chain.step += 1
    told = bool(pages) and (on_screen or methods.under_way(session, pages))
    chain.due_at = now + wait(chain.steps, chain.step) if told else now
    return pages


def _pages(session: Session, chain: Escalation, *states: PageState) -> Sequence[Page]:
    query = select(Page).where(Page.escalation_id == chain.id, Page.state.in_(states)).order_by(Page.id)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def _page(session: Session, chain: Escalation, person: Person, target: str, road: Road | None) -> Page:
    """A page to a person; without a road it is on their screen alone, and waits for an answer there."""
    page = Page(
        escalation_id=chain.id,
        incident_id=chain.incident_id,
        incident_number=chain.incident_number,
        person_id=person.id,
        target=target,
        step=chain.step,
        code="",
        created_at=clock.now(session),
        exercise=chain.exercise,
    )
    session.add(page)
    session.flush()
    page.code = code_of(page.id)
    payload = entries.Paged(
        page_id=page.id, escalation_id=chain.id, person_id=person.id, step=chain.step, target=target
    )
    record(session, chain, payload)
    if road is not None:
        methods.begin(session, chain, page, person, road)
        return page
    page.state, page.submitted_at = PageState.WAITING, page.created_at
    record(session, chain, entries.Submitted(page_id=page.id, person_id=person.id))
    return page


def acknowledge(session: Session, page_id: int, person_id: int, via: entries.Via) -> Page:
    """Take a person's answer: their page is acknowledged, the chain ends, its other pages stop. Answering twice changes nothing.

    Raise NotFound, Denied (the page went to someone else) or Conflict (someone else answered, or the incident is over)."""
    chain, page = own(session, page_id, person_id)
    if page.state != PageState.ACKNOWLEDGED:
        take(session, chain, page, via)
    return page


def own(session: Session, page_id: int, person_id: int) -> tuple[Escalation, Page]:
    """A person's page and its chain, both locked; raise NotFound, or Denied where it went to someone else."""
    escalation_id = session.scalar(select(Page.escalation_id).where(Page.id == page_id))
    if escalation_id is None:
        raise NotFound(N_("There is no such page."), remedy=N_("List the pages to see their ids."))
    chain = locked(session, escalation_id)
    page = session.get_one(Page, page_id, with_for_update=True, populate_existing=True)
    if page.person_id != person_id:
        raise Denied(N_("This page went to someone else."), remedy=N_("Only the person paged can answer it."))
    return chain, page


def require_open(chain: Escalation) -> None:
    """Raise Conflict unless a chain still waits for an answer."""
    if chain.state not in ANSWERABLE:
        raise Conflict(N_("This page is over."), remedy=N_("Open the incident to see who has taken it."))


def take(session: Session, chain: Escalation, page: Page, via: entries.Via) -> None:
    """The person of a locked page takes it: its chain ends, and whoever asked for help in it is being helped. Raise Conflict."""
    require_open(chain)
    now = clock.now(session)
    if page.reason != QUIET:
        page.answered_at, page.answered_via = now, via
    page.state, page.reason = PageState.ACKNOWLEDGED, None
    page.response, page.response_at, page.eta_minutes, page.note_id = Response.ACKNOWLEDGED, now, None, None
    for asking in _pages(session, chain, PageState.ACKNOWLEDGED):
        if asking.help_at is not None and asking.help_by is None and asking.person_id != page.person_id:
            asking.help_by = page.person_id
    seconds = int((now - page.created_at).total_seconds())
    record(session, chain, entries.Acknowledged(page_id=page.id, person_id=page.person_id, via=via, seconds=seconds))
    _end(session, chain, EscalationState.ACKNOWLEDGED, Reason.ACKNOWLEDGED)
    if chain.quiet_minutes and chain.over_at is None:
        chain.quiet_at = now + timedelta(minutes=chain.quiet_minutes)


def resume(session: Session, chain: Escalation, because: entries.Because) -> None:
    """Page the next step of a locked chain at once, also of one that had ended. From now on it ends with the commander."""
    if chain.steps[-1]["target"] != BEYOND:
        last = chain.steps[-1].get("ack_minutes", ACK_MINUTES)
        chain.steps = [*chain.steps, {"target": BEYOND, "after_minutes": last, "ack_minutes": last}]
    if chain.state != EscalationState.RUNNING:
        record(session, chain, entries.Resumed(escalation_id=chain.id, step=chain.step, because=because))
    chain.state, chain.reason, chain.ended_at = EscalationState.RUNNING, None, None
    chain.due_at, chain.lease_until, chain.quiet_at = clock.now(session), None, None
    chain.fence += 1


def locked(session: Session, escalation_id: int) -> Escalation:
    return session.get_one(Escalation, escalation_id, with_for_update=True, populate_existing=True)


def stop(session: Session, incident_id: int, reason: str) -> int:
    """End every chain of an incident that waits for an answer, because of a Reason; return how many. Answered ones go on no more either."""
    why = Reason(reason)
    query = select(Escalation).where(Escalation.incident_id == incident_id, Escalation.over_at.is_(None))
    locked = query.order_by(Escalation.id).with_for_update().execution_options(populate_existing=True)
    chains = session.scalars(locked).all()
    waiting = [chain for chain in chains if chain.state in ANSWERABLE]
    for chain in waiting:
        _end(session, chain, EscalationState.STOPPED, why)
    for chain in chains:
        chain.over_at, chain.quiet_at = clock.now(session), None
    return len(waiting)


def stop_one(session: Session, escalation_id: int, reason: Reason) -> None:
    """End one chain, if it still waits for an answer: what it asked for is settled. It goes on no more either."""
    chain = locked(session, escalation_id)
    if chain.state in ANSWERABLE:
        _end(session, chain, EscalationState.STOPPED, reason)
    chain.over_at, chain.quiet_at = chain.over_at or clock.now(session), None


def _end(session: Session, chain: Escalation, state: EscalationState, reason: Reason) -> None:
    """End a locked chain. What was not sent yet is taken back, but for an exhausted chain, which a late answer still helps."""
    chain.state, chain.reason, chain.ended_at = state, reason, clock.now(session)
    chain.fence += 1
    if state != EscalationState.EXHAUSTED:
        for page in _pages(session, chain, *OPEN, PageState.UNANSWERED):
            if page.state in OPEN:
                page.state, page.reason = PageState.STOPPED, reason
            messages.withdraw_page(session, page.id, reason)
            bundling.leave(session, page, reason)
    record(session, chain, entries.Ended(escalation_id=chain.id, state=state, reason=reason))


def settled(session: Session, outcomes: Sequence[Settled]) -> None:
    """Take what became of page messages: submitted pages wait for an answer; when nobody of a step can be reached, the next is due now."""
    for outcome in outcomes:
        ids = bundling.carried(session, outcome.delivery_id) if outcome.page_id is None else [outcome.page_id]
        chains = select(Page.escalation_id, Page.id).where(Page.id.in_(ids)).order_by(Page.escalation_id, Page.id)
        for escalation_id, page_id in session.execute(chains).tuples().all():
            _settle(session, locked(session, escalation_id), page_id, outcome, clock.now(session))


def _settle(session: Session, chain: Escalation, page_id: int, outcome: Settled, now: datetime) -> None:
    page = session.get_one(Page, page_id, with_for_update=True, populate_existing=True)
    if outcome.state in UNREACHED and methods.goes_on(session, page, outcome.delivery_id):
        return
    if page.state not in OPEN:
        return
    if outcome.state in UNREACHED:
        page.state, page.reason = PageState.FAILED, outcome.code
        record(session, chain, entries.Failed(page_id=page.id, person_id=page.person_id, code=outcome.code))
        if chain.state == EscalationState.RUNNING and not _pages(session, chain, *OPEN):
            chain.due_at = min(chain.due_at, now)
    elif page.state == PageState.SENDING:
        page.state, page.submitted_at = PageState.WAITING, now
        record(session, chain, entries.Submitted(page_id=page.id, person_id=page.person_id))


def record(session: Session, chain: Escalation, payload: journal.Payload) -> None:
    """Record an entry on the stream of a chain's incident."""
    journal.record(session, f"incident:{chain.incident_number}", payload, exercise=chain.exercise)
