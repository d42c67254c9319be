"""What subscribers answer to a notice in words that nothing here understood: the follow-up list."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise

OPEN, CASE, ANSWERED, CLOSED = "open", "case", "answered", "closed"
_OPEN = text("state = 'open'")


class NoticeReply(OfExercise, Base):
    """One SMS of a subscriber who was told of an incident. open → case (taken up as a case) | answered (by SMS) | closed (with a reason).

    `notice_id` is the notice it answers: the last one that they were told before. `note_id` are its words, as the inbound message keeps
    them; the number stays with the subscriber. `done_note_id` is what was answered, or why it was closed."""

    __tablename__ = "notice_reply"
    __table_args__ = (
        CheckConstraint("state IN ('open','case','answered','closed')", name="state"),
        Index("ix_notice_reply_open", "id", postgresql_where=_OPEN, sqlite_where=_OPEN),
    )
    id: Mapped[Id]
    inbound_id: Mapped[int] = mapped_column(BigId, ForeignKey("inbound.id", ondelete="CASCADE"), unique=True)
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    notice_id: Mapped[int] = mapped_column(BigId, ForeignKey("notice.id"))
    subscriber_id: Mapped[int] = mapped_column(BigId)
    note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    language: Mapped[str]
    came_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=OPEN)
    case_reference: Mapped[str | None]
    delivery_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("delivery.id"))
    done_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    done_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    done_at: Mapped[datetime | None]
