"""The versions of plans that were published here, beside those in files. They never change; withdrawing takes them out of use."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.incidents.published_models import PublishedPlan
from playbooks.loader import Library, Sheet
from playbooks.nodes import Node
from playbooks.schema import Playbook, canonical, digest, from_canonical

Marks = tuple[tuple[str, bool], ...]
"""What is published: the digest of each version, and whether it was withdrawn."""
MEMO = "published plans"
FILE = "published"
"""Stands for the file of a plan that was published here."""
_read: dict[str, Sheet] = {}


def marks(session: Session) -> Marks:
    """What is published, asked of the database once a unit of work; the plans behind are read when a process first meets them."""
    found: Marks | None = session.info.get(MEMO)
    if found is None:
        query = select(PublishedPlan.digest, PublishedPlan.withdrawn_at.is_not(None)).order_by(PublishedPlan.id)
        found = tuple((mark, bool(gone)) for mark, gone in session.execute(query).tuples())
        session.info[MEMO] = found
        _fill(session, [mark for mark, _ in found if mark not in _read])
    return found


def _fill(session: Session, unread: list[str]) -> None:
    if unread:
        query = select(PublishedPlan.digest, PublishedPlan.content).where(PublishedPlan.digest.in_(unread))
        for mark, content in session.execute(query).tuples():
            _read[mark] = Sheet(from_canonical(content.encode()), mark, FILE, Node({}, 1))


def over(files: Library, marks: Marks) -> Library:
    """The library of the files with what is published over it: a published version stands for the one of a file with its number."""
    living = tuple(_read[mark] for mark, gone in marks if not gone)
    retired = tuple(_read[mark] for mark, gone in marks if gone)
    taken = {(sheet.playbook.code, sheet.playbook.version) for sheet in (*living, *retired)}
    kept = tuple(sheet for sheet in files.sheets if (sheet.playbook.code, sheet.playbook.version) not in taken)
    return Library((*kept, *living), retired)


def publish(session: Session, plan: Playbook, at: datetime) -> PublishedPlan:
    """Keep a plan as a version that new incidents follow from its day on. Its code and version must be free."""
    row = PublishedPlan(
        code=plan.code,
        version=plan.version,
        kind=plan.kind,
        digest=digest(plan),
        content=canonical(plan).decode(),
        published_at=at,
    )
    session.add(row)
    session.flush()
    session.info.pop(MEMO, None)
    return row


def withdraw(session: Session, row: PublishedPlan, at: datetime) -> None:
    """Nothing new follows it any more; incidents that do keep it."""
    row.withdrawn_at = at
    session.flush()
    session.info.pop(MEMO, None)
