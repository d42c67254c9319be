"""Sending: lease, announce, call, write, on four lines that do not wait for each other, until nothing is due.

Database work runs in threads while calls are under way on the gateways' loop. Any number of engines may do this at once on one
database; what makes it right is the claim and the fence, not this code."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy import ColumnElement, Row
from sqlalchemy.orm import Session

from command.core import clock
from command.core.beats import OUTCOMES
from command.core.installation import Installation
from command.messages import breakers, claiming, holds, limits, quota, results, road_orders, routes, routing, second
from command.messages.channel import Channel
from command.messages.choosing import AreasOf, Choosing, no_areas
from command.messages.chunk import Chunk
from command.messages.claiming import LINES, Line, Text
from command.messages.gateways import Gateways
from command.messages.handlers import Handlers
from command.messages.holds import NOTHING, Held
from command.messages.models import State
from command.messages.permits import Permits
from command.messages.quota import Grant, Unused
from command.messages.results import Health, Result
from command.messages.road_orders import Orders
from command.messages.routing import AS_SET, Order
from notifiers.base import Channel as Kind
from notifiers.base import Verdict

log = structlog.get_logger()
T = TypeVar("T")
OUTCOME = {
    Verdict.ACCEPTED: "accepted",
    Verdict.REJECTED: "failed",
    Verdict.STOP: "failed",
    Verdict.RETRY: "retried",
    Verdict.DOUBTFUL: "unknown",
}
"""What the metrics call what became of a call."""
CutOff = Callable[[Session], frozenset[str]]

ACTOR = "system:deliver"
LEASED_AT_ONCE, ANNOUNCED_AT_ONCE = 600, 160
"""Rows in one claim, and calls announced in one window: a kill leaves at most two windows and the calls under way in doubt."""
SECONDS_AHEAD = 4
"""Seconds of a gateway's rate that are leased or announced ahead."""
POLL, LOOK = 0.1, 0.5
"""Seconds between two looks for due rows while another line works; seconds for which the gateways' state is believed."""
NO_ROAD_WAIT, PAGE_NO_ROAD_WAIT = 30.0, 5.0
"""Seconds a notice, and a page, waits for a road that can carry it."""
HELD_LOOK = 5.0
"""Seconds between two looks for what expires while messages are held: it reads all that waits."""


def nothing_cut_off(session: Session) -> frozenset[str]:
    """No element is cut off."""
    return frozenset()


