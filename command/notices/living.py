"""The parts of a living audience: waves opened and closed, recalls, notices that go on and rounds that begin again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, select, update
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.journal import Payload
from command.messages import service as messages
from command.messages.about import About
from command.messages.models import TOLD, Halt, State, Tally
from command.network.models import Concerned, CutOff
from command.notices import audience, sparing
from command.notices.drafting import Terms, texts_of, write
from command.notices.entries import NoticeHeld, WaveOpened
from command.notices.models import Basis, Kind, Notice, NoticeState, Passed, Wave
from command.notices.pacing import Facts
from command.notices.story import IN_THE_AIR, QUEUED, D, Story, overlapping

PLAYBOOK = "playbook:"
"""Who approved, for what a playbook version pre-approves."""
UNDECIDED = (State.READY, State.LEASED, State.CALLING, State.IN_DOUBT)
_NOT_YET = 2**62
"""Younger than any notice."""
_LEAVING = (NoticeState.APPROVED, NoticeState.SENDING, NoticeState.SENT)


def record(session: Session, notice: Notice, payload: Payload) -> None:
    """Record an entry on the stream of the notice's incident or warning."""
    journal.record(session, notice.stream, payload, exercise=notice.exercise)


def lock(session: Session, notice: Notice) -> None:
    """Wait for the fan-out of the notice's incident to end its chunk, keep it out, and see the notice as it is now.

    Everything that changes notices of an incident, or their recipients' rows, first locks the incident's oldest notice. Notices of
    warnings (incident 0) share one: they are few, and wait for each other."""
    session.flush()
    session.execute(select(Notice.id).where(Notice.id == anchor(notice.incident_id)).with_for_update())
    session.refresh(notice)


def anchor(incident_id: int | ColumnElement[int]) -> ScalarSelect[int]:
    """The id of an incident's oldest notice, as a subquery."""
    return select(func.min(Notice.id)).where(Notice.incident_id == incident_id).scalar_subquery()


def of_kind(session: Session, incident_id: int, kind: Kind) -> Sequence[Notice]:
    """The notices of an incident of one kind, oldest first."""
    query = select(Notice).where(Notice.incident_id == incident_id, Notice.kind == kind).order_by(Notice.id)
    return session.scalars(query).all()


def latest(session: Session, incident_id: int, kind: Kind) -> Notice | None:
    """The youngest of a kind, of those that follow the outage: a notice to a selection neither grows with it nor stands in for one."""
    found = [each for each in of_kind(session, incident_id, kind) if each.basis != Basis.SELECTION]
    return found[-1] if found else None


def newer(session: Session, notice: Notice, kind: Kind) -> bool:
    """Whether the incident has a notice of `kind` younger than this one."""
    query = select(Notice.id).where(
        Notice.incident_id == notice.incident_id, Notice.kind == kind, Notice.id > notice.id
    )
    return session.scalar(query.limit(1)) is not None


def leaving(session: Session, incident_id: int) -> Sequence[Notice]:
    """First notices and updates that are not ended."""
    query = select(Notice).where(
        Notice.incident_id == incident_id,
        Notice.kind.in_((Kind.FIRST, Kind.UPDATE)),
        Notice.state.not_in((NoticeState.WITHDRAWN, NoticeState.REJECTED)),
    )
    return session.scalars(query.order_by(Notice.id)).all()


def anyone_affected(session: Session, incident_id: int) -> bool:
    """Whether the incident has an open cut-off, or concerns somebody otherwise."""
    cut = select(CutOff.id).where(CutOff.incident_id == incident_id, CutOff.until_at.is_(None)).limit(1)
    return session.scalar(cut) is not None or anyone_concerned(session, incident_id)


def anyone_concerned(session: Session, incident_id: int) -> bool:
    """Whether the incident concerns anybody now though it does not cut them off."""
    mine = (Concerned.incident_id == incident_id, Concerned.until_at.is_(None))
    return session.scalar(select(Concerned.subscriber_id).where(*mine).limit(1)) is not None


