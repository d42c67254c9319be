"""The follow-up list: what subscribers answer to notices in words that nothing here understood. Kept as it comes; taken up as a case,
answered by SMS, or closed with a reason."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.complaints import reply_entries as said
from command.complaints import service
from command.complaints.reply_models import ANSWERED, CASE, CLOSED, OPEN, NoticeReply
from command.complaints.service import NONE, Call
from command.core import clock
from command.core.installation import Installation
from command.core.journal import Note
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import entries, standing, visibility
from command.incidents.models import Incident
from command.messages import policy
from command.messages import service as messages
from command.messages.handlers import Called, InboundMessage
from command.messages.models import TOLD, Delivery, Inbound, Lane, Purpose
from command.network.models import Subscriber
from command.notices.models import Notice
from command.people.access import Principal

MOST_OPEN = 5
"""Replies of one subscriber that wait at once: what they send beyond those is kept as it came and listed no more."""
LOOKED_AT = 50
"""Notices looked through for the last one that somebody was told."""
LONGEST = 400
_OVER = ("cancelled", "merged")


def keep(session: Session, message: InboundMessage) -> str | None:
    """Put a message on the list where a subscriber sent it who was told of an incident lately; None for whatever is not for it. Asked
    last: nothing else understood it. Nothing is answered; exercises tell nobody and have no replies."""
    rule = policy.current(session).replies
    if not rule.follow_up or message.exercise or message.person_id is not None or not message.text.strip():
        return None
    person = session.scalar(select(Subscriber).where(Subscriber.number_index == message.sender_index).limit(1))
    notice = _told_last(session, person.id) if person else None
    if person is None or notice is None:
        return None
    waiting = select(func.count()).where(NoticeReply.subscriber_id == person.id, NoticeReply.state == OPEN)
    if (session.scalar(waiting) or 0) >= MOST_OPEN:
        return None
    incident = standing.lock(session, notice.incident_id)
    row = NoticeReply(
        inbound_id=message.id,
        incident_id=incident.id,
        notice_id=notice.id,
        subscriber_id=person.id,
        note_id=session.scalars(select(Inbound.note_id).where(Inbound.id == message.id)).one(),
        language=person.language,
        came_at=message.at,
        exercise=False,
    )
    session.add(row)
    session.flush()
    kept = said.ReplyKept(reply_id=row.id, notice_id=notice.id, notice_kind=notice.kind)
    entries.record(session, incident, kept)
    return Called("")


def _told_last(session: Session, subscriber_id: int) -> Notice | None:
    """The last notice of a real incident that a subscriber was told, within the policy's hours."""
    since = clock.now(session) - policy.current(session).replies.within
    recent = (
        select(Notice)
        .where(Notice.incident_id != 0, Notice.exercise.is_(False), Notice.approved_at >= since)
        .order_by(Notice.id.desc())
        .limit(LOOKED_AT)
    )
    for notice in session.scalars(recent):
        told = select(Delivery.id).where(
            Delivery.notice_id == notice.id, Delivery.addressee == subscriber_id, Delivery.state.in_(TOLD)
        )
        if session.scalar(told) is not None:
            return notice
    return None


Listed = tuple[NoticeReply, Incident, Notice]


def listed(
    session: Session, who: Principal, *, done: bool = False, incident: str = "", limit: int = 200
) -> Sequence[Listed]:
    """Replies of incidents that `who` may know of, the oldest that waits first; `done`: those that are settled too, the newest first."""
    query = visibility.only_visible(session, select(Incident), who).with_only_columns(NoticeReply, Incident, Notice)
    query = query.join(NoticeReply, NoticeReply.incident_id == Incident.id)
    query = query.join(Notice, Notice.id == NoticeReply.notice_id)
    if not done:
        query = query.where(NoticeReply.state == OPEN)
    if incident:
        query = query.where(Incident.number == incident)
    order = NoticeReply.id.desc() if done else NoticeReply.id
    return session.execute(query.order_by(order).limit(limit)).tuples().all()


