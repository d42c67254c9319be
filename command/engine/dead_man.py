"""The dead-man signal: a monitor outside expects a request every so often and raises an alarm when none comes.

It leaves only while every cycle of the engine goes round and succeeds, so that an engine that lives but does not work is silent."""

import time
import urllib.request
from collections.abc import Callable, Iterable
from http.client import HTTPException
from typing import Protocol

import structlog

from command.engine.pace import Paces

log = structlog.get_logger()
NAME = "dead_man"
LATE = 120.0
"""Seconds beyond its own pace after which a cycle that has not come to the end of a round is late."""
TIMEOUT = 5.0
"""Seconds the monitor has to answer."""


class Cycle(Protocol):
    """What is asked of a cycle of the engine."""

    @property
    def name(self) -> str: ...
    @property
    def every(self) -> float: ...
    @property
    def alive(self) -> Callable[[], float] | None: ...


def late(cycles: Iterable[Cycle], paces: Paces, at: float) -> list[str]:
    """The cycles that keep the signal back at `at` (time.monotonic): not once round yet, failed the last time, or late."""
    return [cycle.name for cycle in cycles if not _well(cycle, paces, at)]


def _well(cycle: Cycle, paces: Paces, at: float) -> bool:
    if cycle.alive is not None and at - cycle.alive() <= LATE:
        return True
    since = paces.since_success(cycle.name, at)
    return since is not None and since <= cycle.every + LATE


def send(url: str) -> bool:
    """Ask for `url`; whether the monitor took it. Its address is a secret and in no log."""
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
            status: int = answer.status
    except (OSError, HTTPException, ValueError) as error:
        log.warning("dead_man.not_taken", error=type(error).__name__, seconds=round(time.monotonic() - begun, 1))
        return False
    return 200 <= status < 300
