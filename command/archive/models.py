"""The archive's own tables: the index over the notes of cases, and the filters that people keep."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id


class ArchiveNote(Base):
    """A note of a case as the search reads it: folded (see grams.folded), phone numbers masked. A trigger removes it, and with it its
    grams, in the very statement that erases the note."""

    __tablename__ = "archive_note"
    note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id", ondelete="CASCADE"), primary_key=True)
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    body: Mapped[str]


class ArchiveGram(Base):
    """One gram of a note: two neighbouring characters, or three of Latin letters and digits. Not two databases' search engines but one
    table, which both keep and both can forget."""

    __tablename__ = "archive_gram"
    __table_args__ = {"sqlite_with_rowid": False}
    gram: Mapped[str] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("archive_note.note_id", ondelete="CASCADE"), primary_key=True, index=True
    )


class SavedFilter(Base):
    """A search that somebody keeps under a name. `query` is the address's query; `department` shares it with that department's people;
    at most one of a person's own is the `standard` one, with which the archive opens."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("person_id", "name"),)
    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[str]
    department: Mapped[str | None] = mapped_column(index=True)
    standard: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
