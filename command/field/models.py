"""What those on scene report: notes, and photos whose files lie outside the database."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise


class FieldNote(OfExercise, Base):
    """A note that a person paged wrote on their page. `key` is the form's: the same form sent twice is one note."""

    __tablename__ = "field_note"
    __table_args__ = (UniqueConstraint("page_id", "key"),)
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    page_id: Mapped[int] = mapped_column(BigId, ForeignKey("page.id"))
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    key: Mapped[str]
    added_at: Mapped[datetime]


class Photo(OfExercise, Base):
    """A photo that a person paged added, with what they wrote beside it. `sha256`, `bytes`, `width` and `height` (pixels) are those of
    the file that is kept (see store). When it was taken nobody knows: what the camera wrote is thrown away."""

    __tablename__ = "photo"
    __table_args__ = (UniqueConstraint("page_id", "sha256"),)
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    page_id: Mapped[int] = mapped_column(BigId, ForeignKey("page.id"))
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    sha256: Mapped[str]
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    added_at: Mapped[datetime]