def take_up(session: Session, installation: Installation, reply_id: int, by: Principal) -> NoticeReply:
    """Make a complaint of a reply, owned by `by`; the same reply is one case. Raise NotFound, Conflict."""
    row, incident, person = _open(session, reply_id, by)
    words = session.scalar(select(Note.body).where(Note.id == row.note_id)) or ""
    about = NONE if incident.state in _OVER else incident.number
    case = service.take(
        session,
        installation,
        Call(
            number=installation.keyring.decrypt(person.number),
            incident=about,
            channel="self_service",
            complaint=True,
            note=words,
            tell=False,
            language="zh" if row.language == "zh" else "en",
            request_key=f"notice-reply-{row.id}",
        ),
        by,
    )
    row.case_reference = case.reference
    return _settle(session, row, incident, CASE, by, None)


def answer(session: Session, reply_id: int, text: str, by: Principal) -> NoticeReply:
    """Answer a reply by SMS, in words of `by`. Whoever asks is answered: an opt-out does not cover it. Raise NotFound, Conflict,
    Invalid."""
    row, incident, person = _open(session, reply_id, by)
    plain = _words(text, "text", N_("Write what the subscriber is to read."))
    outgoing = messages.Outgoing(
        purpose=Purpose.ANSWER,
        lane=Lane.CORRECTION,
        addressee=0,
        recipient=person.number_index,
        number=person.number,
        body_id=messages.put_body(session, plain, row.language),
        exercise=False,
        valid_until=clock.now(session) + service.SMS_VALID,
    )
    row.delivery_id = messages.enqueue(session, outgoing)
    return _settle(session, row, incident, ANSWERED, by, plain)


def close(session: Session, reply_id: int, reason: str, by: Principal) -> NoticeReply:
    """Close a reply that needs nothing, with the reason. Raise NotFound, Conflict, Invalid."""
    row, incident, _ = _open(session, reply_id, by, gone=True)
    return _settle(session, row, incident, CLOSED, by, _words(reason, "reason", N_("Say why, in a sentence.")))


def _words(text: str, field: str, remedy: str) -> str:
    plain = text.strip()
    if not plain or len(plain) > LONGEST:
        raise Invalid(
            N_("This is empty or longer than %(longest)s characters."), field=field, remedy=remedy, longest=LONGEST
        )
    return plain


def _open(
    session: Session, reply_id: int, by: Principal, *, gone: bool = False
) -> tuple[NoticeReply, Incident, Subscriber]:
    found = session.get(NoticeReply, reply_id) if reply_id < 2**62 else None
    incident = standing.lock(session, found.incident_id) if found else None
    if found is None or incident is None or not visibility.visible(session, incident, by):
        raise NotFound(N_("There is no such reply."), remedy=N_("Look at the list of replies."))
    row = session.get_one(NoticeReply, reply_id, with_for_update=True, populate_existing=True)
    if row.state != OPEN:
        raise Conflict(N_("This reply is settled already."), remedy=N_("Load the page again: somebody was faster."))
    person = session.get(Subscriber, row.subscriber_id)
    if person is None and not gone:
        raise Conflict(N_("This subscriber is no more in the register."), remedy=N_("Close the reply with a reason."))
    return row, incident, person or Subscriber()


def _settle(
    session: Session, row: NoticeReply, incident: Incident, how: str, by: Principal, words: str | None
) -> NoticeReply:
    cited = entries.note(session, words)
    row.state, row.done_by, row.done_at = how, by.person_id, clock.now(session)
    row.done_note_id = cited.id if cited else None
    settled = said.ReplySettled(
        reply_id=row.id, settled_as=how, person_id=by.person_id or 0, case=row.case_reference, words=cited
    )
    entries.record(session, incident, settled)
    session.flush()
    return row
