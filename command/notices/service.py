"""The verbs of notices: draft, submit, approve, reject, withdraw, correct. `rounds` has those of a living outage.

Whoever calls holds the incident's row and has checked authority. What is enforced here whatever the caller does is I9: a notice to
more than the pre-approved cap leaves only with a second person or a logged override (and `waves` checks again before it inserts)."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.problems import N_, Conflict, Denied, Invalid
from command.messages import gateways, policy
from command.messages import service as messages
from command.messages.about import About
from command.messages.models import SMS
from command.notices import approval, living, pacing, sparing
from command.notices.drafting import BASES, Terms, Texts, texts_of, write
from command.notices.entries import (
    ApprovalOverridden,
    NoticeApproved,
    NoticeCorrected,
    NoticeRejected,
    NoticeSubmitted,
    NoticeWithdrawn,
)
from command.notices.living import lock, record
from command.notices.models import Basis, Kind, Notice, NoticeState
from command.notices.pacing import Facts
from command.notices.selecting import Selection

_NEEDS_CORRECTION = (Kind.FIRST, Kind.UPDATE)
WAITING = (NoticeState.DRAFT, NoticeState.SUBMITTED)
LEAVING = (NoticeState.APPROVED, NoticeState.SENDING, NoticeState.SENT)


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
    keeps_quiet: bool = False,
    facts: Facts | None = None,
    selection: Selection | None = None,
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
    terms = Terms(validity_minutes, pre_approved_cap, playbook, automatic, release_at, keeps_quiet, facts)
    notice = write(session, about, known, texts, missed, terms=terms, by=by, corrects=corrects, selection=selection)
    if correction:
        at_once = replace(
            terms, release_at=None, keeps_quiet=False
        )  # what was wrong is not left standing until the morning
        write(session, about, Kind.CORRECTION, correction, None, terms=at_once, by=by, corrects=notice)
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
    of_areas = notice.basis in (Basis.AREAS, Basis.SELECTION)
    if (notice.kind in _NEEDS_CORRECTION or of_areas) and correction_of(session, notice) is None:
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
    sparing.recount(session, notice)
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


def carried(session: Session, notice: Notice) -> None:
    """Refuse, before a person submits it, a text that no SMS gateway would ever take because all take only what was approved beforehand.
    What a plan sends by itself is looked at when the plan is checked. Raises Invalid."""
    if notice.exercise:
        return
    sms = [one for one in gateways.live(policy.settings(session)) if one.channel == SMS]
    for language, text in sorted(texts_of(session, notice).items(), reverse=True):
        if sms and not any(each.takes(text) for each in sms):
            raise Invalid(
                N_("No gateway may carry this text: it is none of those that were approved beforehand."),
                field=language,
                remedy=N_(
                    "Write one of the texts that the page of the roads shows, or have this one approved and listed."
                ),
            )


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
    pacing.require_gap(session, notice)
    notice.state, notice.approved_by, notice.approved_at = NoticeState.APPROVED, by, clock.now(session)
    note_id, digest = journal.add_note(session, override_reason, by) if override_reason else (None, None)
    if note_id is not None and digest is not None:
        notice.override, notice.reason_note_id = True, note_id
        overridden = ApprovalOverridden(
            notice_id=notice.id,
            incident_id=notice.incident_id,
            warning_id=notice.warning_id,
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
    _require(notice, *WAITING, *LEAVING)
    note = journal.add_note(session, _reason(reason), by)
    notice.reason_note_id = note[0]
    queued = take_back(session, notice, "withdrawn", note)
    if queued and notice.kind == Kind.FIRST:
        living.let_others_tell(session, notice.incident_id, notice.exercise)
    return queued


def take_back(session: Session, notice: Notice, code: str, note: tuple[int, str] | None) -> int:
    """Stop a notice whose incident's notices the caller has locked; `code` says why, `note` a person's words if there are any."""
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
    _require(notice, *LEAVING, NoticeState.WITHDRAWN)
    correction = correction_of(session, notice)
    if correction is None:
        raise Conflict(
            N_("This notice has no correction ready."), field="correction", remedy=N_("Draft one that corrects it.")
        )
    if notice.state != NoticeState.WITHDRAWN:
        withdraw(session, notice, by, reason)
    record(session, notice, NoticeCorrected(notice_id=notice.id, correction_id=correction.id))
    return submit(session, correction, by)
