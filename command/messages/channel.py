"""The calls of one line at one gateway: a window of callers, each result kept until it is written."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import structlog

from command.messages.breakers import THRESHOLD, failed
from command.messages.claiming import PATIENCE, Call, Line
from command.messages.fates import stops_gateway
from command.messages.gateways import Road
from command.messages.pace import Pace
from command.messages.permits import Permits
from command.messages.results import Health, Result
from notifiers.base import Message, Outcome, Verdict

log = structlog.get_logger()

LEAST_PAGE_WINDOW = 4
GATHER, PAGE_GATHER = 0.06, 0.01
"""Seconds results of notices, and of pages, are gathered before they are written together: a transaction costs more than its rows."""
WRITE_TRIES = 5


class Channel:
    """Announced calls go in by `put`; `write` is given results to commit and says how the gateway stands.

    `stopping` makes it hand back what has not begun; calls under way are always awaited."""

    def __init__(
        self,
        line: Line,
        road: Road,
        permits: Permits,
        write: Callable[["Channel", Sequence[Result]], Awaitable[Health]],
        stopping: Callable[[], bool],
        *,
        pages_share: float,
    ) -> None:
        window = road.settings.window
        self.line, self.road = line, road
        self.gateway = road.gateway(line.pages)
        self.pace = Pace(max(LEAST_PAGE_WINDOW, int(window * pages_share)) if line.pages else window)
        self.failures = 0
        self.tripped = False
        self.in_hand = 0
        self._failing = 0
        self._permits, self._write, self._stopping = permits, write, stopping
        self._queue: asyncio.Queue[tuple[Call, float]] = asyncio.Queue()
        self._results: list[Result] = []
        self._news, self._room = asyncio.Event(), asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def width(self) -> int:
        """Calls that may be under way now: one while a broken gateway is being probed."""
        return 1 if self.failures >= THRESHOLD else self.pace.window

    @property
    def busy(self) -> bool:
        """Whether something announced here has no written result yet, and will have one: where results could not be written time and again
        the rest is left to the sweep."""
        return bool(self.in_hand and self._tasks and not self._tasks[-1].done())

    def start(self) -> None:
        """Start the callers; a second start does nothing."""
        if not self._tasks:
            callers = [self._caller(place) for place in range(self.pace.most)]
            self._tasks = [asyncio.create_task(work) for work in (*callers, self._writer())]

    async def stop(self) -> None:
        """Wait until every result is written, then end the callers."""
        while self.busy:
            await asyncio.sleep(0.01)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def room(self, size: int) -> None:
        """Wait until fewer than `size` announced calls wait here."""
        while self._queue.qsize() >= size and not self._stopping():
            self._room.clear()
            await self._room.wait()

    def put(self, calls: Sequence[Call]) -> None:
        """Take calls whose intent is committed."""
        self.in_hand += len(calls)
        now = time.monotonic()
        for call in calls:
            self._queue.put_nowait((call, now))

    def hand_back(self) -> None:
        """Return what was announced here and has not begun: another road may take it at once. Calls under way are awaited."""
        while not self._queue.empty():
            call, _ = self._queue.get_nowait()
            self._results.append((call, None))
        self._room.set()
        self._news.set()

    async def _caller(self, place: int) -> None:
        while True:
            while place >= self.width:
                await asyncio.sleep(0.05)
            call, announced = await self._queue.get()
            self._room.set()
            outcome = await self._call(call.message, announced)
            self._results.append((call, outcome))
            self._news.set()

    async def _call(self, message: Message, announced: float) -> Outcome | None:
        sender = await self._may_begin(announced + PATIENCE)
        if sender is None:
            return None
        try:
            outcome = await self.gateway.send(replace(message, sender=sender) if sender else message)
        except Exception as error:
            log.error("gateway failed", gateway=self.road.name, error=type(error).__name__)
            outcome = Outcome(Verdict.DOUBTFUL, code="error", detail=type(error).__name__)
        self._heed(outcome)
        return outcome

    def _heed(self, outcome: Outcome) -> None:
        """Slow down or stop at once; the other engines learn it when the results are written."""
        self._failing = self._failing + 1 if failed(outcome) else 0
        if self._failing >= THRESHOLD or stops_gateway(outcome):
            self.tripped = True
        if outcome.verdict == Verdict.ACCEPTED:
            self.pace.accepted(time.monotonic())
        elif outcome.code == "20429" or outcome.retry_after is not None:
            self.pace.throttled(time.monotonic(), outcome.retry_after)

    async def _may_begin(self, deadline: float) -> str | None:
        """By which sender of the gateway a call may begin now; None: not in time, or not any more."""
        while (now := time.monotonic()) < min(self.pace.pause_until, deadline) and not self._stopping():
            await asyncio.sleep(min(0.1, self.pace.pause_until - now))
        if self._over():
            return None
        try:
            return await self._permits.take(deadline, self._over)
        except Exception as error:
            log.error("no permit", gateway=self.road.name, error=type(error).__name__)
            return None

    def _over(self) -> bool:
        return self.tripped or self._stopping()

    async def _writer(self) -> None:
        while True:
            await self._news.wait()
            await asyncio.sleep(PAGE_GATHER if self.line.pages else GATHER)
            self._news.clear()
            results, self._results = self._results, []
            await self._written(results)

    async def _written(self, results: Sequence[Result]) -> None:
        """Commit results, trying again: results that are lost here would have to be asked for one by one."""
        for attempt in range(1, WRITE_TRIES + 1):
            try:
                health = await self._write(self, results)
                break
            except Exception as error:
                log.error("results not written", gateway=self.road.name, count=len(results), error=type(error).__name__)
                if attempt == WRITE_TRIES:
                    self.in_hand -= len(results)
                    raise
                await asyncio.sleep(0.2 * 2**attempt)
        self.failures = health.failures
        self.tripped = self.tripped or health.stopped or health.failures >= THRESHOLD
        self.in_hand -= len(results)
