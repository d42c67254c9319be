"""What an evaluation keeps as rows: ratings by evaluators, what was settled, remarks of observers and of the hotwash, the signature."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise
from command.drills.evaluation.proposals import Rating

_RATING = f"rating IN ({', '.join(repr(str(each)) for each in Rating)})"


class Remarked(StrEnum):
    """What a remark is: an observer's note, or one of the three parts of a hotwash."""

    SEEN = "seen"
    WELL = "well"
    BADLY = "badly"
    DECISION = "decision"


HOTWASH = (Remarked.WELL, Remarked.BADLY, Remarked.DECISION)


class DrillRating(OfExercise, Base):
    """How an evaluator rates an objective of a drill; words are a note. Rated again, it is the same row."""

    __tablename__ = "drill_rating"
    __table_args__ = (
        CheckConstraint(_RATING, name="rating"),
        UniqueConstraint("drill_id", "objective", "person_id"),
    )
    id: Mapped[Id]
    drill_id: Mapped[int] = mapped_column(BigId, ForeignKey("drill.id"))
    objective: Mapped[str]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    rating: Mapped[str]
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    at: Mapped[datetime]


class DrillSettlement(OfExercise, Base):
    """The one rating of an objective where evaluators differ or nobody rated it, by the trainer, with a reason as a note."""

    __tablename__ = "drill_settlement"
    __table_args__ = (
        CheckConstraint(_RATING, name="rating"),
        UniqueConstraint("drill_id", "objective"),
    )
    id: Mapped[Id]
    drill_id: Mapped[int] = mapped_column(BigId, ForeignKey("drill.id"))
    objective: Mapped[str]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    rating: Mapped[str]
    note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    at: Mapped[datetime]


class DrillRemark(OfExercise, Base):
    """What somebody noted, as a note. An observer's has an objective and the `second` of exercise time it is about, and may name an inject;
    `person_id` is null where somebody of the hotwash wants no name. `key` is made where it was written, so that one sent twice is kept
    once."""

    __tablename__ = "drill_remark"
    __table_args__ = (
        CheckConstraint(f"remarked IN ({', '.join(repr(str(each)) for each in Remarked)})", name="remarked"),
        UniqueConstraint("drill_id", "key"),
        Index("ix_drill_remark_at", "drill_id", "at"),
    )
    id: Mapped[Id]
    drill_id: Mapped[int] = mapped_column(BigId, ForeignKey("drill.id"))
    remarked: Mapped[str]
    objective: Mapped[str | None]
    inject: Mapped[int | None]
    second: Mapped[float | None]
    person_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    key: Mapped[str]
    at: Mapped[datetime]


class DrillEvaluation(OfExercise, Base):
    """The evaluation of a drill is signed: by whom, when, and the words they put under it."""

    __tablename__ = "drill_evaluation"
    drill_id: Mapped[int] = mapped_column(BigId, ForeignKey("drill.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    at: Mapped[datetime]