def anyone_told(session: Session, incident_id: int) -> bool:
    """Whether a first notice of the incident told somebody who was not given the all-clear."""
    story = Story.of(session, incident_id, exercise=False)
    d = D
    for first in story.firsts:
        told = select(d.c.id).where(d.c.notice_id == first, d.c.state.in_(TOLD), ~story.cleared(first, d.c.addressee))
        if session.scalar(told.limit(1)) is not None:
            return True
    return False


def undecided(session: Session, incident_id: int) -> bool:
    """Whether a first notice of the incident may yet turn out to have told somebody."""
    query = (
        select(Tally.notice_id)
        .join(Notice, Notice.id == Tally.notice_id)
        .outerjoin(Halt, Halt.notice_id == Notice.id)
        .where(
            Notice.incident_id == incident_id,
            Notice.kind == Kind.FIRST,
            Tally.count > 0,
            Tally.state.in_(IN_THE_AIR) | (Tally.state.in_(QUEUED) & Halt.notice_id.is_(None)),
        )
    )
    return session.scalar(query.limit(1)) is not None


def halted(session: Session, notice: Notice) -> bool:
    """Whether the queue of a notice was stopped for good."""
    return session.get(Halt, notice.id) is not None


def open_wave(session: Session, notice: Notice, basis: Basis) -> Wave:
    """Begin a pass over the audience; a pass that has not begun yet serves as well."""
    session.flush()
    for wave in _open_waves(session, notice):
        if wave.basis == basis and not wave.cursor:
            return wave
    wave = Wave(notice_id=notice.id, basis=basis, cursor=[], created_at=clock.now(session), exercise=notice.exercise)
    session.add(wave)
    session.flush()
    opened = WaveOpened(notice_id=notice.id, notice_kind=notice.kind, wave_id=wave.id, basis=basis)
    record(session, notice, opened)
    return wave


