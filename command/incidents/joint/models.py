"""What departments said of an incident, and what was decided: rounds of joint assessment."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json, OfExercise


class JointAssessment(OfExercise, Base):
    """One round: opened → decided, or withdrawn when the incident ends before. `departments` are those asked, who answer until `due_at`.

    What was decided: `kind` and the fault and cause classes are its nature, areas (codes), services (codes) and users its scope, `harm` how
    bad it is; `suggested` is the tier that followed from the views, `tier` the one decided."""

    __tablename__ = "joint_assessment"
    __table_args__ = (
        UniqueConstraint("incident_id", "round"),
        CheckConstraint("state IN ('open','decided','withdrawn')", name="state"),
        CheckConstraint("tier IS NULL OR tier BETWEEN 1 AND 4", name="tier"),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"))
    round: Mapped[int]
    state: Mapped[str]
    departments: Mapped[list[str]] = mapped_column(Json)
    question_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    kind: Mapped[str | None]
    fault_class: Mapped[str | None]
    cause_class: Mapped[str | None]
    areas: Mapped[list[str] | None] = mapped_column(Json)
    services: Mapped[list[str] | None] = mapped_column(Json)
    users: Mapped[int | None]
    harm: Mapped[str | None]
    suggested: Mapped[int | None]
    tier: Mapped[int | None]
    reason_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))


class JointView(OfExercise, Base):
    """How a department sees an incident. It may say so again until the round is decided: every one stays, the last one counts."""

    __tablename__ = "joint_view"
    __table_args__ = (
        CheckConstraint("tier BETWEEN 1 AND 4", name="tier"),
        CheckConstraint("harm IN ('low','medium','high','very_high')", name="harm"),
        CheckConstraint("confidence IN ('low','medium','high')", name="confidence"),
    )
    id: Mapped[Id]
    assessment_id: Mapped[int] = mapped_column(BigId, ForeignKey("joint_assessment.id"), index=True)
    department: Mapped[str]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    fault_class: Mapped[str | None]
    cause_class: Mapped[str | None]
    areas: Mapped[list[str]] = mapped_column(Json)
    services: Mapped[list[str]] = mapped_column(Json)
    users: Mapped[int | None]
    harm: Mapped[str]
    tier: Mapped[int]
    confidence: Mapped[str]
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
