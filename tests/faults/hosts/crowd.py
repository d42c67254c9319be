"""Board clients by the hundred, each doing what static/board.js does: the state over HTTP, then the socket; it drops what it knows, asks
at a gap, fetches again when told, opens its line anew after two missed beats, and knows how old it is."""

import asyncio
import contextlib
import json
import random
import threading
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import aiohttp

NAMESPACE = "/board,"
STALE, QUIET = 10.0, 20.0
"""Seconds without a word after which a board shows its age, and after which a socket is given up by its own pings."""


@dataclass
class Seat:
    """One person's board. `heard` is when it was last told that it is up to date (monotonic seconds)."""

    number: int
    stream: str = ""
    seq: int = -1
    cards: dict[str, str] = field(default_factory=dict)
    heard: float = 0.0
    opened: float = 0.0
    opens: int = 0
    asked: float = 0.0

    @property
    def age(self) -> float:
        return time.monotonic() - self.heard

    @property
    def live(self) -> bool:
        """Whether it shows itself as live: no age stands on it."""
        return self.age < STALE

    def put(self, message: dict[str, Any]) -> None:
        for name, html in message["cards"].items():
            if html is None:
                self.cards.pop(name, None)
            else:
                self.cards[name] = html


@lru_cache(maxsize=64)
def read(text: str) -> Any:
    """An event and its data; what a hundred clients are told alike is read once. Nobody may change it."""
    return json.loads(text[len(f"42{NAMESPACE}") :])


class Crowd:
    """`size` seats at one address, in a thread of their own."""

    def __init__(self, url: str, token: str, size: int) -> None:
        self.url, self.size = url, size
        self.headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self.seats = [Seat(number) for number in range(size)]
        self._loop = asyncio.new_event_loop()
        self._tasks: list[asyncio.Task[None]] = []
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._all(),), daemon=True)
        self._thread.start()

    def behind(self, stream: str, seq: int) -> list[Seat]:
        """Those who do not show what the journal held at `seq`, or do not know that they do."""
        return [each for each in self.seats if each.stream != stream or each.seq < seq or not each.live]

    def live(self) -> int:
        return sum(each.live for each in self.seats)

    def leave(self) -> None:
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join(30)

    def _end(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _all(self) -> None:
        self._gate = asyncio.Semaphore(40)
        async with aiohttp.ClientSession(
            headers=self.headers, connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=10)
        ) as session:
            self._tasks = [asyncio.create_task(self._sit(session, seat)) for seat in self.seats]
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _sit(self, session: aiohttp.ClientSession, seat: Seat) -> None:
        """Connect, and connect again whatever ends it, after up to four seconds as the page does."""
        wait = 1.0
        while True:
            with contextlib.suppress(
                aiohttp.ClientError, OSError, TimeoutError, ValueError, TypeError
            ):  # the last: it was closed
                if await self._fetched(session, seat):
                    await self._live(session, seat)
                    wait = 1.0
            await asyncio.sleep(wait * random.uniform(0.5, 1.5))
            wait = min(2.5, 2 * wait)

    async def _fetched(self, session: aiohttp.ClientSession, seat: Seat) -> bool:
        return seat.seq >= 0 or await self._fetch(session, seat)

    async def _fetch(self, session: aiohttp.ClientSession, seat: Seat) -> bool:
        async with self._gate, session.get(f"{self.url}/board/state/command?lang=en") as answer:
            if answer.status != 200:
                return False
            state = await answer.json()
        seat.stream, seat.seq, seat.cards = state["stream"], state["seq"], {}
        seat.put(state)
        seat.heard = time.monotonic()
        return True

    async def _live(self, session: aiohttp.ClientSession, seat: Seat) -> None:
        address = f"{self.url}/socket.io/?EIO=4&transport=websocket"
        asked = {"room": "command", "stream": seat.stream, "after": seat.seq, "language": "en"}
        async with self._gate:
            line = await asyncio.wait_for(session.ws_connect(address, max_msg_size=0, autoclose=False), 5)
        try:
            await asyncio.wait_for(line.receive_str(), 5)
            await line.send_str(f"40{NAMESPACE}{json.dumps(asked)}")
            early = []  # what is told before the line is confirmed is read after it, as the page's client does
            while not (told := await asyncio.wait_for(line.receive_str(), QUIET)).startswith(f"40{NAMESPACE}"):
                if told.startswith(f"44{NAMESPACE}"):
                    return
                early.append(told)
            seat.opened, seat.opens, seat.asked = time.monotonic(), seat.opens + 1, 0.0
            for each in early:
                await self._hear(session, line, seat, each)
            while time.monotonic() - max(seat.heard, seat.opened) < STALE:
                with contextlib.suppress(TimeoutError):
                    message = await line.receive(timeout=1)
                    if message.type != aiohttp.WSMsgType.TEXT or message.data.startswith(f"44{NAMESPACE}"):
                        return
                    await self._hear(session, line, seat, message.data)
        finally:
            line._response.close()  # type: ignore[union-attr]  # at once: nobody says farewell over a line that is cut

    async def _hear(
        self, session: aiohttp.ClientSession, line: aiohttp.ClientWebSocketResponse, seat: Seat, text: str
    ) -> None:
        if text == "2":
            await line.send_str("3")
        if not text.startswith(f"42{NAMESPACE}"):
            return
        event, data = read(text)
        if event == "refetch" or (event in ("update", "beat") and data["stream"] != seat.stream):
            await self._fetch(session, seat)
        elif event == "update":
            await self._update(line, seat, data)
        elif event == "beat" and data["seq"] > seat.seq:
            await self._ask(line, seat)
        elif event == "beat":
            seat.heard = time.monotonic()

    async def _update(self, line: aiohttp.ClientWebSocketResponse, seat: Seat, data: dict[str, Any]) -> None:
        if data["seq"] > seat.seq:
            if data["after"] > seat.seq:
                await self._ask(line, seat)
                return
            seat.seq = data["seq"]
            seat.put(data)
        seat.heard = time.monotonic()

    async def _ask(self, line: aiohttp.ClientWebSocketResponse, seat: Seat) -> None:
        if time.monotonic() - seat.asked < 1:
            return
        seat.asked = time.monotonic()
        await line.send_str(f"42{NAMESPACE}" + json.dumps(["ask", {"stream": seat.stream, "after": seat.seq}]))
