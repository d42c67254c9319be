"""What keeps a risky task safe: the backup made before it, and the way back (R37)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise


class TaskSafety(OfExercise, Base):
    """Backup and way back of a risky task, confirmed by somebody; or `waived` on their own word with a reason (`note_id`). `person_id` is
    who made the backup, `checked_at` when it was seen to be usable. It is void once its task is taken up again (`void_at`)."""

    __tablename__ = "task_safety"
    __table_args__ = (
        CheckConstraint(
            "waived OR (person_id IS NOT NULL AND backup_id IS NOT NULL AND place_id IS NOT NULL AND rollback_id IS NOT NULL"
            " AND checked_at IS NOT NULL)",
            name="whole",
        ),
    )
    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(BigId, ForeignKey("task.id"), index=True)
    waived: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    backup_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    place_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    rollback_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    checked_at: Mapped[datetime | None]
    confirmed_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    confirmed_at: Mapped[datetime]
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    void_at: Mapped[datetime | None]
