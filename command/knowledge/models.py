"""Solved problems: what it was, what showed it, what caused it, what solved it, and how often that helped again."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json

KEPT, RETIRED = "kept", "retired"


class SolvedProblem(Base):
    """One problem with its solution, kept when its incident was closed: kept → retired → kept.

    What it is recognised by (`element_kinds`, `alarm_kinds`, `services` by code) comes from the incident; its words are in its versions,
    of which `version` is the present one. `offered`, `helped` and `unfit` count incidents. An exercise never becomes one."""

    __tablename__ = "solved_problem"
    __table_args__ = (Index("ix_solved_problem_state_id", "state", "id"),)
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), unique=True)
    kind: Mapped[str]
    fault_class: Mapped[str | None]
    area_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("area.id"))
    element_kinds: Mapped[list[str]] = mapped_column(Json)
    alarm_kinds: Mapped[list[str]] = mapped_column(Json)
    services: Mapped[list[str]] = mapped_column(Json)
    restricted: Mapped[bool]
    state: Mapped[str] = mapped_column(default=KEPT)
    reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    kept_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    offered: Mapped[int] = mapped_column(default=0)
    helped: Mapped[int] = mapped_column(default=0)
    unfit: Mapped[int] = mapped_column(default=0)


class SolvedVersion(Base):
    """The words of a solved problem as somebody left them; a version never changes. Either language may be empty, phone numbers are
    masked. `by` None: taken from the incident's review by itself."""

    __tablename__ = "solved_version"
    problem_id: Mapped[int] = mapped_column(BigId, ForeignKey("solved_problem.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    title_zh: Mapped[str] = mapped_column(default="")
    title_en: Mapped[str] = mapped_column(default="")
    symptoms_zh: Mapped[str] = mapped_column(default="")
    symptoms_en: Mapped[str] = mapped_column(default="")
    cause_zh: Mapped[str] = mapped_column(default="")
    cause_en: Mapped[str] = mapped_column(default="")
    solution_zh: Mapped[str] = mapped_column(default="")
    solution_en: Mapped[str] = mapped_column(default="")
    tags: Mapped[list[str]] = mapped_column(Json, default=list)


class SolvedTerm(Base):
    """A term by which a solved problem is found (see `knowledge.terms`)."""

    __tablename__ = "solved_term"
    problem_id: Mapped[int] = mapped_column(BigId, ForeignKey("solved_problem.id"), primary_key=True)
    term: Mapped[str] = mapped_column(primary_key=True, index=True)


class SolvedFeedback(Base):
    """What somebody said of a solved problem offered for an incident: it helped, or it did not fit."""

    __tablename__ = "solved_feedback"
    __table_args__ = (UniqueConstraint("problem_id", "incident_id", "person_id"),)
    id: Mapped[Id]
    problem_id: Mapped[int] = mapped_column(BigId, ForeignKey("solved_problem.id"))
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    helped: Mapped[bool]
    at: Mapped[datetime]
