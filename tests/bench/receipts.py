"""`receipts`: signed callbacks taken, believed and durable, against an empty Flask view in the same server process.

The server is gunicorn with the product's own configuration: threads on SQLite, gevent on PostgreSQL. Requests are made ready before
the clock starts and kept connections send them, so that what is measured is the server. Values are requests a second."""

import asyncio
import contextlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
from sqlalchemy import func, select

from command.core.database import Database
from command.core.keys import new_key
from command.core.paths import CONFIG
from command.messages.models import ReceiptIn
from notifiers.simulator.signing import sign
from tests.bench.ground import growth
from tests.bench.send import ACCOUNT, SENDER, TOKEN, databases

EMPTY = "/empty"  # as in receipts_server, which cannot be imported without its settings
GOAL = 0.35
CONNECTIONS = 64
PUBLIC = "https://tocsin.example"
WORKERS = {"sqlite": "gthread", "postgresql": "gevent"}


def run(count: int = 6000, rounds: int = 3) -> Iterator[dict[str, Any]]:
    """The round with the median ratio of three, on both databases."""
    with databases() as urls:
        for name, url in urls.items():
            with served(url, WORKERS[name]) as port:
                _rate(port, _callbacks(300))
                _rate(port, _empty(300))
                before = _stored(url)
                pairs = [(_rate(port, _callbacks(count)), _rate(port, _empty(count))) for _ in range(rounds)]
                assert _stored(url) - before == count * rounds
                tenth = count // 10
                took = tenth / sorted(_rate(port, _callbacks(tenth)) for _ in range(rounds))[rounds // 2]
            value, baseline = sorted(pairs, key=lambda pair: pair[0] / pair[1])[(rounds - 1) // 2]
            ratio = value / baseline
            found = {"value": round(value, 1), "unit": "receipts/s", "baseline": round(baseline, 1)}
            load = round(os.getloadavg()[0], 1)
            yield {
                "name": f"receipts {name}",
                **found,
                "ratio": round(ratio, 3),
                "goal": GOAL,
                "met": ratio >= GOAL,
            } | {"load": load}
            yield growth(f"receipts growth {name}", count / value, took)


@contextlib.contextmanager
def served(url: str, worker: str) -> Iterator[int]:
    """The port of a server of its own process, on this database."""
    gateway = {"name": "twilio", "transport": "twilio", "account_sid": ACCOUNT, "auth_token": TOKEN, "sender": SENDER}
    with socket.socket() as free, tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        given = {
            "TOCSIN_ENV": "test",
            "TOCSIN_DATA": folder,
            "TOCSIN_DATABASE_URL": url,
            "TOCSIN_KEYS": new_key(),
            "TOCSIN_PUBLIC_URL": PUBLIC,
            "TOCSIN_GATEWAYS": orjson.dumps([gateway]).decode(),
            "TOCSIN_BIND": f"127.0.0.1:{port}",
            "TOCSIN_WEB_WORKER": worker,
        }
        command = [sys.executable, "-m", "gunicorn", "-c", str(CONFIG / "gunicorn.conf.py")]
        log = Path(folder) / "server.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*command, "tests.bench.receipts_server:application"],
                env={**os.environ, **given},
                stdout=out,
                stderr=out,
            )
        try:
            _wait(process, port, log)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            _rate(port, _empty(1))
            return
        time.sleep(0.2)
    raise RuntimeError(f"the server did not come up: {log.read_text()[-2000:]}")


def _request(target: str, form: bytes, headers: str = "") -> bytes:
    head = f"POST {target} HTTP/1.1\r\nHost: tocsin.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    return f"{head}{headers}Content-Length: {len(form)}\r\n\r\n".encode() + form


def _form() -> dict[str, str]:
    """What Twilio sends with a status callback."""
    sid = "SM" + secrets.token_hex(16)
    states = {"MessageSid": sid, "SmsSid": sid, "MessageStatus": "delivered", "SmsStatus": "delivered"}
    return states | {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "From": SENDER, "To": "+8612000000000"}


def _callbacks(count: int) -> Sequence[bytes]:
    made = []
    for _ in range(count):
        form, target = _form(), f"/hooks/twilio/twilio/status?attempt={secrets.token_hex(16)}"
        signature = sign(PUBLIC + target, form, TOKEN)
        made.append(_request(target, urlencode(form).encode(), f"X-Twilio-Signature: {signature}\r\n"))
    return made


def _empty(count: int) -> Sequence[bytes]:
    """The same bodies and headers to the empty view."""
    return [one.replace(one.split(b" ", 2)[1], EMPTY.encode(), 1) for one in _callbacks(count)]


def _rate(port: int, requests: Sequence[bytes]) -> float:
    """Requests a second, each answered 204, over CONNECTIONS kept connections."""

    async def loop() -> float:
        left = iter(requests)

        async def send() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for one in left:
                writer.write(one)
                head = await reader.readuntil(b"\r\n\r\n")
                if not head.startswith(b"HTTP/1.1 204"):
                    raise RuntimeError(head.decode("latin-1") + (await reader.read(1000)).decode("utf-8", "replace"))
            writer.close()

        started = time.perf_counter()
        await asyncio.gather(*(send() for _ in range(min(CONNECTIONS, len(requests)))))
        return len(requests) / (time.perf_counter() - started)

    return asyncio.run(loop())


def _stored(url: str) -> int:
    database = Database(url)
    with database.read() as session:
        found = session.scalar(select(func.count()).select_from(ReceiptIn)) or 0
    database.close()
    return found
