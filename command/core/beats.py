"""Heartbeats of engines, for the board's system card and for readiness."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base


class EngineBeat(Base):
    """An engine process and when it last went round; `cycle` is the slowest cycle of that round, in milliseconds."""

    __tablename__ = "engine_beat"
    engine: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    slowest: Mapped[str] = mapped_column(default="")
    slowest_ms: Mapped[int] = mapped_column(default=0)
