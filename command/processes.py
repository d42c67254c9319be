"""`tocsin serve`: starts web and engine (and for the demo the simulator and driver) and restarts what dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

import structlog

log = structlog.get_logger()

GRACE_SECONDS = 15.0
BACK_OFF = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
STEADY_SECONDS = 60.0


@dataclass
class Part:
    """One child process. `once` parts are not started again when they end well."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    once: bool = False
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    deaths: int = 0
    restart_at: float = 0.0

    def start(self, output: IO[bytes] | None) -> None:
        environment = {**os.environ, **self.environment}
        self.process = subprocess.Popen([*self.arguments], env=environment, stdout=output, stderr=output)
        self.started = time.monotonic()
        log.info("serve.started", part=self.name, pid=self.process.pid)

    def tend(self, output: IO[bytes] | None) -> None:
        """Start it when it is due; notice its death and set when to start it again."""
        if self.process is None:
            if self.restart_at is not None and time.monotonic() >= self.restart_at:
                self.start(output)
            return
        code = self.process.poll()
        if code is None:
            return
        self.process = None
        if self.once and code == 0:
            self.restart_at = float("inf")
            return
        self.deaths = 0 if time.monotonic() - self.started > STEADY_SECONDS else self.deaths + 1
        wait = BACK_OFF[min(self.deaths, len(BACK_OFF) - 1)]
        self.restart_at = time.monotonic() + wait
        log.warning("serve.died", part=self.name, code=code, restart_in=wait)


def supervise(parts: Sequence[Part], stopping: threading.Event, output: IO[bytes] | None = None) -> None:
    """Keep the parts running until SIGTERM or SIGINT, then stop them, last first, and wait for each. What they say goes to `output`, or
    where this process's own goes."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    while not stopping.wait(0.1):
        for part in parts:
            part.tend(output)
    for part in reversed(parts):
        _end(part)


def _end(part: Part) -> None:
    if part.process is None or part.process.poll() is not None:
        return
    part.process.terminate()
    try:
        part.process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        part.process.kill()
        part.process.wait()


def tocsin(*arguments: str) -> list[str]:
    """The command line of another tocsin process of the same installation."""
    return [sys.executable, "-m", "command.cli", *arguments]
