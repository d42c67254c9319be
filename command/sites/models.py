"""Sites of the network and how they stand: their power, who may come to them, cables that are damaged, in which order service comes back,
and whether crews may go."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json, OfExercise


class Mains(StrEnum):
    """The power company's supply."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"


class Generator(StrEnum):
    """none: nothing is there; standby: one is there and does not run; running: it carries the site."""

    NONE = "none"
    STANDBY = "standby"
    RUNNING = "running"
    UNKNOWN = "unknown"


class Reach(StrEnum):
    """Whether people can come to a site."""

    REACHABLE = "reachable"
    BLOCKED = "blocked"
    UNSAFE = "unsafe"
    UNKNOWN = "unknown"


class SiteClass(StrEnum):
    """What a site is to the network."""

    CORE = "core"
    AGGREGATION = "aggregation"
    ACCESS = "access"


class Site(Base):
    """A place with elements of the network. `serves` are its marks of priority (`priorities.MARKS`); `battery_minutes` is how long its
    batteries carry it by design. The power company's contact is personal data: the number is encrypted and shown masked."""

    __tablename__ = "site"
    __table_args__ = (
        CheckConstraint("site_class IN ('core','aggregation','access')", name="class"),
        CheckConstraint("battery_minutes IS NULL OR battery_minutes >= 0", name="battery"),
        CheckConstraint(
            "(latitude IS NULL AND longitude IS NULL) OR (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)",
            name="on_earth",
        ),
    )
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    area_id: Mapped[int] = mapped_column(BigId, ForeignKey("area.id"), index=True)
    site_class: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    serves: Mapped[list[str]] = mapped_column(Json, default=list)
    battery_minutes: Mapped[int | None]
    power_company: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    contact_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime]


class SiteElement(Base):
    """An element stands at one site."""

    __tablename__ = "site_element"
    element_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("element.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    site_id: Mapped[int] = mapped_column(BigId, ForeignKey("site.id", ondelete="CASCADE"), index=True)


class SiteStatus(OfExercise, Base):
    """How a site stands now, in life or in exercises: each figure with the instant at which it was measured (`…_at`). `mains_since`: the
    mains are as they are since. A site that has fallen (all its elements have failed) while it was without mains is tied to the
    incident that holds them. `request_id`: the last resource request for a generator."""

    __tablename__ = "site_status"
    __table_args__ = (
        UniqueConstraint("site_id", "exercise"),
        CheckConstraint("mains IN ('on','off','unknown')", name="mains"),
        CheckConstraint("generator IN ('none','standby','running','unknown')", name="generator"),
        CheckConstraint("access IN ('reachable','blocked','unsafe','unknown')", name="access"),
        Index("ix_site_status_mains", "mains", "exercise"),
    )
    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(BigId, ForeignKey("site.id", ondelete="CASCADE"))
    mains: Mapped[str] = mapped_column(default=Mains.UNKNOWN)
    mains_at: Mapped[datetime | None]
    mains_since: Mapped[datetime | None]
    battery_minutes: Mapped[int | None]
    battery_minutes_at: Mapped[datetime | None]
    generator: Mapped[str] = mapped_column(default=Generator.UNKNOWN)
    generator_at: Mapped[datetime | None]
    fuel_hours: Mapped[float | None]
    fuel_hours_at: Mapped[datetime | None]
    access: Mapped[str] = mapped_column(default=Reach.UNKNOWN)
    access_at: Mapped[datetime | None]
    told_fall_at: Mapped[datetime | None]
    fell_at: Mapped[datetime | None]
    incident_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("resource_request.id"))
    changed_at: Mapped[datetime]


class SiteReport(OfExercise, Base):
    """One report of a site's state as it came, whatever came of it. `late` are its fields that were older than what was known."""

    __tablename__ = "site_report"
    __table_args__ = (Index("ix_site_report_site_id_at", "site_id", "at"),)
    id: Mapped[Id]
    site_id: Mapped[int] = mapped_column(BigId, ForeignKey("site.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    actor: Mapped[str]
    said: Mapped[dict[str, Any]] = mapped_column(Json)
    late: Mapped[list[str]] = mapped_column(Json, default=list)


class CableDamage(OfExercise, Base):
    """A damaged cable of an incident: the segment, where it broke (kilometres from its beginning, degrees, or words), and how many of its
    fibres are spliced. `km` is the length that is damaged. What is spliced whole is repaired."""

    __tablename__ = "cable_damage"
    __table_args__ = (
        CheckConstraint("fibres_total > 0 AND fibres_done BETWEEN 0 AND fibres_total", name="fibres"),
        CheckConstraint("km >= 0 AND (break_km IS NULL OR break_km >= 0)", name="lengths"),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    segment_from: Mapped[str]
    segment_to: Mapped[str]
    km: Mapped[float] = mapped_column(default=0.0)
    break_km: Mapped[float | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    place: Mapped[str] = mapped_column(default="")
    fibres_total: Mapped[int]
    fibres_done: Mapped[int] = mapped_column(default=0)
    crew: Mapped[str] = mapped_column(default="")
    eta_at: Mapped[datetime | None]
    found_at: Mapped[datetime]
    repaired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class RestorationLine(OfExercise, Base):
    """What a commander said of a site's turn in an incident: `place` in the order (from 1; null: by rule) and who sees to it."""

    __tablename__ = "restoration_line"
    __table_args__ = (
        UniqueConstraint("incident_id", "site_id"),
        CheckConstraint("place IS NULL OR place > 0", name="place"),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"))
    site_id: Mapped[int] = mapped_column(BigId, ForeignKey("site.id", ondelete="CASCADE"))
    place: Mapped[int | None]
    owner_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    changed_at: Mapped[datetime]


class SafetyDecision(OfExercise, Base):
    """Whether crews of an incident may go: into an area (null: all of the incident), one unit (null: all of them). The newest of one
    scope rules. A go holds until `valid_until`; a no-go until somebody decides anew, and is to be looked at again by then."""

    __tablename__ = "safety_decision"
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    area_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("area.id"))
    unit_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("resource_unit.id"))
    go: Mapped[bool]
    reason_note_id: Mapped[int] = mapped_column(BigId, ForeignKey("note.id"))
    weather_note_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("note.id"))
    valid_until: Mapped[datetime]
    decided_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    decided_at: Mapped[datetime]


class CrewDuty(OfExercise, Base):
    """A crew was on duty from its check-in to its release."""

    __tablename__ = "crew_duty"
    __table_args__ = (Index("ix_crew_duty_unit_id_from_at", "unit_id", "from_at"),)
    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(BigId, ForeignKey("resource_unit.id"))
    allocation_id: Mapped[int] = mapped_column(BigId, ForeignKey("resource_allocation.id"), index=True)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
