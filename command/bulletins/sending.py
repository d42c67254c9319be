"""The copies of a bulletin: queued as mail in the outbox, followed until the mail server has taken them, confirmed by who got them.

The outbox never loses a mail and never knowingly sends one twice, whatever is killed. What is an exercise goes to addresses on the drill's
allow-list alone; every other copy of it stays in the drill's mailbox."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.bulletins import entries, reading
from command.bulletins.models import Bulletin, BulletinCopy, CopyState
from command.bulletins.recipients import RecipientCard
from command.core import clock
from command.core.installation import Installation
from command.core.problems import N_, Conflict, NotFound
from command.incidents import clock_rows, house
from command.incidents import entries as incident_entries
from command.incidents.clocks import Event
from command.incidents.models import Incident
from command.incidents.standing import lock
from command.messages import exercises
from command.messages import service as messages
from command.messages.models import Delivery, Lane, Purpose
from command.messages.models import State as Sent
from command.oncall.paging import links
from playbooks.notices import Recipient

VALID = timedelta(hours=48)
"""How long a mail may wait for the mail server."""
LINK, PATH = "bulletin link", "b"
LINK_VALID = timedelta(days=60)
TAKEN = (Sent.SUBMITTED, Sent.SENT, Sent.DELIVERED)
LOST = (Sent.FAILED, Sent.UNDELIVERED, Sent.EXPIRED, Sent.WITHDRAWN, Sent.SUPPRESSED)
AGAIN = (CopyState.FAILED, CopyState.UNKNOWN)
AT_ONCE = 50
ASK = {
    "zh": "请打开以下链接查阅PDF并确认收到：{link}",
    "en": "Open this link for the PDF and to confirm that you have received it: {link}",
}


def copy_out(session: Session, installation: Installation, incident: Incident, row: Bulletin) -> list[BulletinCopy]:
    """Make the copies of a bulletin that may leave, and queue the mails."""
    made = []
    for card in reading.recipients_of(session, incident, row.recipients):
        for place, address in enumerate(card.email or ("",)):
            copy = _copy(installation, row, card, place, address)
            session.add(copy)
            session.flush()
            _queue(session, installation, row, copy)
            made.append(copy)
    return made


def _copy(installation: Installation, row: Bulletin, card: RecipientCard, place: int, address: str) -> BulletinCopy:
    return BulletinCopy(
        bulletin_id=row.id,
        code=card.code,
        place=place,
        sort=card.sort,
        name_zh=card.name.zh,
        name_en=card.name.en,
        language=card.language,
        sees=card.shown,
        address=installation.keyring.encrypt(address) if address else None,
        address_index=installation.keyring.index(address.lower()) if address else None,
        state=CopyState.READY,
        exercise=row.exercise,
    )


def _queue(session: Session, installation: Installation, row: Bulletin, copy: BulletinCopy) -> None:
    if row.exercise and (copy.address_index is None or not exercises.allowed(session, copy.address_index)):
        copy.state = CopyState.KEPT
        return
    if copy.address is None or copy.address_index is None:
        return
    outgoing = messages.Outgoing(
        purpose=Purpose.BULLETIN,
        lane=Lane.CORRECTION,
        addressee=copy.id,
        recipient=copy.address_index,
        number=copy.address,
        body_id=messages.put_body(
            session, mail(installation, row, copy), copy.language, stream=f"incident:{row.incident_number}"
        ),
        exercise=row.exercise,
        valid_until=clock.now(session) + VALID,
        channel="email",
    )
    copy.state, copy.delivery_id = CopyState.QUEUED, messages.enqueue(session, outgoing)


def text_of(row: Bulletin, copy: BulletinCopy) -> str:
    """What a recipient reads: the whole text or the short one, in their language."""
    return row.texts[copy.language if copy.sees == "full" else f"short_{copy.language}"]


def mail(installation: Installation, row: Bulletin, copy: BulletinCopy) -> str:
    """The mail of a copy; its first line is the subject."""
    link = links.maker(installation, PATH, LINK)(copy.id)
    return f"{text_of(row, copy)}\n\n{ASK[copy.language].format(link=link)}\n"


def unsettled(session: Session) -> list[int]:
    """Ids of incidents of which some mail has come to an end, AT_ONCE at most; found without a lock."""
    query = (
        select(Bulletin.incident_id)
        .join(BulletinCopy, BulletinCopy.bulletin_id == Bulletin.id)
        .join(Delivery, Delivery.id == BulletinCopy.delivery_id)
        .where(BulletinCopy.state == CopyState.QUEUED, Delivery.state.in_((*TAKEN, *LOST, Sent.UNKNOWN)))
        .distinct()
        .limit(AT_ONCE)
    )
    return sorted(session.scalars(query))


def settle(session: Session, incident_id: int) -> None:
    """Write down what became of an incident's mails. Any number of engines may do so: the incident's lock lets one through, and the others
    find nothing left."""
    incident = lock(session, incident_id)
    query = (
        select(BulletinCopy, Bulletin, Delivery)
        .join(Bulletin, Bulletin.id == BulletinCopy.bulletin_id)
        .join(Delivery, Delivery.id == BulletinCopy.delivery_id)
        .where(Bulletin.incident_id == incident_id, BulletinCopy.state == CopyState.QUEUED)
        .order_by(BulletinCopy.id)
    )
    for copy, row, delivery in session.execute(query).tuples().all():
        if delivery.state in TAKEN:
            _sent(session, incident, row, copy, delivery.submitted_at or clock.now(session))
        elif delivery.state in LOST or delivery.state == Sent.UNKNOWN:
            copy.state = CopyState.UNKNOWN if delivery.state == Sent.UNKNOWN else CopyState.FAILED
            copy.reason = delivery.code or delivery.reason or str(delivery.state)
            payload = entries.BulletinFailed(bulletin=row.number, recipient=copy.code, reason=copy.reason)
            incident_entries.record(session, incident, payload)


def _sent(session: Session, incident: Incident, row: Bulletin, copy: BulletinCopy, at: datetime) -> None:
    """A recipient has it as far as we can know; with the regulator's copy its clocks stop. Clocks of exercises stop like any other."""
    copy.state, copy.sent_at = CopyState.SENT, at
    payload = entries.BulletinSent(bulletin=row.number, recipient=copy.code, at=at)
    incident_entries.record(session, incident, payload)
    if copy.sort == Recipient.regulator and row.answers:
        stop_clocks(session, incident, row.answers, at)


