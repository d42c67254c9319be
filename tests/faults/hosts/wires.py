"""The cables between hosts: each part in a network namespace of its own where the machine allows, and between the parts relays in user
space, which delay what passes or hold it back as a cut cable does: without a word to either side.

Whatever is made here ends with the process that made it, also when that is killed: namespaces and cables are held by children that read
from a pipe, and end when it is closed."""

import asyncio
import contextlib
import os
import socket
import subprocess
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

PIECE = 1 << 16


def free_port(host: str) -> int:
    """A port nobody listens on just now."""
    with socket.socket() as one:
        one.bind((host, 0))
        port: int = one.getsockname()[1]
        return port


@dataclass
class Relay:
    """What comes in at `host:port` goes on to `target`. `delay` seconds pass before each piece. While it is cut nothing passes on lines
    that stand, without a word to either side, and new ones are refused."""

    host: str
    port: int
    target: tuple[str, int]
    delay: float = 0.0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    listens: asyncio.Server | None = None

    async def mend(self) -> None:
        """Listen, and let what was held back pass."""
        if self.listens is None:
            self.listens = await asyncio.start_server(self._accept, self.host, self.port, backlog=2048)
        self.open.set()

    async def cut(self) -> None:
        self.open.clear()
        if self.listens is not None:
            self.listens.close()
            self.listens = None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _alive(writer.get_extra_info("socket"))
        try:
            there = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        await asyncio.gather(self._pass(reader, there[1]), self._pass(there[0], writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(PIECE):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self.open.wait()
                writer.write(piece)
                await writer.drain()
        with contextlib.suppress(OSError):
            await self.open.wait()
            writer.close()


def _alive(line: socket.socket) -> None:
    """Ask a line as the server behind the relay would, whom the relay's own kernel always answers (see command.core.database.LINE)."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in ((socket.TCP_KEEPIDLE, 5), (socket.TCP_KEEPINTVL, 2), (socket.TCP_KEEPCNT, 3)):
        line.setsockopt(socket.IPPROTO_TCP, option, value)


class Host:
    """Where a part runs: `prefix` goes before its command, `address` is its own, and `plugged` says whether its cable is."""

    def __init__(self, address: str, prefix: tuple[str, ...] = (), cable: str = "") -> None:
        self.address, self.prefix, self._cable = address, prefix, cable
        self.relays: list[Relay] = []

    @property
    def alone(self) -> bool:
        """Whether it has a network of its own."""
        return bool(self._cable)


class Wires:
    """All cables of a test. `address` is where what everybody reaches listens: the database, the provider, the front door."""

    def __init__(self, *, namespaces: bool) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._held: list[subprocess.Popen[bytes]] = []
        self._name = f"tcs{os.getpid()}"
        self._net = f"10.231.{os.getpid() % 250 + 1}"
        self.apart = namespaces and self._bridge()
        self.address = f"{self._net}.1" if self.apart else "127.0.0.1"
        self._hosts = 0

    def _bridge(self) -> bool:
        """A switch that is taken away when this process ends; False where nobody may make one."""
        if not _run("ip", "link", "add", self._name, "type", "bridge"):
            return False
        gone = f"cat >/dev/null; ip link del {self._name}"
        self._held.append(subprocess.Popen(["sh", "-c", gone], stdin=subprocess.PIPE, start_new_session=True))
        made = _run("ip", "addr", "add", f"{self._net}.1/24", "dev", self._name)
        return made and _run("ip", "link", "set", self._name, "up") and _run("unshare", "-n", "true")

    def host(self) -> Host:
        """A host of its own; without namespaces this one."""
        if not self.apart:
            return Host("127.0.0.1")
        self._hosts += 1
        cable, address = f"{self._name}h{self._hosts}", f"{self._net}.{self._hosts + 1}"
        holder = subprocess.Popen(
            ["unshare", "-n", "sh", "-c", "echo; cat >/dev/null"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._held.append(holder)
        assert holder.stdout is not None
        holder.stdout.readline()
        inside = ("nsenter", "-t", str(holder.pid), "-n")
        for command in (
            ("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", str(holder.pid)),
            ("ip", "link", "set", cable, "master", self._name, "up"),
            (*inside, "ip", "addr", "add", f"{address}/24", "dev", "eth0"),
            (*inside, "ip", "link", "set", "eth0", "up"),
            (*inside, "ip", "link", "set", "lo", "up"),
        ):
            assert _run(*command), command
        return Host(address, inside, cable)

    def relay(self, host: Host, target: tuple[str, int]) -> Relay:
        """A relay of a host, on this side of its cable."""
        made = Relay(self.address, free_port(self.address), target)
        self._do(made.mend())
        host.relays.append(made)
        return made

    def cut(self, host: Host) -> None:
        """Pull a host's cable: nothing passes, and nobody is told."""
        if host.alone:
            assert _run("ip", "link", "set", host._cable, "down")
        for relay in host.relays:
            self._do(relay.cut())

    def mend(self, host: Host) -> None:
        """Plug it in again, and let all pass at full speed."""
        for relay in host.relays:
            relay.delay = 0.0
            self._do(relay.mend())
        if host.alone:
            assert _run("ip", "link", "set", host._cable, "up")

    def slow(self, host: Host, seconds: float) -> None:
        """Let each piece that passes a host's relays take so long."""
        for relay in host.relays:
            relay.delay = seconds

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        for held in reversed(self._held):
            assert held.stdin is not None
            held.stdin.close()
            held.wait(10)


def _run(*command: str) -> bool:
    """Whether a command could be run and said yes."""
    with contextlib.suppress(OSError):
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    return False
