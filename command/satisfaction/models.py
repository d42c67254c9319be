"""Surveys after a restoration: one an incident, whom it asked and what they said, and who is called back."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise


class State(StrEnum):
    """planned → open (it has left) → closed. cancelled: somebody did not want it asked; void: there was nothing to ask (yet)."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    VOID = "void"


class Via(StrEnum):
    """How an answer came."""

    SMS = "sms"
    LINK = "link"
    PHONE = "phone"


class Why(StrEnum):
    """Why somebody is called back."""

    NOT_RESTORED = "not_restored"
    UNSATISFIED = "unsatisfied"


class Result(StrEnum):
    """What a call back came to; only `not_reached` leaves it open."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    SOLVED = "solved"


def _one_of(column: str, words: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


_PLANNED = text("state = 'planned'")
_OPEN = text("state = 'open'")


class Survey(OfExercise, Base):
    """The survey of an incident. `audience` are those who were told the all-clear, `asked` those drawn by `seed` (without what agents
    added by phone). `why` says why it is void."""

    __tablename__ = "survey"
    __table_args__ = (
        CheckConstraint(_one_of("state", State), name="state"),
        Index("ix_survey_planned", "due_at", postgresql_where=_PLANNED, sqlite_where=_PLANNED),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), unique=True)
    state: Mapped[str] = mapped_column(default=State.PLANNED)
    why: Mapped[str | None]
    seed: Mapped[int] = mapped_column(BigId)
    due_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    audience: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=0)


class SurveyAnswer(OfExercise, Base):
    """Somebody who was asked, and what they said last; nothing is known of who has `answered_at` null. `recipient` is the blind index of
    their number; `delivery_id` the SMS (null: an agent asked by phone). Grades are 1 to 5, 5 is best; words are a note."""

    __tablename__ = "survey_answer"
    __table_args__ = (
        UniqueConstraint("survey_id", "subscriber_id"),
        CheckConstraint(_one_of("via", Via), name="via"),
        CheckConstraint("satisfaction BETWEEN 1 AND 5", name="satisfaction"),
        CheckConstraint("first_response BETWEEN 1 AND 5", name="first_response"),
    )
    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(BigId, ForeignKey("survey.id"))
    subscriber_id: Mapped[int] = mapped_column(BigId)
    recipient: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    language: Mapped[str]
    delivery_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("delivery.id"))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    via: Mapped[str | None]
    restored: Mapped[bool | None]
    satisfaction: Mapped[int | None] = mapped_column(SmallInteger)
    first_response: Mapped[int | None] = mapped_column(SmallInteger)
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    taken_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))


class SurveyFollowUp(OfExercise, Base):
    """Somebody who is called back, once an answer. `case_reference` is the case opened for them; `calls` how often they were called."""

    __tablename__ = "survey_follow_up"
    __table_args__ = (
        CheckConstraint(_one_of("why", Why), name="why"),
        CheckConstraint("state IN ('open','done')", name="state"),
        CheckConstraint(_one_of("result", Result), name="result"),
        Index("ix_survey_follow_up_open", "id", postgresql_where=_OPEN, sqlite_where=_OPEN),
    )
    id: Mapped[Id]
    survey_id: Mapped[int] = mapped_column(BigId, ForeignKey("survey.id"), index=True)
    answer_id: Mapped[int] = mapped_column(BigId, ForeignKey("survey_answer.id"), unique=True)
    why: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    case_reference: Mapped[str | None]
    made_at: Mapped[datetime]
    calls: Mapped[int] = mapped_column(default=0)
    result: Mapped[str | None]
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