def stop_clocks(session: Session, incident: Incident, answers: Sequence[str], at: datetime) -> None:
    """What the regulator waited for was sent at `at`: its clocks stop."""
    clock_rows.refresh(session, incident, dict.fromkeys(map(Event, answers), at))


def again(session: Session, installation: Installation, incident: Incident, row: Bulletin, code: str) -> int:
    """Send a recipient's failed or doubtful mails of a bulletin again; how many. Raise Conflict where there are none."""
    mine = [copy for copy in reading.copies(session, row) if copy.code == code and copy.state in AGAIN]
    if not mine:
        raise Conflict(
            N_("Nothing of this bulletin is to be sent to %(code)s again."),
            field="recipient",
            remedy=N_("Only a mail that failed, or of which nobody knows, is sent again."),
            code=code,
        )
    for copy in mine:
        copy.reason = None
        _queue(session, installation, row, copy)
        payload = entries.BulletinSentAgain(bulletin=row.number, recipient=copy.code)
        incident_entries.record(session, incident, payload)
    return len(mine)


def receive(session: Session, incident: Incident, row: Bulletin, copy: BulletinCopy, via: str) -> bool:
    """A recipient of a locked incident's bulletin says that they have it; False where they had said so. What had no mailbox was sent with
    that; a mail of which nobody knew whether it arrived has arrived."""
    now = clock.now(session)
    if copy.state in (CopyState.READY, CopyState.UNKNOWN):
        _sent(session, incident, row, copy, now)
    if copy.received_at is not None:
        return False
    copy.received_at, copy.received_via = now, via
    payload = entries.BulletinReceived(bulletin=row.number, recipient=copy.code, via=via.partition(":")[0])
    incident_entries.record(session, incident, payload)
    return True


def keep(session: Session, incident: Incident, row: Bulletin, made: Sequence[BulletinCopy]) -> None:
    """In a drill: what stays in the drill's mailbox has arrived there, so that the drill's clocks are met as they would be."""
    at = clock.now(session)
    for copy in made:
        if copy.state == CopyState.KEPT:
            copy.sent_at = at
            if copy.sort == Recipient.regulator and row.answers:
                stop_clocks(session, incident, row.answers, at)


def by_link(session: Session, installation: Installation, token: str) -> tuple[BulletinCopy, Bulletin]:
    """The copy that a signed address names; raise NotFound where it is forged or too old."""
    try:
        copy_id = links.read(installation, token, LINK)
    except NotFound:
        raise unknown_link() from None
    copy = session.get(BulletinCopy, copy_id)
    row = session.get(Bulletin, copy.bulletin_id) if copy else None
    if copy is None or row is None or row.approved_at is None:
        raise unknown_link()
    if clock.now(session) - row.approved_at >= LINK_VALID:
        raise unknown_link()
    return copy, row


def unknown_link() -> NotFound:
    return NotFound(
        N_("This link is not valid any more."), remedy=N_("Ask the command centre that sent you the bulletin.")
    )


def masked(address: str) -> str:
    """A mailbox as pages show it: the first letter and the domain."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"


def hotline(session: Session) -> str:
    """The command centre's own number where there is one, else that of customer service."""
    given = house.settings(session)
    return given.centre_hotline or given.hotline
