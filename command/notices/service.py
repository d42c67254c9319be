"""The verbs of notices: draft, submit, approve, reject, withdraw, correct; and with a living outage: grow, heal, all clear, finish.

Whoever calls holds the incident's row and has checked authority. What is enforced here whatever the caller does is I9: a notice to
more than the pre-approved cap leaves only with a second person or a logged override (and `waves` checks again before it inserts)."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.problems import N_, Conflict, Denied, Invalid
from command.messages import service as messages
from command.messages.about import About
from command.notices import approval, audience, living
from command.notices.drafting import BASES, Terms, Texts, write
from command.notices.entries import (
    ApprovalOverridden,
    NoticeApproved,
    NoticeCorrected,
    NoticeRejected,
    NoticeSubmitted,
    NoticeWithdrawn,
)
from command.notices.living import lock, record
from command.notices.models import Basis, Kind, Notice, NoticeState, Passed

SERVICE_RETURNED = "service_returned"
_NEEDS_CORRECTION = (Kind.FIRST, Kind.UPDATE)
_WAITING = (NoticeState.DRAFT, NoticeState.SUBMITTED)
_LEAVING = (NoticeState.APPROVED, NoticeState.SENDING, NoticeState.SENT)


class Actor(Protocol):
    """Who acts, as the journal names them."""

    @property
    def actor(self) -> str: ...


def draft(
    session: Session,
    about: About,
    kind: str,
    texts: Texts,
    missed: Texts | None = None,
    *,
    basis: str | None = None,
    validity_minutes: int,
    pre_approved_cap: int = 0,
    playbook: str | None = None,
    by: str,
    automatic: bool = False,
    corrects: Notice | None = None,
    correction: Texts | None = None,
    release_at: datetime | None = None,
) -> Notice:
    """Write a notice down; `correction` also writes the correction that first notices and updates must have ready (B10).

    `missed` are an all-clear's words for those never reached. Raises Invalid for an unknown kind or a basis that is not its own."""
    known = _kind(kind)
    if basis is not None and basis != BASES[known]:
        raise Invalid(
            N_("A notice of kind %(kind)s goes to those %(basis)s."),
            field="basis",
            remedy=N_("Leave the basis out."),
            kind=kind,
            basis=BASES[known],
        )
    terms = Terms(validity_minutes, pre_approved_cap, playbook, automatic, release_at)
    notice = write(session, about, known, texts, missed, terms=terms, by=by, corrects=corrects)
    if correction:
        write(session, about, Kind.CORRECTION, correction, None, terms=terms, by=by, corrects=notice)
    return notice


def _kind(kind: str) -> Kind:
    try:
        return Kind(kind)
    except ValueError:
        raise Invalid(
            N_("%(kind)s is no kind of notice."),
            field="kind",
            remedy=N_("Use one of %(kinds)s."),
            kind=kind,
            kinds=", ".join(Kind),
        ) from None


def submit(session: Session, notice: Notice, by: str) -> Notice:
    """Count the audience and ask for approval; within the cap of a pre-approved kind it is approved at once. Raises Conflict."""
    lock(session, notice)
    _require(notice, NoticeState.DRAFT)
    if notice.kind in _NEEDS_CORRECTION and correction_of(session, notice) is None:
        raise Conflict(
            N_("The correction of this notice is not ready."),
            field="correction",
            remedy=N_("Draft a correction first: it must be at hand before anything leaves."),
        )
    if notice.kind == Kind.ALL_CLEAR and living.newer(session, notice, Kind.FIRST):
        raise Conflict(
            N_("A first notice was drafted after this all-clear."),
            remedy=N_("Draft the all-clear again, then submit it."),
        )
    notice.audience = audience.count(session, notice)
    notice.submitted_by, notice.submitted_at = by, clock.now(session)
    notice.state = NoticeState.SUBMITTED
    need = approval.needed(notice.automatic, notice.audience, notice.pre_approved_cap)
    # An all-clear to nobody still passes people on to other incidents; if it comes to tell somebody, the cap of 0 holds it.
    nobody = notice.kind == Kind.ALL_CLEAR and notice.audience == 0
    at_once = isinstance(need, approval.Automatic) or nobody
    record(
        session,
        notice,
        NoticeSubmitted(
            notice_id=notice.id,
            notice_kind=notice.kind,
            audience=notice.audience,
            cap=notice.pre_approved_cap,
            automatic=at_once,
        ),
    )
    if at_once:
        _approved(session, notice, f"{living.PLAYBOOK}{notice.playbook or ''}")
    session.flush()
    return notice


