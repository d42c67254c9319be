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
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from command.core import clock, garbage
from command.core.beats import LINKS, OUTCOMES, EngineBeat
from command.core.installation import Installation
from command.engine import dead_man
from command.engine.pace import Paces

log = structlog.get_logger()
LOOKED_AHEAD = 3600.0
"""Seconds ahead for which a job of its own is made: clocks may be moved meanwhile, and every round looks again."""


SPREAD = 0.2
"""Seconds between the first rounds of two cycles: every cycle goes round soon after the start, and they do not begin all at once."""
REMEMBERED = timedelta(days=1)
"""For which the last heartbeat of an engine that was killed is kept."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """One job of the engine: `run` does a round and says whether there is more; it is asked again after `every` seconds, and at the very
    instant at which something of it is due: `wait` tells in how many seconds that is (None: nothing is). A round that may last for hours
    proves meanwhile that it lives: `alive` is when it last did (seconds of time.monotonic)."""

    name: str
    every: float
    run: Callable[[], bool | None]
    wait: Callable[[], float | None] | None = None
    alive: Callable[[], float] | None = None


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
        at_once = datetime.now(UTC)
        self.scheduler.add_job(self._beat, "interval", seconds=2, args=[started], id="beat", next_run_time=at_once)
        for place, cycle in enumerate(self.cycles):
            first = at_once + timedelta(seconds=min(cycle.every, SPREAD * place))
            self.scheduler.add_job(
                self._round, "interval", seconds=cycle.every, args=[cycle], id=cycle.name, next_run_time=first
            )
        settings = self.installation.settings
        if settings.dead_man_url:
            self.scheduler.add_job(self.tell_outside, "interval", seconds=settings.dead_man_seconds, id=dead_man.NAME)
        self.scheduler.start()
        log.info("engine.started", engine=self.name, cycles=[c.name for c in self.cycles])

    def stop(self) -> None:
        """Finish the rounds under way, which hand back what they leased and wait for calls under way, and leave: whoever asks whether an
        engine goes round is told at once, not once the last heartbeat is old."""
        self.stopping.set()
        self.scheduler.shutdown(wait=True)
        try:
            self.installation.database.background(self._leave)
        except SQLAlchemyError as error:
            log.warning("engine.beat", error=str(error.__cause__ or error))
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

    def tell_outside(self) -> None:
        """Tell the monitor outside that all is well, if it is. A signal kept back or not taken counts as a failed round."""
        begun = time.monotonic()
        late = dead_man.late(self.cycles, self.paces, begun)
        if late:
            log.warning("dead_man.kept_back", cycles=late)
        sent = not late and dead_man.send(self.installation.settings.dead_man_url)
        ended = time.monotonic()
        self.paces.note(dead_man.NAME, ended - begun, ended, failed=not sent)

    def _begin(self, session: Session) -> datetime:
        now = clock.now(session)
        session.execute(delete(EngineBeat).where(EngineBeat.seen_at < now - REMEMBERED))
        return now

    def _leave(self, session: Session) -> None:
        session.execute(delete(EngineBeat).where(EngineBeat.engine == self.name))

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
    garbage.settle()
    engine.start()
    engine.stopping.wait()
    engine.stop()
