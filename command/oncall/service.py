"""Paging: start a chain, page its steps, take the answer, go on when nobody answers, stop when it is over."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.problems import N_, Conflict, Denied, NotFound
from command.messages import service as messages
from command.messages.about import About
from command.messages.handlers import InboundMessage, Settled
from command.messages.models import Lane, Purpose, State
from command.oncall import answers, entries, targets
from command.oncall.models import Escalation, EscalationState, Page, PageState
from command.people.models import Person

OPEN = (PageState.SENDING, PageState.WAITING)
VALID = timedelta(hours=1)
Link = Callable[[int], str]
"""Makes the signed address at which a page (by id) can be answered."""


def start(
    session: Session,
    about: About,
    steps: Sequence[Mapping[str, object]],
    texts: Mapping[str, str],
    *,
    area_codes: Sequence[str] = (),
) -> Escalation:
    """Begin a chain: the first step is due at once. `steps` are {"target", "after_minutes"}, minutes since the step before.

    `texts` per language hold {code} and {link}. The chain is frozen here: later edits of a plan do not disturb it."""
    now = clock.now(session)
    made = Escalation(
        incident_id=about.incident_id,
        incident_number=about.number,
        tier=about.tier,
        steps=[dict(step) for step in steps],
        area_codes=list(area_codes),
        texts=dict(texts),
        due_at=now,
        created_at=now,
        exercise=about.exercise,
    )
    session.add(made)
    session.flush()
    journal.record(
        session, about.stream, entries.Started(escalation_id=made.id, steps=len(steps)), exercise=about.exercise
    )
    return made


def advance(session: Session, chain: Escalation, link: Link) -> list[Page]:
    """Page the step that is due and set the time of the next; past the last step the chain is exhausted."""
    now = clock.now(session)
    _leave_unanswered(session, chain, now)
    if chain.step >= len(chain.steps):
        _end(session, chain, EscalationState.EXHAUSTED, "nobody answered")
        return []
    step = chain.steps[chain.step]
    target = str(step["target"])
    people = targets.resolve(session, target, chain.area_codes, now)
    if not people:
        payload = entries.Empty(escalation_id=chain.id, step=chain.step, target=target)
        journal.record(session, _stream(chain), payload, exercise=chain.exercise)
    pages = [_page(session, chain, person, target, link) for person in people]
    chain.step += 1
    wait = chain.steps[chain.step]["after_minutes"] if chain.step < len(chain.steps) else step.get("ack_minutes", 5)
    chain.due_at = now + timedelta(minutes=float(str(wait))) if people else now
    return pages


def _leave_unanswered(session: Session, chain: Escalation, now: datetime) -> None:
    for page in session.scalars(select(Page).where(Page.escalation_id == chain.id, Page.state.in_(OPEN))):
        page.state = PageState.UNANSWERED


def _page(session: Session, chain: Escalation, person: Person, target: str, link: Link) -> Page:
    assert person.number is not None and person.number_index is not None
    page = Page(
        escalation_id=chain.id,
        incident_id=chain.incident_id,
        incident_number=chain.incident_number,
        person_id=person.id,
        target=target,
        step=chain.step,
        code=_free_code(session),
        created_at=clock.now(session),
        exercise=chain.exercise,
    )
    session.add(page)
    session.flush()
    template = chain.texts.get(person.language) or next(iter(chain.texts.values()))
    text = template.format(code=page.code, link=link(page.id))
    messages.enqueue(
        session,
        messages.Outgoing(
            purpose=Purpose.PAGE,
            lane=Lane.PAGE,
            addressee=person.id,
            recipient=person.number_index,
            number=person.number,
            body_id=messages.put_body(session, text, person.language),
            exercise=chain.exercise,
            page_id=page.id,
            valid_until=clock.now(session) + VALID,
        ),
    )
    payload = entries.Paged(
        page_id=page.id, escalation_id=chain.id, person_id=person.id, step=chain.step, target=target
    )
    journal.record(session, _stream(chain), payload, exercise=chain.exercise)
    return page


def _free_code(session: Session) -> str:
    """Four digits no open page has, so that a bare code names one page."""
    taken = set(session.scalars(select(Page.code).where(Page.state.in_(OPEN))))
    while True:
        code = f"{secrets.randbelow(9000) + 1000}"
        if code not in taken:
            return code


def acknowledge(session: Session, page_id: int, person_id: int, via: str) -> Page:
    """Take a person's answer: their page is acknowledged, the chain ends, its other pages stop. Answering twice changes nothing."""
    page = session.get(Page, page_id, with_for_update=True)
    if page is None:
        raise NotFound(N_("There is no such page."))
    if page.person_id != person_id:
        raise Denied(N_("This page went to someone else."), remedy=N_("Only the person paged can answer it."))
    if page.state == PageState.ACKNOWLEDGED:
        return page
    if page.state in (PageState.STOPPED, PageState.FAILED):
        raise Conflict(N_("This page is over."), remedy=N_("Open the incident to see who has taken it."))
    now = clock.now(session)
    page.state, page.answered_at, page.answered_via = PageState.ACKNOWLEDGED, now, via
    chain = session.get_one(Escalation, page.escalation_id, with_for_update=True)
    seconds = int((now - page.created_at).total_seconds())
    payload = entries.Acknowledged(page_id=page.id, person_id=person_id, via=via, seconds=seconds)
    journal.record(session, _stream(chain), payload, exercise=chain.exercise)
    if chain.state in (EscalationState.RUNNING, EscalationState.EXHAUSTED):
        _end(session, chain, EscalationState.ACKNOWLEDGED, "acknowledged")
    return page


