"""The observation of a repair: one row for each time an incident was restored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, OfExercise

_OPEN = text("ended_at IS NULL")


class Observation(OfExercise, Base):
    """A repair that is watched, from–until. It ends (`outcome`) because it held, somebody ended it, or the fault returned; until then
    `ended_at` is null."""

    __tablename__ = "observation"
    __table_args__ = (
        CheckConstraint("outcome IN ('held', 'ended', 'returned')", name="outcome"),
        Index("uq_observation_open", "incident_id", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
