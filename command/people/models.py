"""People, their posts, emergency groups, API tokens and sign-in attempts."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from command.core.columns import Base, BigId, Id, Json


class Person(Base):
    """Someone who works with Tocsin. `number` is encrypted; `number_index` is its blind index. `epoch` ends sessions when it grows."""

    __tablename__ = "person"
    id: Mapped[Id]
    username: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    department: Mapped[str | None]
    area_code: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="zh")
    theme: Mapped[str] = mapped_column(default="dark")
    zone: Mapped[str | None]
    number: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_index: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    password_hash: Mapped[str | None]
    epoch: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    posts: Mapped[list["PersonPost"]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class PersonPost(Base):
    """A post a person holds: commander, deputy, duty_officer, engineer, customer_service_agent, resource_manager, trainer, auditor,
    administrator."""

    __tablename__ = "person_post"
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    post: Mapped[str] = mapped_column(primary_key=True)


class EmergencyGroup(Base):
    """The emergency group of one echelon (country, province, prefecture, county) and area (R4)."""

    __tablename__ = "emergency_group"
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    echelon: Mapped[str]
    area_code: Mapped[str]


class GroupMember(Base):
    """Who holds a duty in a group: rank 0 is the holder, 1 the first deputy, and so on."""

    __tablename__ = "group_member"
    __table_args__ = (UniqueConstraint("group_id", "duty", "rank"),)
    id: Mapped[Id]
    group_id: Mapped[int] = mapped_column(BigId, ForeignKey("emergency_group.id", ondelete="CASCADE"))
    duty: Mapped[str]
    rank: Mapped[int]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)


class ApiToken(Base):
    """A token of a person or of a machine source. Only its SHA-256 is kept. `scopes` are permissions, or `*` for all of the person's."""

    __tablename__ = "api_token"
    id: Mapped[Id]
    name: Mapped[str]
    person_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(Json)
    source: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class Limit(Base):
    """How often something was tried in a window, shared by all processes: sign-ins per name and address, hook failures, public look-ups."""

    __tablename__ = "limit_window"
    key: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class EndedSession(Base):
    """A browser's session that was signed out before its time; kept until it would have ended by itself."""

    __tablename__ = "ended_session"
    id: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)


class BreakGlass(Base):
    """A sealed code that lets a locked-out person in, once. Only its SHA-256 is kept; `used_at` also ends one that was replaced."""

    __tablename__ = "break_glass"
    id: Mapped[Id]
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    sealed_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
