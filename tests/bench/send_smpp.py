"""How fast messages leave over SMPP: the whole engine against a bare aiosmpplib loop with the same window, one bind each, to one SMSC that
answers at once. Values are messages a second; the median round of three counts."""

import asyncio
import contextlib
import itertools
import logging
import struct
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aiosmpplib import ESME, PhoneNumber, SubmitSm
from aiosmpplib.correlator import SimpleCorrelator
from aiosmpplib.hook import AbstractHook
from aiosmpplib.protocol import SubmitSmResp

from command.core import log
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import new_key, parse
from command.core.settings import GatewaySettings, Settings
from command.messages.gateways import Gateways
from command.messages.handlers import Handlers
from command.messages.sender import Sender
from tests.bench import send

WINDOW = 64
SYSTEM, PASSWORD = "tocsin", "secret"
RESP, BIND, SUBMIT = 0x80000000, (0x1, 0x2, 0x9), 0x4


class _Session(asyncio.Protocol):
    """One bind: every request has its answer, a submit the next id; no receipt is sent."""

    ids = itertools.count(1)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.rest = transport, b""

    def data_received(self, data: bytes) -> None:
        self.rest += data
        answers = []
        while len(self.rest) >= 16:
            length, command, _, sequence = struct.unpack_from(">LLLL", self.rest)
            if len(self.rest) < length:
                break
            self.rest = self.rest[length:]
            if command < RESP:
                answers.append(self.answer(command, sequence))
        self.transport.write(b"".join(answers))  # type: ignore[attr-defined]

    def answer(self, command: int, sequence: int) -> bytes:
        body = b"%d\0" % next(self.ids) if command == SUBMIT else b"smsc\0" if command in BIND else b""
        return struct.pack(">LLLL", 16 + len(body), RESP | command, 0, sequence) + body


def _serve(port: Any) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(_Session, "127.0.0.1", 0)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())


def smsc() -> contextlib.AbstractContextManager[int]:
    """The port of an SMSC in a process of its own."""
    return send.serving(_serve)


class _Quick(SimpleCorrelator):  # type: ignore[misc]
    """The stock one looks through all that waits for a receipt at every message, which grows with the square of their number."""

    async def _remove_expired(self) -> None: ...


class _Counted(AbstractHook):  # type: ignore[misc]
    """Gives a place in the window back with each answer."""

    def __init__(self, count: int) -> None:
        self.left, self.over, self.window = count, asyncio.Event(), asyncio.Semaphore(WINDOW)

    async def sending(self, *_: Any) -> None: ...

    async def received(self, smpp_message: Any, pdu: bytes, client_id: str) -> None:
        if isinstance(smpp_message, SubmitSmResp):
            self.window.release()
            self.left -= 1
            if not self.left:
                self.over.set()

    async def send_error(self, smpp_message: Any, error: Exception, client_id: str) -> None:
        raise error


def bare(port: int, count: int, correlator: type[SimpleCorrelator] = SimpleCorrelator) -> float:
    """Messages a second of a loop that fills aiosmpplib's queue as the window allows."""

    async def loop() -> float:
        hook = _Counted(count)
        esme = ESME(
            *("127.0.0.1", port, SYSTEM, PASSWORD), hook=hook, correlator=correlator("bench"), log_level=logging.ERROR
        )
        running = asyncio.create_task(esme.start())
        started = time.perf_counter()
        for index in range(count):
            await hook.window.acquire()
            text = SubmitSm(
                short_message=send.TEXT,
                source=PhoneNumber(send.SENDER),
                destination=PhoneNumber(send.number(index)),
                encoding="ucs2",
                log_id=str(index),
            )
            await esme.broker.enqueue(text)
        await hook.over.wait()
        rate = count / (time.perf_counter() - started)
        await esme.stop()
        await running
        return rate

    return asyncio.run(loop())


class Engine(send.Engine):
    """A whole outbox on one database, sending over one bind."""

    def __init__(self, url: str, port: int, folder: Path) -> None:
        gateway = GatewaySettings(
            name="smpp",
            transport="smpp",
            host="127.0.0.1",
            port=port,
            username=SYSTEM,
            password=PASSWORD,
            sender=send.SENDER,
            rate=100_000,
            window=WINDOW,
        )
        settings = Settings(env="test", data=folder, database_url=url, gateways=(gateway,))
        self.keyring = parse(new_key())
        self.database = Database(url)
        self.installation = Installation(settings, self.database, self.keyring)
        self.gateways = Gateways(self.installation)
        self.sender = Sender(self.installation, self.gateways, Handlers())
        self.notice = 0


def run(messages: int = 3000, rounds: int = 3) -> Iterator[dict[str, Any]]:
    """`send_smpp` on both databases, against aiosmpplib as it is and without what it does in vain; goal ≥ 0.7 ×."""
    log.configure()
    with smsc() as port, send.databases() as urls:
        for name, url in urls.items():
            engine = Engine(url, port, Path(tempfile.gettempdir()))
            engine.send(500)
            for against, correlator in (("", SimpleCorrelator), (" against a loop without its search", _Quick)):
                pairs = []
                for _ in range(rounds):
                    baseline = bare(port, messages, correlator)
                    pairs.append((engine.send(messages), baseline))
                value, baseline = sorted(pairs, key=lambda pair: pair[0] / pair[1])[(rounds - 1) // 2]
                yield send.figure(f"send_smpp {name}{against}", value, baseline, 0.7)
            engine.close()
