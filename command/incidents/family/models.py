"""Which incident was part of which, and when."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise


class Kinship(OfExercise, Base):
    """An incident was part of another, from–until; `incident.parent_id` says the same of now. `minutes_until` are the user-minutes that
    the child had when it left, so that coming back counts none of them twice."""

    __tablename__ = "kinship"
    id: Mapped[Id]
    child_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    parent_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    by: Mapped[str]
    minutes_until: Mapped[float | None]
