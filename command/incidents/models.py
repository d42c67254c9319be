"""Incidents: what happened, how bad it is, who commands, what is to be done by when."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.claims import Claimable
from command.core.columns import Base, BigId, Id, Json, OfExercise

KINDS = ("natural_disaster", "network_fault", "service_interruption", "complaint_surge", "information_security")
PERSON = "person"
"""The source of incidents that somebody reported by hand; others are born of alarms and go on by themselves."""
_OPEN = text("summed IS 0 AND exercise IS 0")
_OPEN_PG = text("summed IS false AND exercise IS false")
"""Written as queries ask for it: an index over a part of a table serves who names that part."""


class Incident(OfExercise, Base):
    """One emergency. States and their transitions are in `incidents.lifecycle`; `tier` 1 is the highest, 4 the lowest.

    `users_*` count subscribers once; `user_minutes` is the sum up to `measured_at`. Free texts are notes. `overruled` are the grading
    rules a person overruled when they lowered the tier; `request_key` makes a repeated report the same report. `parent_id` is the incident
    of which this one is a part, handled on its own; an incident that was merged is handled with the other. `root_cause` and `cause` are
    codes of config/causes.yaml, `third_party` says that it came from somebody else's side; they are known when somebody has looked.
    `summed` says that a summary of insights holds what it adds to figures; whatever is journaled of it afterwards takes that back."""

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint("tier BETWEEN 1 AND 4", name="tier"),
        Index("ix_incident_state_id", "state", "id"),
        Index("ix_incident_reported_at", "reported_at"),
        Index("ix_incident_open", "reported_at", postgresql_where=_OPEN_PG, sqlite_where=_OPEN),
    )
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    state: Mapped[str]
    tier: Mapped[int]
    current_tier: Mapped[int]
    projected_tier: Mapped[int]
    rules: Mapped[list[str]] = mapped_column(Json)
    overruled: Mapped[list[str]] = mapped_column(Json, default=list)
    response_level: Mapped[int | None]
    area_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("area.id"))
    source: Mapped[str]
    summary_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    feedback_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    measures_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    cause_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    effect_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    improvement_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    scope_known: Mapped[bool] = mapped_column(default=False)
    restricted: Mapped[bool] = mapped_column(default=False)
    occurred_at: Mapped[datetime | None]
    detected_at: Mapped[datetime]
    reported_at: Mapped[datetime]
    assessed_at: Mapped[datetime | None]
    responding_at: Mapped[datetime | None]
    located_at: Mapped[datetime | None]
    fault_class: Mapped[str | None]
    root_cause: Mapped[str | None]
    cause: Mapped[str | None]
    third_party: Mapped[bool] = mapped_column(default=False)
    quiet_at: Mapped[datetime | None]
    recovering_since: Mapped[datetime | None]
    restored_at: Mapped[datetime | None]
    reviewing_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    eta: Mapped[datetime | None]
    commander_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    commander_since: Mapped[datetime | None]
    owner_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    merged_into_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(BigId, index=True)
    playbook_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("playbook_version.id"))
    users_now: Mapped[int] = mapped_column(default=0)
    users_peak: Mapped[int] = mapped_column(default=0)
    users_projected: Mapped[int] = mapped_column(default=0)
    user_minutes: Mapped[float] = mapped_column(default=0.0)
    measured_at: Mapped[datetime | None]
    records_leaked: Mapped[int] = mapped_column(BigId, default=0)
    complaints: Mapped[int] = mapped_column(default=0)
    request_key: Mapped[str | None] = mapped_column(unique=True)
    summed: Mapped[bool] = mapped_column(default=False, server_default=false())


class PlaybookVersion(Base):
    """A version of a playbook as it was when first used; a running incident keeps it whatever happens to the files."""

    __tablename__ = "playbook_version"
    __table_args__ = (UniqueConstraint("code", "version", "digest"),)
    id: Mapped[Id]
    code: Mapped[str]
    version: Mapped[int]
    digest: Mapped[str]
    content: Mapped[str]
    first_used_at: Mapped[datetime]


class Impact(OfExercise, Base):
    """Users of a service in an area who lost it (outage) or have it worse (degradation), from–until; open while `until_at` is null."""

    __tablename__ = "impact"
    __table_args__ = (CheckConstraint("kind IN ('outage','degradation')", name="kind"),)
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    service_id: Mapped[int] = mapped_column(BigId, ForeignKey("service.id"))
    area_id: Mapped[int] = mapped_column(BigId, ForeignKey("area.id"))
    kind: Mapped[str] = mapped_column(default="outage")
    users: Mapped[int]
    share: Mapped[float]
    declared: Mapped[bool] = mapped_column(default=False)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]


class AffectedArea(OfExercise, Base):
    """Subscribers of an area whom an incident's cut-offs leave without some service now, each counted once, whatever they have lost.
    `share` (0..1) is of all subscribers of the area, as counted then."""

    __tablename__ = "affected_area"
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), primary_key=True)
    area_id: Mapped[int] = mapped_column(BigId, ForeignKey("area.id"), primary_key=True)
    users: Mapped[int]
    share: Mapped[float]


class GradeChange(OfExercise, Base):
    """A grade an incident was given: by which rules, by whom, why."""

    __tablename__ = "grade_change"
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    at: Mapped[datetime]
    tier: Mapped[int]
    current_tier: Mapped[int]
    projected_tier: Mapped[int]
    rules: Mapped[list[str]] = mapped_column(Json)
    by: Mapped[str]
    reason_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))


class AlertSeen(OfExercise, Base):
    """Somebody in the room has seen that an incident is of tier I or II: the sound stops for everybody until it grows graver."""

    __tablename__ = "alert_seen"
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    tier: Mapped[int]
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))


class Task(OfExercise, Base):
    """One thing a department has to do. waiting (for those in `after`) → open → done | skipped. `owner_id` is who has promised to do it,
    since they took it or it was handed over to them."""

    __tablename__ = "task"
    __table_args__ = (UniqueConstraint("incident_id", "code"),)
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"))
    code: Mapped[str]
    department: Mapped[str]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    detail_zh: Mapped[str] = mapped_column(default="")
    detail_en: Mapped[str] = mapped_column(default="")
    after: Mapped[list[str]] = mapped_column(Json)
    risky: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    owner_id: Mapped[int | None] = mapped_column(BigId, index=True)


class IncidentClock(OfExercise, Claimable, Base):
    """A time limit that runs: running → met | breached (breached stays breached, met late or not). It is void once the incident was
    cancelled or merged."""

    __tablename__ = "incident_clock"
    __table_args__ = (
        UniqueConstraint("incident_id", "code"),
        Index("ix_incident_clock_due", "state", "due_at"),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"))
    code: Mapped[str]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    met_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="running")


class Role(OfExercise, Base):
    """Who holds a role in an incident, from–until; command is one of them, so a transfer of command leaves both rows.

    A role that was handed over has its briefing, and `accepted_at` once whoever got it has said that they have it."""

    __tablename__ = "role"
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    role: Mapped[str]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    briefing_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    accepted_at: Mapped[datetime | None]


class Named(OfExercise, Base):
    """Somebody who may know of a restricted incident, beside its owner and whoever holds a role in it or was paged for it.

    `why`: group (of the echelon, when it was reported), lead (answers for information security), keeper (restricted it),
    added, looked_in. With `until_at` they may know of it no more, paged or not; a role that they hold counts all the same."""

    __tablename__ = "named"
    __table_args__ = (
        UniqueConstraint("incident_id", "person_id"),
        CheckConstraint("why IN ('group','lead','keeper','added','looked_in')", name="why"),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"))
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    why: Mapped[str]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]


class Objective(OfExercise, Base):
    """What the commander wants to reach next. open → met | dropped, and back while the incident lasts; its words are a note."""

    __tablename__ = "objective"
    __table_args__ = (CheckConstraint("state IN ('open','met','dropped')", name="state"),)
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    state: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