def _open_waves(session: Session, notice: Notice) -> Sequence[Wave]:
    query = select(Wave).where(Wave.notice_id == notice.id, Wave.done_at.is_(None)).order_by(Wave.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def close_waves(session: Session, notice: Notice) -> None:
    """End every pass of a notice where it stands."""
    session.execute(
        update(Wave)
        .where(Wave.notice_id == notice.id, Wave.done_at.is_(None))
        .values(done_at=clock.now(session))
        .execution_options(synchronize_session=False)
    )


def has_queue(session: Session, notice: Notice) -> bool:
    """Whether rows of the notice may still leave or be added."""
    if _open_waves(session, notice):
        return True
    counts = messages.tally(session, notice.id)
    return any(counts.get(state) for state in UNDECIDED)


def recall(session: Session, notice: Notice) -> None:
    """Have queued messages that are no longer true taken back; nothing to do for a notice without a queue."""
    lock(session, notice)
    if notice.state not in _LEAVING:
        return
    debts = select(Passed.addressee).where(Passed.from_notice_id == notice.id, Passed.notice_id.is_(None)).limit(1)
    if has_queue(session, notice) or session.scalar(debts) is not None:
        open_wave(session, notice, Basis.RECALL)


def release(session: Session, notice: Notice) -> None:
    """Let a notice that waits for the morning leave at once: what is queued already, and what is listed from now on."""
    lock(session, notice)
    notice.release_at, notice.keeps_quiet = None, False
    if notice.state in _LEAVING and has_queue(session, notice):
        open_wave(session, notice, Basis.RELEASE)


def reopen_debts(session: Session, notice: Notice) -> None:
    """An all-clear that is taken back settles nothing for those passed to its incident who have not been sent it."""
    d = D
    queued = select(d.c.id).where(d.c.notice_id == notice.id, d.c.addressee == Passed.addressee, d.c.state.in_(QUEUED))
    session.execute(
        update(Passed)
        .where(Passed.incident_id == notice.incident_id, Passed.notice_id == notice.id, queued.exists())
        .values(notice_id=None)
        .execution_options(synchronize_session=False)
    )


def inserted(session: Session, notice: Notice) -> int:
    """Recipients materialised so far."""
    return int(session.scalar(_INSERTED, {"notice": notice.id}) or 0)


_INSERTED = select(func.sum(Wave.inserted)).where(
    Wave.notice_id == bindparam("notice"), Wave.basis.not_in((Basis.RECALL, Basis.RELEASE))
)


def extend(session: Session, notice: Notice) -> Notice:
    """Go on with a notice for those new in its audience; over the cap of what was pre-approved it waits for a person."""
    if notice.state not in _LEAVING:
        return notice
    if is_automatic(notice) and hold_if_over(session, notice):
        return notice
    sparing.recount(session, notice, inserted(session, notice))
    if notice.state == NoticeState.SENT:
        notice.state, notice.finished_at = NoticeState.SENDING, None
    open_wave(session, notice, Basis(notice.basis))
    return notice


def let_others_tell(session: Session, incident_id: int, exercise: bool) -> None:
    """First notices of this incident are taken back, or may be: outages that overlap it look again for those who were to hear of this one
    alone."""
    for other in overlapping(session, incident_id, exercise, clock.now(session)):
        first = latest(session, other, Kind.FIRST)
        if first is not None and first.state in _LEAVING and not halted(session, first):
            lock(session, first)
            extend(session, first)


def is_automatic(notice: Notice) -> bool:
    """Whether nobody but a playbook approved it."""
    return (notice.approved_by or PLAYBOOK).startswith(PLAYBOOK)


def cap_of(notice: Notice) -> int:
    """How many it may reach without a person: none if its kind is not pre-approved."""
    return notice.pre_approved_cap if notice.automatic else 0


def hold_if_over(session: Session, notice: Notice) -> bool:
    """Put an automatic notice before a person if its audience would exceed the cap (I9)."""
    told = inserted(session, notice)
    rest = audience.languages(session, notice)
    total = told + sum(rest.values())
    if total <= cap_of(notice):
        return False
    close_waves(session, notice)
    notice.state = NoticeState.SUBMITTED
    sparing.recount(session, notice, told, rest)
    notice.approved_by = notice.approved_at = None
    held = NoticeHeld(notice_id=notice.id, notice_kind=notice.kind, audience=total, told=told, cap=cap_of(notice))
    record(session, notice, held)
    session.flush()
    return True


def may_go_on(session: Session, clear: Notice, texts: Mapping[str, str], missed: Mapping[str, str] | None) -> bool:
    """Whether an all-clear serves for those who recovered since: the same words, on its way, and no first notice after it."""
    waiting = clear.state in (*_LEAVING, NoticeState.SUBMITTED)
    if not waiting or newer(session, clear, Kind.FIRST) or halted(session, clear):
        return False
    return texts_of(session, clear) == dict(texts) and texts_of(session, clear, missed=True) == dict(missed or {})


def again(
    session: Session,
    about: About,
    last: Notice,
    texts: Mapping[str, str] | None,
    by: str,
    terms: Terms,
) -> Notice:
    """A first notice of a new round on the terms of the last one (`terms_of`), with its correction ready."""
    notice = write(session, about, Kind.FIRST, texts or texts_of(session, last), None, terms=terms, by=by)
    corrections = select(Notice).where(Notice.corrects_id == last.id).order_by(Notice.id.desc()).limit(1)
    if (correction := session.scalar(corrections)) is not None:
        words, at_once = texts_of(session, correction), replace(terms, release_at=None, keeps_quiet=False)
        write(session, about, Kind.CORRECTION, words, None, terms=at_once, by=by, corrects=notice)
    return notice


def terms_of(last: Notice, release_at: datetime | None, keeps_quiet: bool, facts: Facts | None) -> Terms:
    """The terms of an earlier notice for one that says it again now."""
    plain = (last.validity_minutes, last.pre_approved_cap, last.playbook, last.automatic)
    return Terms(*plain, release_at, keeps_quiet, facts)


def prospect(about: About, kind: Kind) -> Notice:
    """A notice as it would be if it were drafted now, to count its audience; it is not stored."""
    return Notice(id=_NOT_YET, incident_id=about.incident_id, kind=kind, exercise=about.exercise)
