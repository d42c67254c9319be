"""Improvement actions: what is to become better, who sees to it until when, what shows that it was done, and who was reminded."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Blob, Id


class State(StrEnum):
    """open → in_progress → evidence_given → verified; evidence_given → sent_back → in_progress or evidence_given. All but verified →
    dropped; verified, dropped → open (reopened)."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    EVIDENCE_GIVEN = "evidence_given"
    SENT_BACK = "sent_back"
    VERIFIED = "verified"
    DROPPED = "dropped"


WORKING = (State.OPEN, State.IN_PROGRESS, State.SENT_BACK)
"""The owner has something to do."""
UNDONE = (*WORKING, State.EVIDENCE_GIVEN)
"""Somebody has something to do."""


class Source(StrEnum):
    """Where an action comes from."""

    DRILL = "drill"
    INCIDENT = "incident"
    RISK = "risk"
    HAND = "hand"


class Role(StrEnum):
    """As what somebody was reminded."""

    OWNER = "owner"
    VERIFIER = "verifier"
    SUPERIOR = "superior"


def _one_of(column: str, words: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


_UNDONE = text("state IN ('open', 'in_progress', 'sent_back', 'evidence_given')")


class ImprovementAction(Base):
    """One action; its journal is the stream `improvement:<id>`. Real work, whatever it comes from: there are none of exercises.

    `source_ref` is the code of the drill or risk, or the number of the incident `incident_id`; empty by hand. `playbook_place` is a clause
    of the playbook, such as tiers.2.tasks.isolate. Words are notes. `evidence_by` gave the newest evidence; `reason_note_id` says why
    it was sent back, dropped or reopened last. `due_moved` counts how often its day was moved, `reopened` how often it was
    opened again."""

    __tablename__ = "improvement_action"
    __table_args__ = (
        CheckConstraint(_one_of("state", State), name="state"),
        CheckConstraint(_one_of("source", Source), name="source"),
        CheckConstraint("starts_on <= due_on", name="days"),
        Index("ix_improvement_action_undone", "due_on", postgresql_where=_UNDONE, sqlite_where=_UNDONE),
        Index("ix_improvement_action_source", "source", "source_ref"),
    )
    id: Mapped[Id]
    title: Mapped[str]
    words_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    source: Mapped[str]
    source_ref: Mapped[str] = mapped_column(default="")
    incident_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    finding_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    cause_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    owner_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    starts_on: Mapped[date]
    due_on: Mapped[date]
    due_moved: Mapped[int] = mapped_column(default=0)
    playbook: Mapped[str | None] = mapped_column(index=True)
    playbook_version: Mapped[int | None]
    playbook_place: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=State.OPEN)
    given_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    given_at: Mapped[datetime]
    evidence_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    evidence_at: Mapped[datetime | None]
    verified_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    verified_at: Mapped[datetime | None]
    reason_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    reopened: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]


class ImprovementEvidence(Base):
    """What shows that an action was done: words, and a link or a file (found by its SHA-256). Never changed."""

    __tablename__ = "improvement_evidence"
    id: Mapped[Id]
    action_id: Mapped[int] = mapped_column(BigId, ForeignKey("improvement_action.id"), index=True)
    note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    link: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str | None] = mapped_column(ForeignKey("improvement_file.sha256"))
    by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    at: Mapped[datetime]


class ImprovementFile(Base):
    """A file given as evidence, kept once, whatever it was called."""

    __tablename__ = "improvement_file"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[Blob]


class ImprovementReminder(Base):
    """Somebody was told that an action is due on `due_on` when `days` were left: 7, 0, and below zero every seventh.

    One row an action, day, horizon, role and person, so whoever looks, and however often, each is told once."""

    __tablename__ = "improvement_reminder"
    __table_args__ = (
        CheckConstraint(_one_of("role", Role), name="role"),
        UniqueConstraint("action_id", "due_on", "days", "role", "person_id", name="uq_improvement_reminder_once"),
    )
    id: Mapped[Id]
    action_id: Mapped[int] = mapped_column(BigId, ForeignKey("improvement_action.id"))
    due_on: Mapped[date]
    days: Mapped[int]
    role: Mapped[str]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    told_at: Mapped[datetime]
    reached: Mapped[bool]
