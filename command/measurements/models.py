"""Measurement series, their points, what hangs on them in incidents, and what they propose."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise

_OPEN = text("state = 'open'")


class Series(Base):
    """One figure of a service in an area, such as the share of attach requests that succeed. `below`: low values are the bad ones.

    It is bad once it has been beyond `bad` for `bad_minutes`, and good again beyond `recover` for `recover_minutes`; between two points
    there may be `gap_minutes` at most, for a gap is no evidence. `low` and `high` are what is physically possible. Nobody is affected at
    `none_at`, everybody at `all_at`, and a share of `users` (null: the subscribers of the service in the area) in between. `state` stays
    as it is until points say otherwise."""

    __tablename__ = "measurement_series"
    __table_args__ = (CheckConstraint("state IN ('unknown', 'good', 'bad')", name="state"),)
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    service_id: Mapped[int] = mapped_column(BigId, ForeignKey("service.id"))
    area_id: Mapped[int] = mapped_column(BigId, ForeignKey("area.id"))
    metric: Mapped[str]
    unit: Mapped[str]
    below: Mapped[bool]
    low: Mapped[float | None] = mapped_column(Double)
    high: Mapped[float | None] = mapped_column(Double)
    warn: Mapped[float] = mapped_column(Double)
    bad: Mapped[float] = mapped_column(Double)
    recover: Mapped[float] = mapped_column(Double)
    bad_minutes: Mapped[int]
    recover_minutes: Mapped[int]
    gap_minutes: Mapped[int]
    none_at: Mapped[float] = mapped_column(Double)
    all_at: Mapped[float] = mapped_column(Double)
    users: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(default="unknown")
    state_since: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]


class Point(Base):
    """One measured value; at most one for each instant of a series."""

    __tablename__ = "measurement_point"
    series_id: Mapped[int] = mapped_column(BigId, ForeignKey("measurement_series.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    value: Mapped[float] = mapped_column(Double)
    received_at: Mapped[datetime]


class Tie(OfExercise, Base):
    """A series that counts for an incident: it shows how many `users` are degraded (their `share` of those counted, 0..1), and whether
    service is back. Set aside, it counts no more, for the reason in the note."""

    __tablename__ = "measurement_tie"
    __table_args__ = (UniqueConstraint("incident_id", "series_id"),)
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"))
    series_id: Mapped[int] = mapped_column(BigId, ForeignKey("measurement_series.id"), index=True)
    tied_at: Mapped[datetime]
    users: Mapped[int] = mapped_column(default=0)
    share: Mapped[float] = mapped_column(Double, default=0.0)
    set_aside_at: Mapped[datetime | None]
    set_aside_by: Mapped[str | None]
    reason_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))


class Proposal(OfExercise, Base):
    """A bad series for which no incident is open: open → taken (an incident was opened), dismissed (with a reason), passed (good again)."""

    __tablename__ = "measurement_proposal"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'taken', 'dismissed', 'passed')", name="state"),
        Index("uq_measurement_proposal_open", "series_id", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
    )
    id: Mapped[Id]
    series_id: Mapped[int] = mapped_column(BigId, ForeignKey("measurement_series.id"))
    at: Mapped[datetime]
    bad_since: Mapped[datetime]
    users: Mapped[int]
    share: Mapped[float] = mapped_column(Double)
    state: Mapped[str] = mapped_column(default="open")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    incident_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("incident.id"))
    reason_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
