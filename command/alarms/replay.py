"""Replaying a recording against a running Tocsin, faster than it happened, every time restamped to now."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from command.alarms.caller import Caller
from command.alarms.trace import Said

EVERY = 0.25
"""Seconds from batch to batch."""
LARGEST = 500

Stopping = Callable[[], bool]


def replay(
    said: Sequence[Said],
    caller: Caller,
    *,
    source: str,
    start: float,
    speed: float,
    sent: Callable[[int], None] = lambda _: None,
    stopping: Stopping = lambda: False,
) -> int:
    """Send what a recording says as it becomes due; return how many reports were sent. Raises what the caller raises.

    `start` is the second of the recording that is now, `speed` how many of its seconds pass in one of ours."""
    began = datetime.now(UTC)
    at = 0
    while at < len(said) and not stopping():
        due_until = start + (datetime.now(UTC) - began).total_seconds() * speed
        end = at
        while end < len(said) and end - at < LARGEST and said[end].at <= due_until:
            end += 1
        if end == at:
            time.sleep(min(EVERY, max(0.0, (said[at].at - due_until) / speed)))
            continue
        caller.post("/api/v1/alarms", _batch(said[at:end], source, began, start, speed))
        sent(end - at)
        at = end
        if at < len(said) and said[at].at > due_until:
            time.sleep(EVERY)
    return at


def _batch(said: Sequence[Said], source: str, began: datetime, start: float, speed: float) -> list[dict[str, Any]]:
    return [one.report(source, began + timedelta(seconds=(one.at - start) / speed)) for one in said]
