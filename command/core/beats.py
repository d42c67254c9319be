"""Heartbeats of engines, for the board's system card, for readiness and for monitoring; what a process counts in between."""

import threading
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, Json


class EngineBeat(Base):
    """An engine process and when it last went round; `slowest` is the slowest cycle of that round, in milliseconds.

    `cycles` tells of each cycle since the engine began: `rounds`, those after which there was more to do at once (`busy`) and those that
    `failed`, `seconds` in all, of the `last` round and of the `worst` of the last five minutes. `gateways` holds how many calls of each
    gateway came to which outcome since then: accepted, failed, retried or unknown."""

    __tablename__ = "engine_beat"
    engine: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    slowest: Mapped[str] = mapped_column(default="")
    slowest_ms: Mapped[int] = mapped_column(default=0)
    cycles: Mapped[dict[str, dict[str, Any]]] = mapped_column(Json, default=dict, server_default="{}")
    gateways: Mapped[dict[str, dict[str, int]]] = mapped_column(Json, default=dict, server_default="{}")


class Outcomes:
    """How many calls of each gateway came to which outcome in this process, since it began. They only grow."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}
        self._lock = threading.Lock()

    def add(self, gateway: str, outcomes: Iterable[str]) -> None:
        """Count outcomes of a gateway."""
        with self._lock:
            self._counts.setdefault(gateway, Counter()).update(outcomes)

    def told(self) -> dict[str, dict[str, int]]:
        """The counts so far, by gateway."""
        with self._lock:
            return {gateway: dict(counts) for gateway, counts in self._counts.items()}


OUTCOMES = Outcomes()
"""Of this process: the line that sends counts here, the heartbeat tells it."""