class Sender:
    """Sends what is due. `cut_off` names the elements now cut off, so that gateways that depend on them are no road; `areas_of` tells where
    subscribers are, for rules about areas. `looked_at` is when it last looked for what is due, or how the gateways stand (seconds of
    time.monotonic): while it sends it does so twice a second."""

    def __init__(
        self,
        installation: Installation,
        gateways: Gateways,
        handlers: Handlers,
        cut_off: CutOff = nothing_cut_off,
        areas_of: AreasOf = no_areas,
        table: routing.Table | None = None,
    ) -> None:
        self._house, self._gateways, self._handlers, self._cut_off = installation, gateways, handlers, cut_off
        self._choosing = Choosing(routing.table() if table is None else table, installation.keyring, areas_of)
        limited = installation.database.sqlite
        self._chunks = {name: Chunk(most, limited) for name, most in _SIZES.items()}
        self._threads = {
            pages: ThreadPoolExecutor(3, thread_name_prefix="pages" if pages else "notices") for pages in (True, False)
        }
        self._channels: dict[tuple[Line, str], Channel] = {}
        self._permits: dict[tuple[bool, str], Permits] = {}
        self._texts: dict[int, Text] = {}
        self._looked = float("-inf")
        self.looked_at = float("-inf")
        self._offers: list[routes.Offer] = []
        self._lost: frozenset[str] = frozenset()
        self._held: Mapping[bool, Held] = {}
        self._ordered = Orders()
        self._expired: dict[Line, float] = {}
        self._idle: set[Line] = set()
        self._over = False
        self._stop: Callable[[], bool] = bool
        self._called = 0

    def run(self, stop: Callable[[], bool] = bool) -> bool:
        """Send until nothing is due or `stop()` is true; return whether anything was called.

        Stopping hands back what was leased or announced and waits for the calls under way. One run at a time."""
        with self._house.database.read() as session:
            due = claiming.any_due(session)
        if not due:
            self.looked_at = time.monotonic()
            return False
        return self._gateways.run(self._run(stop))

    def close(self) -> None:
        """End the threads."""
        for threads in self._threads.values():
            threads.shutdown(wait=True)

    async def _run(self, stop: Callable[[], bool]) -> bool:
        self._stop, self._idle, self._called, self._looked = stop, set(), 0, float("-inf")
        self._over = False
        lines = [asyncio.create_task(self._send(line)) for line in LINES]
        try:
            await asyncio.gather(*lines)
        finally:
            self._stop = lambda: True
            await asyncio.gather(*lines, return_exceptions=True)
            await asyncio.gather(*(channel.stop() for channel in self._channels.values()))
            await self._give_back_permits()
        return self._called > 0

    async def _send(self, line: Line) -> None:
        """Work one line until all lines are idle. They end together: a line that went before the others would not see what falls due
        while they are still at work, and a page would wait for the end of a mass notice."""
        while not (self._stop() or self._over):
            if await self._step(line):
                self._idle.discard(line)
                continue
            if any(channel.busy for (own, _), channel in self._channels.items() if own == line):
                await asyncio.sleep(0.01)
                continue
            self._idle.add(line)
            if len(self._idle) == len(LINES):
                self._over = True
                return
            await asyncio.sleep(POLL)

    async def _step(self, line: Line) -> bool:
        """Lease and announce one batch; False when nothing of the line can be called now."""
        offers, cut_off = await self._look()
        if await self._turn(
            line, routes.dead([each for each in line.channels if each in second.TURNING], offers, cut_off)
        ):
            return True
        closed = () if line.pages else routes.closed(line.exercise, offers, cut_off)
        held = self._holding(line)
        waiting = await self._read(line, partial(claiming.waiting, line=line, closed=closed, held=held))
        if not waiting and not (closed or (held.mass and self._time_to_expire(line))):
            return False
        road = routes.leading(line.pages, line.exercise, offers, cut_off, line.channels)
        if not waiting or not road.gateways:
            return await self._expire(line)
        size = min(self._chunks["lease"].size, max(1, self._rate(road.gateways[0]) * SECONDS_AHEAD))
        lease = partial(claiming.lease, line=line, limit=size, closed=closed, held=held)
        leased = await self._write(line, "lease", size, lease)
        try:
            await self._announce_all(line, leased)
        except BaseException:
            log.error("leased rows left to the sweep", line=line.name, count=len(leased))
            raise
        return bool(leased)

    async def _turn(self, line: Line, dead: Sequence[Kind]) -> bool:
        """Turn notices of channels by which nothing can leave now to their other road; False where there was none to turn."""
        roads = self._handlers.roads
        if not dead or roads is None:
            return False

        def due(session: Session) -> ColumnElement[bool]:
            return line.turning(dead, clock.now(session))

        if not await self._read(line, lambda session: second.waiting(session, due(session))):
            return False
        size = second.TURNED_AT_ONCE
        return await self._write(line, "announce", size, lambda s: second.turn_waiting(s, due(s), roads)) > 0

    def _holding(self, line: Line) -> Held:
        """What is held of a line; of pages nothing ever is."""
        return NOTHING if line.pages else self._held.get(line.exercise, NOTHING)

    def _time_to_expire(self, line: Line) -> bool:
        if time.monotonic() - self._expired.get(line, float("-inf")) < HELD_LOOK:
            return False
        self._expired[line] = time.monotonic()
        return True

    async def _expire(self, line: Line) -> bool:
        """No road, or not every one, is open: end what has outlived its validity meanwhile, so that every row comes to an end."""
        work = partial(claiming.lease_expired, line=line, limit=self._chunks["lease"].size)
        if not await self._read(line, partial(claiming.expired_waiting, line=line)):
            return False
        gone = await self._write(line, "lease", len(self._channels), work)
        await self._write(
            line, "announce", len(gone), lambda s: claiming.end(s, gone, State.EXPIRED, "validity_over", self._handlers)
        )
        return bool(gone)

    async def _announce_all(self, line: Line, leased: Sequence[Row[Any]]) -> None:
        await self._learn_texts(line, {row.body_id for row in leased})
        orders = await self._orders(line, leased)
        if orders:
            alike: dict[tuple[int, routes.Needs, Order], list[Row[Any]]] = {}
            for row in leased:
                alike.setdefault((row.lane, self._needs(row), orders[row.id]), []).append(row)
            leased = [row for key in sorted(alike, key=lambda key: key[0]) for row in alike[key]]
        await self._announce_in_order(line, deque(leased), orders)

    async def _announce_in_order(self, line: Line, leased: deque[Row[Any]], orders: Mapping[int, Order]) -> None:
        while leased:
            offers, cut_off = await self._look()
            if self._stop() or not routes.leading(line.pages, line.exercise, offers, cut_off, line.channels).gateways:
                break
            if claiming.on_hold(leased[0], self._holding(line)):
                break  # a hold that began meanwhile: what is leased goes back, and is leased again without what is held
            needs, order = self._needs(leased[0]), orders.get(leased[0].id, AS_SET)
            route = routes.choose(line.lane, line.exercise, offers, cut_off, needs, order)
            window = self._take(leased, orders, self._window(route))
            if route.gateways:
                await self._announce(line, window, route.gateways[0])
            else:
                await self._no_road(line, window, route)
        if leased:
            rest = list(leased)
            await self._write(line, "announce", len(rest), lambda session: claiming.give_back(session, rest))

    def _window(self, route: routes.Route) -> int:
        size = self._chunks["announce"].size
        if not route.gateways:
            return size
        return max(1, min(size, self._rate(route.gateways[0]) * SECONDS_AHEAD))

    def _rate(self, gateway: str) -> int:
        """Messages a second that a gateway takes, or to which somebody slowed it."""
        rate = self._gateways.roads[gateway].settings.rate
        return min(rate, self._ordered.rates.get(gateway, rate))

    def _needs(self, row: Row[Any]) -> routes.Needs:
        return self._texts[row.body_id].by(row)

    async def _orders(self, line: Line, leased: Sequence[Row[Any]]) -> Mapping[int, Order]:
        """What rules and people say of the roads of each delivery; nothing where they say nothing."""
        if line.exercise or not self._choosing.any(self._ordered):
            return {}
        areas = await self._read(line, partial(self._choosing.ask, leased=leased))
        return self._choosing.orders(leased, areas, self._ordered)

    def _take(self, leased: deque[Row[Any]], orders: Mapping[int, Order], most: int) -> list[Row[Any]]:
        """The first ones that want the same and go the same way."""
        needs, order = self._needs(leased[0]), orders.get(leased[0].id, AS_SET)
        taken: list[Row[Any]] = []
        while leased and len(taken) < most and self._needs(leased[0]) == needs:
            if orders.get(leased[0].id, AS_SET) != order:
                break
            taken.append(leased.popleft())
        return taken

    async def _announce(self, line: Line, window: list[Row[Any]], gateway: str) -> None:
        channel = self._channel(line, gateway)
        await channel.room(max(1, len(window) // 2))
        if self._stop() or channel.tripped:
            self._looked = float("-inf")
            await self._write(line, "announce", len(window), lambda session: claiming.give_back(session, window))
            return
        work = partial(
            claiming.announce,
            leased=window,
            gateway=gateway,
            bodies=self._texts,
            keyring=self._house.keyring,
            handlers=self._handlers,
        )
        calls = await self._write(line, "announce", len(window), work)
        self._called += len(calls)
        channel.put(calls)

    async def _no_road(self, line: Line, window: list[Row[Any]], route: routes.Route) -> None:
        reason = "; ".join(f"{name} {why}" for name, why in route.skipped)
        log.warning("no road", line=line.name, count=len(window), skipped=reason)
        if route.ever:
            closed = routes.closed(line.exercise, *await self._look())
            soon = 0.0 if window[0].channel in closed else NO_ROAD_WAIT
            work = partial(claiming.give_back, leased=window, wait=PAGE_NO_ROAD_WAIT if line.pages else soon)
        else:
            work = partial(second.no_road, leased=window, handlers=self._handlers)
        await self._write(line, "announce", len(window), work)

    def _channel(self, line: Line, gateway: str) -> Channel:
        channel = self._channels.get((line, gateway))
        if channel is None:
            road = self._gateways.roads[gateway]
            share = self._house.settings.pages_share
            channel = Channel(
                line, road, self._permits_of(line, gateway), self._settle, lambda: self._stop(), pages_share=share
            )
            self._channels[line, gateway] = channel
        channel.start()
        return channel

    def _permits_of(self, line: Line, gateway: str) -> Permits:
        road = self._gateways.roads[gateway]
        cap = road.capabilities.daily_cap
        share = self._house.settings.pages_share
        senders = limits.senders(road)

        async def lease(want: int, unused: Unused | None) -> Grant:
            channel = self._channels[line, gateway]
            now_rate = max(1, int(self._rate(gateway) * channel.pace.share))
            work = partial(
                quota.lease,
                gateway=gateway,
                want=want,
                rate=now_rate,
                pages=line.pages,
                pages_share=share,
                daily_cap=cap,
                senders=senders,
                unused=unused,
            )
            return await self._write(line, "quota", 1, work)

        return self._permits.setdefault((line.pages, gateway), Permits(lease, limits.at_once(road)))

    async def _give_back_permits(self) -> None:
        """What was leased and not used is the day's again: an engine that has nothing more to send keeps nothing from the others."""
        for (pages, gateway), permits in self._permits.items():
            if not limits.counted(self._gateways.roads[gateway]) or (unused := permits.unused()) is None:
                continue
            line = next(each for each in LINES if each.pages == pages)
            try:
                await self._write(line, "quota", 1, partial(quota.give_back, gateway=gateway, unused=unused))
            except Exception as error:
                log.error("permits not given back", gateway=gateway, error=type(error).__name__)

    async def _settle(self, channel: Channel, done: Sequence[Result]) -> Health:
        health = Health(channel.failures, False)
        size = self._chunks["settle"].size
        for start in range(0, len(done), size):
            part = done[start : start + size]
            work = partial(
                results.settle,
                gateway=channel.road.name,
                results=part,
                handlers=self._handlers,
                keyring=self._house.keyring,
                known_failures=health.failures,
            )
            made = await self._write(channel.line, "settle", len(part), work)
            came = [outcome for _, outcome in part if outcome is not None]
            codes = (outcome.code for outcome in came if outcome.code and outcome.verdict != Verdict.ACCEPTED)
            _tell(channel, part)
            OUTCOMES.add(channel.road.name, (OUTCOME[outcome.verdict] for outcome in came), codes)
            health = Health(made.failures, made.stopped or health.stopped)
        return health

    async def _look(self) -> tuple[list[routes.Offer], frozenset[str]]:
        """How the gateways stand and what is cut off, asked at most every LOOK seconds."""
        if time.monotonic() - self._looked > LOOK:
            known, self._lost, self._held, self._ordered = await self._read(LINES[0], self._ask)
            self._looked = self.looked_at = time.monotonic()
            self._offers = [
                routes.Offer(name, can, known[name].stopped, known[name].open, known[name].used)
                for name, road in self._gateways.roads.items()
                for can in (road.capabilities, *road.besides)
            ]
            for (line, name), channel in self._channels.items():
                lost = not self._lost.isdisjoint(channel.road.capabilities.elements)
                spent = routes.spent(known[name].used, channel.road.capabilities.daily_cap)
                spent = spent and not self._permits[line.pages, name].in_hand
                channel.failures = known[name].failures
                channel.tripped = known[name].open or bool(known[name].stopped) or lost or spent
                if channel.tripped:
                    channel.hand_back()
        return self._offers, self._lost

    def _ask(
        self, session: Session
    ) -> tuple[dict[str, breakers.Standing], frozenset[str], Mapping[bool, Held], Orders]:
        standing = breakers.standing(session, self._gateways.roads)
        return standing, self._cut_off(session), holds.now(session), road_orders.now(session)

    async def _learn_texts(self, line: Line, ids: set[int]) -> None:
        if len(self._texts) > 10_000:
            self._texts.clear()
        if missing := {id for id in ids if id not in self._texts}:
            able = {name: road.capabilities for name, road in self._gateways.roads.items()}
            self._texts |= await self._read(line, partial(claiming.texts, ids=missing, able=able))

    async def _read(self, line: Line, work: Callable[[Session], T]) -> T:
        def reading() -> T:
            with self._house.database.read() as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._threads[line.pages], reading)

    async def _write(self, line: Line, kind: str, rows: int, work: Callable[[Session], T]) -> T:
        """Run one unit of work in a thread. On SQLite pages ask for the lock as people do, notices yield to them."""

        def timed(session: Session) -> T:
            started = time.thread_time()
            made = work(session)
            self._chunks[kind].took(rows, time.thread_time() - started)
            return made

        writing = partial(self._house.database.write, timed, actor=ACTOR, background=not line.pages)
        return await asyncio.get_running_loop().run_in_executor(self._threads[line.pages], writing)


def _tell(channel: Channel, done: Sequence[Result]) -> None:
    """A line in the log for each matter whose messages were called together: which deliveries, and what became of how many. A line for
    each of a million would be most of the log."""
    by_trace: dict[str, list[Result]] = {}
    for call, outcome in done:
        if outcome is not None:
            by_trace.setdefault(call.message.trace, []).append((call, outcome))
    for trace, mine in by_trace.items():
        log.info(
            "calls",
            trace=trace or None,
            gateway=channel.road.name,
            line=channel.line.name,
            came=dict(Counter(OUTCOME[outcome.verdict] for _, outcome in mine if outcome is not None)),
            deliveries=[call.id for call, _ in mine],
        )


_SIZES = {"lease": LEASED_AT_ONCE, "announce": ANNOUNCED_AT_ONCE, "settle": 200, "quota": 1}