def stop(session: Session, incident_id: int, reason: str) -> int:
    """End every running chain of an incident; return how many."""
    query = select(Escalation).where(Escalation.incident_id == incident_id, Escalation.state == EscalationState.RUNNING)
    chains = list(session.scalars(query.order_by(Escalation.id).with_for_update()))
    for chain in chains:
        _end(session, chain, EscalationState.STOPPED, reason)
    return len(chains)


def _end(session: Session, chain: Escalation, state: EscalationState, reason: str) -> None:
    chain.state, chain.reason, chain.ended_at = state, reason, clock.now(session)
    chain.fence += 1
    for page in session.scalars(select(Page).where(Page.escalation_id == chain.id, Page.state.in_(OPEN))):
        page.state, page.reason = PageState.STOPPED, reason
        messages.withdraw_page(session, page.id, reason)
    payload = entries.Ended(escalation_id=chain.id, state=state, reason=reason)
    journal.record(session, _stream(chain), payload, exercise=chain.exercise)


def settled(session: Session, outcomes: Sequence[Settled]) -> None:
    """Take what became of page messages: submitted pages wait for an answer, failed ones bring the next step forward to now."""
    for outcome in outcomes:
        page = session.get(Page, outcome.page_id, with_for_update=True) if outcome.page_id else None
        if page is None or page.state not in OPEN:
            continue
        chain = session.get_one(Escalation, page.escalation_id)
        if outcome.state in (State.FAILED, State.UNDELIVERED, State.EXPIRED):
            page.state, page.reason = PageState.FAILED, outcome.code
            if chain.state == EscalationState.RUNNING:
                chain.due_at = clock.now(session)
            payload: journal.Payload = entries.Failed(page_id=page.id, person_id=page.person_id, code=outcome.code)
            journal.record(session, _stream(chain), payload, exercise=chain.exercise)
        elif page.state == PageState.SENDING:
            page.state, page.submitted_at = PageState.WAITING, clock.now(session)
            payload = entries.Submitted(page_id=page.id, person_id=page.person_id)
            journal.record(session, _stream(chain), payload, exercise=chain.exercise)


def reply(session: Session, message: InboundMessage) -> str | None:
    """Handle an SMS from someone on call: acknowledge, or ask clearly; None when it is not for this room."""
    person = session.scalar(select(Person).where(Person.number_index == message.sender_index, Person.active))
    if person is None:
        return None
    answer = answers.read(message.text)
    if not answer.acknowledges:
        return None
    waiting = select(Page).where(Page.person_id == person.id, Page.exercise == message.exercise)
    recent = list(session.scalars(waiting.where(Page.state != PageState.STOPPED).order_by(Page.id.desc()).limit(50)))
    if answer.code:
        matching = [p for p in recent if p.code == answer.code]
    else:
        matching = [p for p in recent if p.state in OPEN or (p.state == PageState.UNANSWERED and _runs(session, p))]
    return _answer(session, person, matching)


def _runs(session: Session, page: Page) -> bool:
    return session.get_one(Escalation, page.escalation_id).state == EscalationState.RUNNING


def _answer(session: Session, person: Person, matching: Sequence[Page]) -> str:
    zh = person.language == "zh"
    if not matching:
        return "没有待应答的呼叫。" if zh else "You have no page to acknowledge."
    if len(matching) > 1:
        codes = ", ".join(f"{p.code} ({p.incident_number})" for p in matching)
        return (
            f"您有多个呼叫，请回复其中一个代码：{codes}"
            if zh
            else f"You have several pages. Reply with one code: {codes}"
        )
    page = acknowledge(session, matching[0].id, person.id, "sms")
    return f"已应答 {page.incident_number}。" if zh else f"Acknowledged {page.incident_number}."


def _stream(chain: Escalation) -> str:
    return f"incident:{chain.incident_number}"
