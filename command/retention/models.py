"""Holds of records, and the certificate of what was removed."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId


class RecordHold(Base):
    """Nothing of this incident is removed while the row stands."""

    __tablename__ = "record_hold"
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), primary_key=True, autoincrement=False)
    reason_note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    by: Mapped[str]
    at: Mapped[datetime]


class NoticePurge(Base):
    """How far the messages of a notice are removed: `rows` so far, and `digest`, a SHA-256 over them in the order of their ids, chained
    from row to row. With `done_at` it is the certificate. `days` is the rule by which they went."""

    __tablename__ = "notice_purge"
    notice_id: Mapped[int] = mapped_column(BigId, ForeignKey("notice.id"), primary_key=True, autoincrement=False)
    days: Mapped[int]
    rows: Mapped[int] = mapped_column(BigId, default=0)
    digest: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    begun_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
