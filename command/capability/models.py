"""Assessments of emergency capability: the assessment with the standard it was begun with, its ratings, and the file of a third party."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Blob, Id, Json


class Sort(StrEnum):
    """Who assesses."""

    SELF = "self"
    THIRD_PARTY = "third_party"


class State(StrEnum):
    """draft → finished | dropped. A finished one never changes."""

    DRAFT = "draft"
    FINISHED = "finished"
    DROPPED = "dropped"


def _one_of(column: str, words: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


class CapabilityAssessment(Base):
    """One assessment of the days `first_on` to `last_on`; its journal is the stream `capability:<id>`. `assessor` is who assesses: a
    person, or the third party under the agreement of confidentiality `agreement_id`. `standard` is the standard as it was then. Scores
    are thousandths of what can be reached, kept once it is finished; `domains` has them by code (null: nothing of it applies).
    `file_name` and `sha256` are of the third party's file that was read last."""

    __tablename__ = "capability_assessment"
    __table_args__ = (
        CheckConstraint(_one_of("sort", Sort), name="sort"),
        CheckConstraint(_one_of("state", State), name="state"),
        CheckConstraint("first_on <= last_on", name="days"),
        CheckConstraint("score BETWEEN 0 AND 1000", name="score"),
        CheckConstraint("sort = 'self' OR agreement_id IS NOT NULL", name="confidential"),
    )
    id: Mapped[Id]
    name: Mapped[str]
    sort: Mapped[str]
    assessor: Mapped[str]
    agreement_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("confidentiality.id"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    standard: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(default=State.DRAFT)
    score: Mapped[int | None]
    domains: Mapped[dict[str, int | None]] = mapped_column(Json, default=dict)
    file_name: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str | None] = mapped_column(ForeignKey("capability_file.sha256"))
    made_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    made_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    reason_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))


class CapabilityRating(Base):
    """An item of an assessment: `level` 0 to 4, null until it is rated; one that does not apply has none. Words are a note, `links` name
    records as kind:code. `figures` are what Tocsin counted when the assessment was finished: [{code, good, of}]. `action_id` is the
    improvement action it brought. `version` keeps two editors apart."""

    __tablename__ = "capability_rating"
    __table_args__ = (
        CheckConstraint("level BETWEEN 0 AND 4", name="level"),
        CheckConstraint("applies OR level IS NULL", name="applies"),
        UniqueConstraint("assessment_id", "item"),
    )
    id: Mapped[Id]
    assessment_id: Mapped[int] = mapped_column(BigId, ForeignKey("capability_assessment.id"))
    item: Mapped[str]
    level: Mapped[int | None]
    applies: Mapped[bool] = mapped_column(default=True)
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    links: Mapped[list[str]] = mapped_column(Json, default=list)
    figures: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    action_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("improvement_action.id"))
    rated_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    rated_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class CapabilityFile(Base):
    """A file of ratings as a third party gave it, kept once, whatever it was called."""

    __tablename__ = "capability_file"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[Blob]
