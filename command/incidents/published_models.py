"""Plans that were published here."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, Id


class PublishedPlan(Base):
    """A version of a plan that new incidents follow while it is in force, as canonical `content` with its `digest`; both never change.
    Once withdrawn nothing new follows it."""

    __tablename__ = "published_plan"
    __table_args__ = (UniqueConstraint("code", "version"),)
    id: Mapped[Id]
    code: Mapped[str]
    version: Mapped[int]
    kind: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    content: Mapped[str]
    published_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
