"""The operator's network: areas, services, elements with their links, subscribers, which elements an incident has cut off, and whom it
concerns though nothing is cut off."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json, OfExercise


class Area(Base):
    """A node of the area tree; level is country, province, prefecture or county. `zone` is its IANA time zone, null that of the
    operator: an import writes into every area what it takes from the areas around it."""

    __tablename__ = "area"
    __table_args__ = (CheckConstraint("level IN ('country','province','prefecture','county')", name="level"),)
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    parent_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("area.id"), index=True)
    level: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    zone: Mapped[str | None]


class AreaPlace(Base):
    """Where an area lies, in degrees (WGS 84): its main town, from and to which help goes."""

    __tablename__ = "area_place"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="on_earth"),
    )
    area_id: Mapped[int] = mapped_column(BigId, ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    latitude: Mapped[float]
    longitude: Mapped[float]


class AreaTravel(Base):
    """Minutes from one area to another, as the operator's matrix gave them; the way back may have a row of its own."""

    __tablename__ = "area_travel"
    __table_args__ = (CheckConstraint("minutes BETWEEN 1 AND 10080", name="minutes"),)
    from_id: Mapped[int] = mapped_column(BigId, ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    to_id: Mapped[int] = mapped_column(BigId, ForeignKey("area.id", ondelete="CASCADE"), primary_key=True, index=True)
    minutes: Mapped[int]


class AreaShape(Base):
    """The outline of an area for maps, as the operator's GeoJSON gave it, simplified: rings of [longitude, latitude] in degrees."""

    __tablename__ = "area_shape"
    area_id: Mapped[int] = mapped_column(BigId, ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    rings: Mapped[list[list[list[float]]]] = mapped_column(Json)


class Service(Base):
    """A service subscribers use. `bit` is its place (0–62) in the service masks of elements and subscribers."""

    __tablename__ = "service"
    __table_args__ = (CheckConstraint("bit BETWEEN 0 AND 62", name="bit"),)
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    bit: Mapped[int] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    critical: Mapped[bool] = mapped_column(default=False)


class Element(Base):
    """A network element. `services` is the mask of services it carries for subscribers it serves; a core element is where paths end."""

    __tablename__ = "element"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    area_id: Mapped[int] = mapped_column(BigId, ForeignKey("area.id"), index=True)
    core: Mapped[bool] = mapped_column(default=False)
    services: Mapped[int] = mapped_column(BigId, default=0)


class Link(Base):
    """A link between two elements, walked both ways; a_id < b_id. Imported from the up-links of elements."""

    __tablename__ = "link"
    __table_args__ = (CheckConstraint("a_id < b_id", name="order"),)
    a_id: Mapped[int] = mapped_column(BigId, ForeignKey("element.id", ondelete="CASCADE"), primary_key=True)
    b_id: Mapped[int] = mapped_column(BigId, ForeignKey("element.id", ondelete="CASCADE"), primary_key=True, index=True)


class Subscriber(Base):
    """A user of the network: encrypted number, its blind index, language, the element that serves them, mask of services.

    `app` is the ciphertext of what the carrier's app knows them by (null: they have no app), `app_index` its blind index, by which an
    import sees that it has not changed. `reference` is what the operator's billing knows the subscriber by, empty where no import told it:
    another one for the same number means that the number was given to somebody else."""

    __tablename__ = "subscriber"
    __table_args__ = (Index("ix_subscriber_element_id_id", "element_id", "id"),)
    id: Mapped[Id]
    number: Mapped[bytes] = mapped_column(LargeBinary)
    number_index: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    language: Mapped[str] = mapped_column(default="zh")
    element_id: Mapped[int] = mapped_column(BigId, ForeignKey("element.id"))
    services: Mapped[int] = mapped_column(BigId)
    tariff_plan: Mapped[str] = mapped_column(default="")
    critical: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="", server_default="")
    app: Mapped[bytes | None] = mapped_column(LargeBinary)
    app_index: Mapped[bytes | None] = mapped_column(LargeBinary)


class TariffPlan(Base):
    """A tariff plan that some subscriber was ever imported with, so that it can be chosen by its name and need not be known by heart."""

    __tablename__ = "tariff_plan"
    name: Mapped[str] = mapped_column(primary_key=True)


class CutOff(OfExercise, Base):
    """An element cut off (failed, or with no path to a core left) by an incident, from–until. Open while `until_at` is null."""

    __tablename__ = "cut_off"
    __table_args__ = (
        Index("ix_cut_off_incident_id_element_id", "incident_id", "element_id"),
        Index(
            "ix_cut_off_open",
            "element_id",
            postgresql_where=text("until_at IS NULL"),
            sqlite_where=text("until_at IS NULL"),
        ),
        Index(
            "uq_cut_off_open",
            "incident_id",
            "element_id",
            unique=True,
            postgresql_where=text("until_at IS NULL"),
            sqlite_where=text("until_at IS NULL"),
        ),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId)
    element_id: Mapped[int] = mapped_column(BigId, ForeignKey("element.id"))
    failed: Mapped[bool]
    services: Mapped[int] = mapped_column(BigId)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]


class Concerned(OfExercise, Base):
    """A subscriber whom an incident concerns though no element of theirs is cut off (a tariff, a leak), from–until. Open while `until_at`
    is null. `passed_to_id`: the incident into which this one was merged, which concerns them from then on."""

    __tablename__ = "concerned"
    __table_args__ = (Index("ix_concerned_subscriber_id", "subscriber_id"),)
    incident_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(BigId, ForeignKey("subscriber.id"), primary_key=True)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    passed_to_id: Mapped[int | None] = mapped_column(BigId)
