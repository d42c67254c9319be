"""What the journal keeps of copies of the database: that one was made, and from where what it now holds came."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.journal import Entry, Payload


class BackedUp(Payload, kind="operating.backed_up"):
    """A backup was made: the hash of its manifest, how many rows it holds and its size in bytes. `moment`: of when it is."""

    manifest: str
    moment: datetime
    rows: int
    size: int


class Restored(Payload, kind="operating.restored"):
    """What this database holds came from a backup, by the hash of its manifest; what happened after `moment` is not in it."""

    manifest: str
    moment: datetime
    rows: int


class Moved(Payload, kind="operating.moved"):
    """What this database holds came from another database, which was of the named kind."""

    source: str
    moment: datetime
    rows: int


def record(session: Session, payload: Payload) -> None:
    """Keep it on the audit stream of the month."""
    journal.record(session, journal.month("audit", clock.now(session)), payload)


def last_backup(session: Session) -> datetime | None:
    """When the newest backup that this database knows of was made; looked for in the three newest months of the audit."""
    streams = session.scalars(
        select(journal.Stream.id).where(journal.Stream.id.like("audit:%")).order_by(journal.Stream.id.desc()).limit(3)
    ).all()
    return session.scalar(select(func.max(Entry.at)).where(Entry.stream_id.in_(streams), Entry.kind == BackedUp.kind))
