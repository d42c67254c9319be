"""Heartbeats of engines, for the board's system card, for readiness and for monitoring; what a process counts in between."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, Json


class EngineBeat(Base):
    """An engine process and when it last went round; `slowest` is the slowest cycle of that round, in milliseconds.

    `cycles` tells of each cycle since the engine began: `rounds`, those after which there was more to do at once (`busy`) and those that
    `failed`, `seconds` in all, of the `last` round and of the `worst` of the last five minutes. `gateways` holds how many calls of each
    gateway came to which outcome since then: accepted, failed, retried or unknown; `traffic` the same of the last ten minutes, by slices of
    SLICE seconds, and how often each of a gateway's codes came in them (see Outcomes.lately).
    `links` tells of the connections that stand between calls: by gateway, what each is for, its kind, whether it stands, what is under way
    by it and what ended it last."""

    __tablename__ = "engine_beat"
    engine: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    slowest: Mapped[str] = mapped_column(default="")
    slowest_ms: Mapped[int] = mapped_column(default=0)
    cycles: Mapped[dict[str, dict[str, Any]]] = mapped_column(Json, default=dict, server_default="{}")
    gateways: Mapped[dict[str, dict[str, int]]] = mapped_column(Json, default=dict, server_default="{}")
    traffic: Mapped[dict[str, list[list[Any]]]] = mapped_column(Json, default=dict, server_default="{}")
    links: Mapped[dict[str, list[dict[str, Any]]]] = mapped_column(Json, default=dict, server_default="{}")


SLICE, SLICES = 10, 60
"""Seconds of a slice, and how many are remembered: ten minutes."""
CODE = "code:"


class Outcomes:
    """How many calls of each gateway came to which outcome in this process, since it began (these only grow), and lately."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}
        self._slices: dict[str, deque[tuple[int, Counter[str]]]] = {}
        self._lock = threading.Lock()

    def add(self, gateway: str, outcomes: Iterable[str], codes: Iterable[str] = ()) -> None:
        """Count outcomes of a gateway, and the codes it gave for what failed."""
        given = Counter(outcomes)
        with self._lock:
            self._counts.setdefault(gateway, Counter()).update(given)
            lately = self._slice(gateway)
            lately.update(given)
            lately.update(CODE + code for code in codes)

    def hear(self, gateway: str, what: str, code: str | None) -> None:
        """Count what a gateway told later of a message it had accepted, with its code: it is lately that this counts."""
        with self._lock:
            self._slice(gateway).update([what, *([CODE + code] if code else [])])

    def _slice(self, gateway: str) -> Counter[str]:
        now = int(time.time()) // SLICE
        slices = self._slices.setdefault(gateway, deque(maxlen=SLICES))
        if not slices or slices[-1][0] != now:
            slices.append((now, Counter()))
        return slices[-1][1]

    def lately(self) -> dict[str, list[list[Any]]]:
        """By gateway: [slice, counts by outcome and by CODE + code], a slice being seconds since 1970 by SLICE, the oldest first."""
        oldest = int(time.time()) // SLICE - SLICES
        with self._lock:
            return {
                gateway: [[when, dict(counts)] for when, counts in slices if when > oldest]
                for gateway, slices in self._slices.items()
            }

    def told(self) -> dict[str, dict[str, int]]:
        """The counts so far, by gateway."""
        with self._lock:
            return {gateway: dict(counts) for gateway, counts in self._counts.items()}


OUTCOMES = Outcomes()
"""Of this process: the line that sends counts here, the heartbeat tells it."""


class Links:
    """The standing connections of this process, asked of whoever holds them at each heartbeat."""

    def __init__(self) -> None:
        self._tell: Callable[[], dict[str, list[dict[str, Any]]]] = dict

    def told_by(self, tell: Callable[[], dict[str, list[dict[str, Any]]]]) -> None:
        """Ask `tell` from now on."""
        self._tell = tell

    def told(self) -> dict[str, list[dict[str, Any]]]:
        """By gateway, each connection."""
        return self._tell()


LINKS = Links()
"""Of this process: who listens at gateways names itself here, the heartbeat asks."""
