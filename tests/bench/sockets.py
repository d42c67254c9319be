"""Many board clients in one process: just enough Engine.IO and Socket.IO over aiohttp to join a room and count what comes."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp

CONNECT = "40/board,"
EVENT = "42/board,"


@dataclass
class Crowd:
    """`size` clients of one server, each in the room its auth asks for."""

    url: str
    auth: dict[str, Any]
    headers: dict[str, str]
    size: int
    joined: int = 0
    received: int = 0
    last_at: float = 0.0
    tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    async def join(self, session: aiohttp.ClientSession) -> None:
        """Connect everybody, a few at a time."""
        gate = asyncio.Semaphore(50)
        self.tasks = [asyncio.create_task(self._live(session, gate, n)) for n in range(self.size)]
        deadline = time.monotonic() + 120
        while self.joined < self.size:
            await asyncio.sleep(0.05)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.joined} of {self.size} clients joined")

    async def leave(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _live(self, session: aiohttp.ClientSession, gate: asyncio.Semaphore, number: int) -> None:
        async with gate:
            address = f"{self.url}/socket.io/?EIO=4&transport=websocket"
            socket = await session.ws_connect(address, headers=self.headers, max_msg_size=0)
            await socket.receive()
            await socket.send_str(CONNECT + json.dumps(self.auth))
            while not (await socket.receive_str()).startswith(CONNECT):
                pass
            self.joined += 1
        async for message in socket:
            text = message.data
            if text == "2":
                await socket.send_str("3")
            elif text.startswith(EVENT + '["update"'):
                self.received += 1
                self.last_at = time.monotonic()
                self.heard(number, text, self.last_at)

    def heard(self, client: int, text: str, at: float) -> None:
        """Called for each update a client gets; who measures more than the rate looks into it."""