def approve(session: Session, notice: Notice, by: Actor, count: int, override_reason: str | None = None) -> Notice:
    """Let a submitted notice leave. `by` is a person other than its authors and types the audience shown; the same person may
    override with a reason, which is logged and reviewed. Raises Conflict, Denied, Invalid."""
    lock(session, notice)
    _require(notice, NoticeState.SUBMITTED)
    authors = frozenset({notice.created_by, notice.submitted_by})
    verdict = approval.judge(by.actor, authors, count, notice.audience, override_reason)
    match verdict:
        case approval.NoPerson():
            raise Denied(N_("A machine cannot approve a notice."), remedy=N_("A person has to sign in and approve it."))
        case approval.WrongCount():
            raise Invalid(
                N_("The audience is %(audience)s, not %(count)s."),
                field="count",
                remedy=N_("Look at the audience again and type the count shown."),
                audience=notice.audience,
                count=count,
            )
        case approval.SamePerson():
            raise Denied(
                N_("Who drafted or submitted a notice cannot approve it alone."),
                field="override_reason",
                remedy=N_("Ask a second person, or give the reason for an override; it is logged and reviewed."),
            )
        case approval.Overridden():
            _approved(session, notice, by.actor, override_reason)
        case approval.SecondPerson():
            _approved(session, notice, by.actor)
    session.flush()
    return notice


def _approved(session: Session, notice: Notice, by: str, override_reason: str | None = None) -> None:
    notice.state, notice.approved_by, notice.approved_at = NoticeState.APPROVED, by, clock.now(session)
    note_id, digest = journal.add_note(session, override_reason, by) if override_reason else (None, None)
    if note_id is not None and digest is not None:
        notice.override, notice.reason_note_id = True, note_id
        overridden = ApprovalOverridden(
            notice_id=notice.id,
            incident_id=notice.incident_id,
            audience=notice.audience,
            reason_note_id=note_id,
            reason_hash=digest,
        )
        stream = journal.month("audit", clock.now(session))
        journal.record(session, stream, overridden, exercise=notice.exercise)
    record(
        session,
        notice,
        NoticeApproved(
            notice_id=notice.id,
            notice_kind=notice.kind,
            audience=notice.audience,
            approved_by=by,
            override=notice.override,
            reason_note_id=note_id,
            reason_hash=digest,
        ),
    )
    living.open_wave(session, notice, Basis(notice.basis))


def reject(session: Session, notice: Notice, by: str, reason: str) -> Notice:
    """Refuse a submitted notice, with a reason."""
    lock(session, notice)
    _require(notice, NoticeState.SUBMITTED)
    note_id, digest = journal.add_note(session, _reason(reason), by)
    notice.state, notice.reason_note_id = NoticeState.REJECTED, note_id
    entry = NoticeRejected(notice_id=notice.id, notice_kind=notice.kind, reason_note_id=note_id, reason_hash=digest)
    record(session, notice, entry)
    session.flush()
    return notice


def withdraw(session: Session, notice: Notice, by: str, reason: str) -> int:
    """Take a notice back: what is queued never leaves, from this commit on. Returns how many messages that are.

    Those already told stay told: they are owed an all-clear or a correction."""
    lock(session, notice)
    _require(notice, *_WAITING, *_LEAVING)
    note = journal.add_note(session, _reason(reason), by)
    notice.reason_note_id = note[0]
    return _take_back(session, notice, "withdrawn", note)


def _take_back(session: Session, notice: Notice, code: str, note: tuple[int, str] | None) -> int:
    living.close_waves(session, notice)
    living.reopen_debts(session, notice)
    queued = messages.withdraw(session, notice.id, code)
    notice.state, notice.withdrawn_at = NoticeState.WITHDRAWN, clock.now(session)
    record(
        session,
        notice,
        NoticeWithdrawn(
            notice_id=notice.id,
            notice_kind=notice.kind,
            queued=queued,
            reason_note_id=note[0] if note else None,
            reason_hash=note[1] if note else None,
        ),
    )
    session.flush()
    return queued


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid(N_("A reason is needed."), field="reason", remedy=N_("Say why, in a sentence."))
    return reason


def _require(notice: Notice, *states: NoticeState) -> None:
    if notice.state not in states:
        raise Conflict(
            N_("Notice %(id)s is %(state)s."),
            field="state",
            remedy=N_("This can be done while it is %(states)s."),
            id=notice.id,
            state=notice.state,
            states=", ".join(states),
        )


