"""What a person sees of retention: the rule, what is held, what is removed now, and the certificates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from command.core.journal import Note
from command.incidents import notice_acts
from command.messages.models import Delivery
from command.notices.models import Notice
from command.people.access import Principal
from command.retention import holding
from command.retention.models import NoticePurge

PAGE = 50


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was removed of one notice; `done_at` None: it goes on, `left` rows are to go."""

    notice_id: int
    incident: str
    rows: int
    left: int
    days: int
    digest: str
    begun_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Hold:
    """An incident whose records are held."""

    number: str
    reason: str
    at: datetime


def certificates(session: Session, who: Principal, *, before: int | None = None) -> Sequence[Certificate]:
    """Of notices that they may know of, what goes now first, then the latest."""
    query = (
        select(NoticePurge, Notice)
        .join(Notice, Notice.id == NoticePurge.notice_id)
        .where(notice_acts.known(session, who))
        .where(or_(NoticePurge.rows > 0, NoticePurge.done_at.is_(None)))
        .order_by(NoticePurge.done_at.is_not(None), NoticePurge.notice_id.desc())
        .limit(PAGE)
    )
    if before is not None:
        query = query.where(NoticePurge.notice_id < before)
    return [_certificate(session, purge, notice) for purge, notice in session.execute(query).tuples()]


def _certificate(session: Session, purge: NoticePurge, notice: Notice) -> Certificate:
    left = 0
    if purge.done_at is None:
        left = session.scalar(select(func.count()).where(Delivery.notice_id == notice.id)) or 0
    return Certificate(
        notice_id=notice.id,
        incident=notice.incident_number or "",
        rows=purge.rows,
        left=left,
        days=purge.days,
        digest=purge.digest.hex(),
        begun_at=purge.begun_at,
        done_at=purge.done_at,
    )


def holds(session: Session, who: Principal) -> list[Hold]:
    """What is held, the latest first."""
    found = []
    for row, incident in holding.held(session, who):
        note = session.get(Note, row.reason_note_id)
        found.append(Hold(incident.number, (note.body if note else None) or "", row.at))
    return found
