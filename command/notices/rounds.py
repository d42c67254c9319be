"""The verbs of a living outage: grow, heal, all clear, and whether an all-clear is still owed (B12).

Whoever calls holds the incident's row. A round is a first notice and the all-clear that ends what it told; an outage that comes back
after its all-clear begins another."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.messages import service as messages
from command.messages.about import About
from command.notices import audience, living, service, sparing
from command.notices.drafting import Terms, Texts, write
from command.notices.living import lock
from command.notices.models import Kind, Notice, NoticeState, Passed
from command.notices.pacing import Facts

SERVICE_RETURNED = "service_returned"


def grow(
    session: Session,
    about: About,
    texts: Texts | None = None,
    *,
    by: str = "system:network",
    release_at: datetime | None = None,
    keeps_quiet: bool = False,
    facts: Facts | None = None,
) -> Notice | None:
    """The outage grew: the newly affected get the first notice. Returns it, or None where the incident has none that may grow.

    After an all-clear a new round begins: a new first notice, to those affected who were not told since. Its words are `texts`, or
    those of the last one. Queued all-clears to people who are affected again are taken back."""
    first = living.latest(session, about.incident_id, Kind.FIRST)
    if first is None:
        return None
    lock(session, first)
    if first.state in service.WAITING:
        sparing.recount(session, first)
        session.flush()
        return first
    if _refused(first):
        return None
    for clear in living.of_kind(session, about.incident_id, Kind.ALL_CLEAR):
        living.recall(session, clear)
    if needs_new_round(session, about):
        terms = living.terms_of(first, release_at, keeps_quiet, facts)
        return _new_round(session, about, first, texts, by, terms)
    return living.extend(session, first) if first.state in service.LEAVING else None


def release(session: Session, about: About) -> None:
    """The event may not wait for the morning any more: neither do its first notice and its updates."""
    now = clock.now(session)
    for notice in living.leaving(session, about.incident_id):
        if notice.release_at is not None and notice.release_at > now:
            living.release(session, notice)


def needs_new_round(session: Session, about: About) -> bool:
    """Whether growth would begin a new round, so that the caller can render fresh words."""
    first = living.latest(session, about.incident_id, Kind.FIRST)
    if first is None or first.state in service.WAITING or _refused(first):
        return False
    return living.halted(session, first) or living.newer(session, first, Kind.ALL_CLEAR)


def recount(session: Session, about: About) -> None:
    """The first notice that waits for a person says how many it would reach now: others of the event tell some, or do no more."""
    first = living.latest(session, about.incident_id, Kind.FIRST)
    if first is not None and first.state in service.WAITING:
        lock(session, first)
        sparing.recount(session, first)
        session.flush()


def nobody_new(session: Session, about: About) -> bool:
    """Whether a first notice would reach nobody: those cut off were all told, by this incident or by others of the same event."""
    return audience.count(session, living.prospect(about, Kind.FIRST)) == 0


def _refused(first: Notice) -> bool:
    """A person rejected it or took it back: automation does not start again."""
    by_person = first.state == NoticeState.WITHDRAWN and first.reason_note_id is not None
    return by_person or first.state == NoticeState.REJECTED


def _new_round(
    session: Session, about: About, last: Notice, texts: Texts | None, by: str, terms: Terms
) -> Notice | None:
    if audience.count(session, living.prospect(about, Kind.FIRST)) == 0:
        return None
    return service.submit(session, living.again(session, about, last, texts, by, terms), by)


def heal(
    session: Session,
    about: About,
    texts: Texts | None = None,
    missed: Texts | None = None,
    *,
    validity_minutes: int = 1440,
    pre_approved_cap: int = 0,
    playbook: str | None = None,
    by: str = "system:network",
    automatic: bool = False,
    release_at: datetime | None = None,
    keeps_quiet: bool = False,
    facts: Facts | None = None,
) -> Notice | None:
    """Service returned somewhere: queued messages to those no longer affected are taken back at once, and those told get `texts`.

    With nobody left cut off, first notices and updates that did not leave yet are withdrawn altogether. `missed` are the words for
    those never reached; without it they get nothing. Returns the all-clear, or None when nobody is owed one."""
    over = not living.anyone_affected(session, about.incident_id)
    leaving = living.leaving(session, about.incident_id)
    if any(notice.kind == Kind.FIRST and living.has_queue(session, notice) for notice in leaving):
        living.let_others_tell(session, about.incident_id, about.exercise)
    for notice in leaving:
        if over:
            _end(session, notice)
        else:
            living.recall(session, notice)
    if texts is None:
        return None
    last = living.latest(session, about.incident_id, Kind.ALL_CLEAR)
    if last is not None and living.may_go_on(session, last, texts, missed):
        lock(session, last)
        return living.extend(session, last)
    likely = living.prospect(about, Kind.ALL_CLEAR)
    nobody = audience.count(session, likely, missed=missed is not None) == 0 and not audience.any_to_pass(
        session, likely
    )
    if nobody and not living.undecided(session, about.incident_id):
        return None
    terms = Terms(validity_minutes, pre_approved_cap, playbook, automatic, release_at, keeps_quiet, facts)
    return service.submit(session, write(session, about, Kind.ALL_CLEAR, texts, missed, terms=terms, by=by), by)


def all_clear(
    session: Session,
    about: About,
    texts: Texts,
    missed: Texts | None = None,
    *,
    validity_minutes: int = 1440,
    pre_approved_cap: int = 0,
    playbook: str | None = None,
    by: str = "system:network",
    automatic: bool = False,
    release_at: datetime | None = None,
    keeps_quiet: bool = False,
    facts: Facts | None = None,
) -> Notice | None:
    """Service is back for all: exactly those told who are not affected any more get the all-clear (B2, I8), as `heal` does."""
    return heal(
        session,
        about,
        texts,
        missed,
        validity_minutes=validity_minutes,
        pre_approved_cap=pre_approved_cap,
        playbook=playbook,
        by=by,
        automatic=automatic,
        release_at=release_at,
        keeps_quiet=keeps_quiet,
        facts=facts,
    )


def _end(session: Session, notice: Notice) -> None:
    """Nobody is cut off any more: what has not left will not."""
    lock(session, notice)
    if notice.state in service.WAITING:
        service.take_back(session, notice, SERVICE_RETURNED, None)
    elif living.has_queue(session, notice):
        living.close_waves(session, notice)
        messages.withdraw(session, notice.id, SERVICE_RETURNED)


def owed(session: Session, incident_id: int) -> bool:
    """Whether the incident still owes people an all-clear: told and not cleared, passed to it, or undecided in the air."""
    debts = select(Passed.addressee).where(Passed.incident_id == incident_id, Passed.notice_id.is_(None)).limit(1)
    if session.scalar(debts) is not None or living.undecided(session, incident_id):
        return True
    return living.anyone_told(session, incident_id)
