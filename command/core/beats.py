"""Heartbeats of engines, for the board's system card, for readiness and for monitoring."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, Json


class EngineBeat(Base):
    """An engine process and when it last went round; `slowest` is the slowest cycle of that round, in milliseconds.

    `cycles` tells of each cycle since the engine began: `rounds`, those of them that found work (`worked`) or failed (`failed`), `seconds`
    in all, of the `last` round and of the `worst` of the last five minutes."""

    __tablename__ = "engine_beat"
    engine: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    slowest: Mapped[str] = mapped_column(default="")
    slowest_ms: Mapped[int] = mapped_column(default=0)
    cycles: Mapped[dict[str, dict[str, Any]]] = mapped_column(Json, default=dict, server_default="{}")
