"""What the person paged does after the first answer: on the way, there, done, in need of help, unable to come.

Every verb is safe to repeat. The first one on an open page acknowledges it too. Each raises NotFound, Denied (the page went to someone
else) or Conflict (someone else took it, it is over, or the response is further already: see responses.step)."""

from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.problems import N_, Invalid
from command.oncall import entries
from command.oncall.entries import Via
from command.oncall.models import Escalation, Page, PageState
from command.oncall.paging import responses
from command.oncall.paging.responses import Response, Step, Verb
from command.oncall.paging.service import own, record, require_open, resume, take

LONGEST = 24 * 60
"""Minutes a person may say that their way takes."""


def en_route(session: Session, page_id: int, person_id: int, via: Via, minutes: int | None = None) -> Page:
    """The person is on the way and will be there in `minutes`; said again with other minutes, those count. Raise Invalid for minutes
    outside 1 to LONGEST."""
    if minutes is not None and not 1 <= minutes <= LONGEST:
        raise Invalid(
            N_("The way takes 1 to %(most)d minutes."), field="minutes", remedy=N_("Give whole minutes."), most=LONGEST
        )
    chain, page, step = _begun(session, page_id, person_id, via, Verb.EN_ROUTE)
    if _turned(session, page, step) or page.eta_minutes != minutes:
        page.eta_minutes, page.response_at = minutes, clock.now(session)
        record(session, chain, entries.EnRoute(page_id=page.id, person_id=person_id, via=via, eta_minutes=minutes))
    return page


def on_scene(session: Session, page_id: int, person_id: int, via: Via) -> Page:
    """The person has arrived."""
    chain, page, step = _begun(session, page_id, person_id, via, Verb.ON_SCENE)
    if _turned(session, page, step):
        record(session, chain, entries.OnScene(page_id=page.id, person_id=person_id, via=via))
    return page


def done(session: Session, page_id: int, person_id: int, via: Via, note: str = "") -> Page:
    """The person has done their part. It restores nothing and finishes no task."""
    chain, page, step = _begun(session, page_id, person_id, via, Verb.DONE)
    if _turned(session, page, step):
        said, digest = _said(session, page, note)
        told = entries.Done(page_id=page.id, person_id=person_id, via=via, note_id=said, note_hash=digest)
        record(session, chain, told)
    return page


def ask_for_help(session: Session, page_id: int, person_id: int, via: Via, note: str = "") -> Page:
    """The person needs help: the board shows it and the next step is paged at once, also when the incident is over. Whoever acknowledges
    then is the help. Asking again while nobody has come changes nothing."""
    chain, page, step = _begun(session, page_id, person_id, via, Verb.HELP)
    _turned(session, page, step)
    if page.help_at is None or page.help_by is not None:
        page.help_at, page.help_by = clock.now(session), None
        said, digest = _said(session, page, note)
        told = entries.HelpAsked(page_id=page.id, person_id=person_id, via=via, note_id=said, note_hash=digest)
        record(session, chain, told)
        resume(session, chain, "help")
    return page


def decline(session: Session, page_id: int, person_id: int, via: Via, reason: str = "") -> Page:
    """The person cannot come: the next step is paged at once, unless the incident needs nobody any more."""
    chain, page = own(session, page_id, person_id)
    step = responses.step(_at(page), Verb.DECLINE)
    if not step.escalates:
        return page
    if page.state != PageState.ACKNOWLEDGED:
        require_open(chain)
    _turned(session, page, step)
    page.state = PageState.DECLINED
    if page.answered_at is None:
        page.answered_at, page.answered_via = page.response_at, via
    said, digest = _said(session, page, reason)
    told = entries.Declined(page_id=page.id, person_id=person_id, via=via, note_id=said, note_hash=digest)
    record(session, chain, told)
    if chain.over_at is None:
        resume(session, chain, "declined")
    return page


def _at(page: Page) -> Response | None:
    return Response(page.response) if page.response else None


def _begun(session: Session, page_id: int, person_id: int, via: Via, verb: Verb) -> tuple[Escalation, Page, Step]:
    """The locked page and what the verb makes of it; an open page is taken. It is a sign of its person (see quiet)."""
    chain, page = own(session, page_id, person_id)
    step = responses.step(_at(page), verb)
    if step.takes:
        take(session, chain, page, via)
    chain.quiet_at = None
    return chain, page, step


def _turned(session: Session, page: Page, step: Step) -> bool:
    """Put the response where the step leads; whether that changed it. A person who is done or has declined waits for no help."""
    if page.response == step.to:
        return False
    page.response, page.response_at, page.eta_minutes, page.note_id = step.to, clock.now(session), None, None
    if step.to in (Response.DONE, Response.DECLINED):
        page.help_at = page.help_by = None
    return True


def _said(session: Session, page: Page, text: str) -> tuple[int | None, str | None]:
    """Keep what the person said as a note of their page; its id and salted hash."""
    if not text.strip():
        return None, None
    page.note_id, digest = journal.add_note(session, text.strip(), session.info["actor"])
    return page.note_id, digest
