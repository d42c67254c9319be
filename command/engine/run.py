"""The engine process: APScheduler's in-memory heartbeat runs the cycles. Any number of engines run all of them at once; claims keep
them apart, so nothing depends on which engine leads."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from command.core import clock
from command.core.beats import LINKS, OUTCOMES, EngineBeat
from command.core.installation import Installation
from command.engine.pace import Paces

log = structlog.get_logger()
LOOKED_AHEAD = 3600.0
"""Seconds ahead for which a job of its own is made: clocks may be moved meanwhile, and every round looks again."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """One job of the engine: `run` does a round and says whether there is more; it is asked again after `every` seconds, and at the very
    instant at which something of it is due: `wait` tells in how many seconds that is (None: nothing is)."""

    name: str
    every: float
    run: Callable[[], bool | None]
    wait: Callable[[], float | None] | None = None


class Engine:
    """Runs cycles until stopped; a failing cycle is logged and tried again, the others go on."""

    def __init__(self, installation: Installation, cycles: list[Cycle], stopping: threading.Event) -> None:
        self.installation = installation
        self.cycles = cycles
        self.stopping = stopping
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.slowest: tuple[str, float] = ("", 0.0)
        self.paces = Paces()
        self.scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(len(cycles) + 2)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Begin: the heartbeat first, so that readiness shows as soon as the cycles run."""
        started = self.installation.database.background(self._begin)
        self.scheduler.add_job(self._beat, "interval", seconds=2, args=[started], id="beat")
        for cycle in self.cycles:
            self.scheduler.add_job(self._round, "interval", seconds=cycle.every, args=[cycle], id=cycle.name)
        self.scheduler.start()
        log.info("engine.started", engine=self.name, cycles=[c.name for c in self.cycles])

    def stop(self) -> None:
        """Finish the rounds under way, hand back leases, leave."""
        self.stopping.set()
        self.scheduler.shutdown(wait=True)
        log.info("engine.stopped", engine=self.name)

    def _round(self, cycle: Cycle) -> None:
        try:
            while not self.stopping.is_set():
                if not self._run(cycle):
                    self._look_again(cycle)
                    return
        except SQLAlchemyError as error:
            log.warning("cycle.failed", cycle=cycle.name, error=str(error.__cause__ or error))
        except Exception:
            log.exception("cycle.failed", cycle=cycle.name)

    def _run(self, cycle: Cycle) -> bool:
        """One run of a cycle, its time noted; whether there is more to do."""
        begun, more, failed = time.monotonic(), False, True
        try:
            more, failed = bool(cycle.run()), False
            return more
        finally:
            ended = time.monotonic()
            took = ended - begun
            self.paces.note(cycle.name, took, ended, busy=more, failed=failed)
            if took > self.slowest[1]:
                self.slowest = (cycle.name, took)

    def _look_again(self, cycle: Cycle) -> None:
        """Let a cycle be asked at the instant at which something of it is due too. The job is in memory alone and decides nothing: rows
        do, whichever round looks first."""
        seconds = cycle.wait() if cycle.wait is not None else None
        if seconds is None or seconds >= LOOKED_AHEAD or self.stopping.is_set():
            return
        at = datetime.now(UTC) + timedelta(seconds=max(0.0, seconds))
        self.scheduler.add_job(
            self._round, "date", run_date=at, args=[cycle], id=f"{cycle.name}.due", replace_existing=True
        )

    def _begin(self, session: Session) -> datetime:
        return clock.now(session)

    def _beat(self, started: datetime) -> None:
        slowest, self.slowest = self.slowest, ("", 0.0)

        def work(session: Session) -> None:
            session.merge(
                EngineBeat(
                    engine=self.name,
                    started_at=started,
                    seen_at=clock.now(session),
                    slowest=slowest[0],
                    slowest_ms=round(slowest[1] * 1000),
                    cycles=self.paces.told(time.monotonic()),
                    gateways=OUTCOMES.told(),
                    traffic=OUTCOMES.lately(),
                    links=LINKS.told(),
                )
            )

        try:
            self.installation.database.background(work)
        except SQLAlchemyError as error:
            log.warning("engine.beat", error=str(error.__cause__ or error))


def run(engine: Engine) -> None:
    """Run in the foreground until SIGTERM or SIGINT."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: engine.stopping.set())
    engine.start()
    engine.stopping.wait()
    engine.stop()
