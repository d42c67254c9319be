"""Information security: the flow of an incident, evidence and its chain of custody, the decision to tell, agreements of confidentiality."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise

ACTS = (
    "taken",
    "handed",
    "accepted",
    "not_accepted",
    "taken_over",
    "given_out",
    "came_back",
    "sealed",
    "unsealed",
    "checked",
    "read",
    "returned",
    "destroyed",
)
"""What can be done with a piece of evidence; each is a link of its chain of custody."""


class Held(StrEnum):
    """How a piece of evidence is: kept by its keeper → handed (until the next one accepts) → kept; kept → out (with somebody outside) →
    kept; kept → returned | destroyed, which are final."""

    KEPT = "kept"
    HANDED = "handed"
    OUT = "out"
    RETURNED = "returned"
    DESTROYED = "destroyed"


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


class SecurityFlow(OfExercise, Base):
    """As what an information-security incident is handled, since when."""

    __tablename__ = "security_flow"
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), primary_key=True)
    flow: Mapped[str]
    chosen_at: Mapped[datetime]
    chosen_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))


class SecurityStep(OfExercise, Base):
    """A step of the flow, the department that owns it and by when. open → done | skipped, and back."""

    __tablename__ = "security_step"
    __table_args__ = (
        UniqueConstraint("incident_id", "code"),
        CheckConstraint(_one_of("state", ("open", "done", "skipped")), name="state"),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"))
    code: Mapped[str]
    department: Mapped[str]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))


class Confidentiality(Base):
    """An agreement by which a party outside keeps to itself what it learns (R37). `sha256` is of the signed paper, kept elsewhere."""

    __tablename__ = "confidentiality"
    __table_args__ = (CheckConstraint("signed_on <= valid_until", name="days"),)
    id: Mapped[Id]
    party: Mapped[str]
    person: Mapped[str]
    signed_on: Mapped[date]
    valid_until: Mapped[date]
    sha256: Mapped[str | None]
    kept_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    kept_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class EvidenceItem(OfExercise, Base):
    """A piece of evidence, numbered within its incident: a file kept encrypted in the data folder, or media elsewhere that is described.

    `sha256` is of the plain content. `keeper_id` has it; while it is handed over `to_id` has not accepted it yet; while it is out
    `agreement_id` says with whom."""

    __tablename__ = "evidence_item"
    __table_args__ = (
        UniqueConstraint("incident_id", "label"),
        CheckConstraint(_one_of("form", ("file", "media")), name="form"),
        CheckConstraint(_one_of("state", tuple(Held)), name="state"),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"))
    label: Mapped[int]
    form: Mapped[str]
    file_name: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigId)
    description_note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    place: Mapped[str]
    taken_at: Mapped[datetime]
    taken_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(default=Held.KEPT)
    sealed: Mapped[bool] = mapped_column(default=False)
    keeper_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    to_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    agreement_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("confidentiality.id"))


class CustodyLink(OfExercise, Base):
    """One link of a chain of custody: what was done, by whom, when and where, from whom to whom. Never changed."""

    __tablename__ = "custody_link"
    __table_args__ = (CheckConstraint(_one_of("act", ACTS), name="act"),)
    id: Mapped[Id]
    evidence_id: Mapped[int] = mapped_column(BigId, ForeignKey("evidence_item.id"), index=True)
    act: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    to_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    agreement_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("confidentiality.id"))
    place: Mapped[str] = mapped_column(default="")
    ok: Mapped[bool | None]
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))


class TellingDecision(OfExercise, Base):
    """Whether those concerned are told; the newest counts. Not telling has a day on which it is looked at again."""

    __tablename__ = "telling_decision"
    __table_args__ = (CheckConstraint("tell OR reconsider_on IS NOT NULL", name="reconsider"),)
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    tell: Mapped[bool]
    reason_note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    reconsider_on: Mapped[date | None]
    concerned: Mapped[int]
    decided_at: Mapped[datetime]
    decided_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    notice_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("notice.id"))