def correction_of(session: Session, notice: Notice) -> Notice | None:
    """The correction that is ready for a notice."""
    return session.scalar(
        select(Notice)
        .where(Notice.corrects_id == notice.id, Notice.state == NoticeState.DRAFT)
        .order_by(Notice.id.desc())
        .limit(1)
    )


def correct(session: Session, notice: Notice, by: str, reason: str) -> Notice:
    """Correct a notice that left: its queue is taken back and its correction submitted to exactly those it told. Raises Conflict."""
    lock(session, notice)
    _require(notice, *_LEAVING, NoticeState.WITHDRAWN)
    correction = correction_of(session, notice)
    if correction is None:
        raise Conflict(
            N_("This notice has no correction ready."), field="correction", remedy=N_("Draft one that corrects it.")
        )
    if notice.state != NoticeState.WITHDRAWN:
        withdraw(session, notice, by, reason)
    record(session, notice, NoticeCorrected(notice_id=notice.id, correction_id=correction.id))
    return submit(session, correction, by)


# --- the audience lives


def grow(
    session: Session,
    about: About,
    texts: Texts | None = None,
    *,
    by: str = "system:network",
    release_at: datetime | None = None,
) -> Notice | None:
    """The outage grew: the newly affected get the first notice. Returns it, or None where the incident has none that may grow.

    After an all-clear a new round begins: a new first notice, to those affected who were not told since. Its words are `texts`, or
    those of the last one. Queued all-clears to people who are affected again are taken back."""
    first = living.latest(session, about.incident_id, Kind.FIRST)
    if first is None:
        return None
    lock(session, first)
    if first.state in _WAITING:
        first.audience = audience.count(session, first)
        session.flush()
        return first
    if _refused(first):
        return None
    for clear in living.of_kind(session, about.incident_id, Kind.ALL_CLEAR):
        living.recall(session, clear)
    if needs_new_round(session, about):
        return _new_round(session, about, first, texts, by, release_at)
    return living.extend(session, first) if first.state in _LEAVING else None


def needs_new_round(session: Session, about: About) -> bool:
    """Whether growth would begin a new round, so that the caller can render fresh words."""
    first = living.latest(session, about.incident_id, Kind.FIRST)
    if first is None or first.state in _WAITING or _refused(first):
        return False
    return living.halted(session, first) or living.newer(session, first, Kind.ALL_CLEAR)


def _refused(first: Notice) -> bool:
    """A person rejected it or took it back: automation does not start again."""
    by_person = first.state == NoticeState.WITHDRAWN and first.reason_note_id is not None
    return by_person or first.state == NoticeState.REJECTED


def _new_round(
    session: Session, about: About, last: Notice, texts: Texts | None, by: str, release_at: datetime | None
) -> Notice | None:
    if audience.count(session, living.prospect(about, Kind.FIRST)) == 0:
        return None
    return submit(session, living.again(session, about, last, texts, by, release_at), by)


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
) -> Notice | None:
    """Service returned somewhere: queued messages to those no longer affected are taken back at once, and those told get `texts`.

    With nobody left cut off, first notices and updates that did not leave yet are withdrawn altogether. `missed` are the words for
    those never reached; without it they get nothing. Returns the all-clear, or None when nobody is owed one."""
    over = not living.anyone_cut_off(session, about.incident_id)
    for notice in living.leaving(session, about.incident_id):
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
    terms = Terms(validity_minutes, pre_approved_cap, playbook, automatic, release_at)
    return submit(session, write(session, about, Kind.ALL_CLEAR, texts, missed, terms=terms, by=by), by)


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
    )


def _end(session: Session, notice: Notice) -> None:
    """Nobody is cut off any more: what has not left will not."""
    lock(session, notice)
    if notice.state in _WAITING:
        _take_back(session, notice, SERVICE_RETURNED, None)
    elif living.has_queue(session, notice):
        living.close_waves(session, notice)
        messages.withdraw(session, notice.id, SERVICE_RETURNED)


def owed(session: Session, incident_id: int) -> bool:
    """Whether the incident still owes people an all-clear: told and not cleared, passed to it, or undecided in the air."""
    debts = select(Passed.addressee).where(Passed.incident_id == incident_id, Passed.notice_id.is_(None)).limit(1)
    if session.scalar(debts) is not None or living.undecided(session, incident_id):
        return True
    return living.anyone_told(session, incident_id)
