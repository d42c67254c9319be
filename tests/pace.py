"""Limits in seconds that hold on any machine: what is timed is compared with a fixed piece of work timed beside it.

A core that others share makes the same work cost twice the CPU time; a limit in plain seconds then fails for what nobody changed."""

import time
from collections.abc import Callable
from typing import Any

import orjson

UNIT = 0.010
"""Seconds `_work` takes on a quiet core of the machine the figures of docs/operate/speed.md are from."""


def _work() -> None:
    """What requests are made of: rows made, sorted, gathered, written down."""
    rows: list[dict[str, Any]] = [{"id": n, "name": f"incident {n}", "at": n * 7919 % 10_007} for n in range(10_000)]
    rows.sort(key=lambda row: (row["at"], row["name"]))
    found: dict[int, int] = {}
    for row in rows:
        found[row["id"] % 97] = found.get(row["id"] % 97, 0) + row["at"]
    orjson.dumps(rows)


def paced(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Seconds `work` would take on that machine, by a clock of CPU time or of the wall."""
    before = _seconds(_work, clock)
    took = _seconds(work, clock)
    return took / (before + _seconds(_work, clock)) * 2 * UNIT


def _seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    begun = clock()
    work()
    return clock() - begun
