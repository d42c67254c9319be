"""`board`: updates from the journal to 1,000 clients under gevent, against a bare Flask-SocketIO emit of the same payload."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp

from command.boards import store
from command.core import schema
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import new_key, parse
from command.core.settings import Settings
from tests.bench.sockets import Crowd
from tests.boards.stage import Stage

CLIENTS = 1_000
ENTRIES = 60
RUNS = 3
GOAL = 0.9


def run() -> Iterator[dict[str, Any]]:
    """Deliveries a second, the median of RUNS; ours and the baseline in turn, to the same clients of the same process."""
    with tempfile.TemporaryDirectory() as folder:
        settings = _prepared(Path(folder))
        with _server(settings) as server:
            ours, bare = asyncio.run(_measured(server, settings))
    rate, baseline = sorted(ours)[RUNS // 2], sorted(bare)[RUNS // 2]
    ratio = round(rate / baseline, 3)
    figures = {"value": round(rate), "unit": "deliveries/s", "baseline": round(baseline), "ratio": ratio}
    yield {"name": "board", **figures, "goal": GOAL, "met": ratio >= GOAL}


def _prepared(folder: Path) -> Settings:
    """An operator whose command board has changed ENTRIES times, each change one row of one incident."""
    url = f"sqlite:///{folder / 'tocsin.db'}"
    settings = Settings(env="test", data=folder, database_url=url, keys=new_key(), quiet_hours=False)
    schema.upgrade(url)
    stage = Stage(Installation(settings, Database(url), parse(settings.keys)))
    (folder / "token").write_text(stage.token("ada"))
    number = stage.report(elements=["CELL-1"])
    cells = (("CELL-1", "CELL-2"), ("CELL-1",))
    for n in range(ENTRIES):
        stage.fail(number, *cells[n % 2])
    with stage.database.read() as session:
        assert store.load(session, "command").state.seq > ENTRIES
    stage.database.close()
    return settings


@contextmanager
def _server(settings: Settings) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.board_server", settings.url, settings.keys, str(settings.data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def _measured(server: "subprocess.Popen[str]", settings: Settings) -> tuple[list[float], list[float]]:
    port = int(await _line(server))
    headers = {"Authorization": f"Bearer {(settings.data / 'token').read_text()}"}
    crowd = Crowd(f"http://127.0.0.1:{port}", {"room": "command", "language": "en"}, headers, CLIENTS)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await crowd.join(session)
        await _rate(server, crowd, "tail")
        rates: dict[str, list[float]] = {"tail": [], "bare": []}
        for _ in range(RUNS):
            for what in rates:
                rates[what].append(await _rate(server, crowd, what))
        await crowd.leave()
    return rates["tail"], rates["bare"]


async def _rate(server: "subprocess.Popen[str]", crowd: Crowd, what: str) -> float:
    """Deliveries a second until the last client has the last packet."""
    crowd.received, wanted = 0, CLIENTS * ENTRIES
    begun = time.monotonic()
    assert server.stdin is not None
    server.stdin.write(f"{what} {ENTRIES}\n")
    server.stdin.flush()
    while crowd.received < wanted:
        await asyncio.sleep(0.01)
        if server.poll() is not None:
            raise RuntimeError("the server process ended")
        if time.monotonic() - begun > 300:
            raise TimeoutError(f"{crowd.received} of {wanted} updates arrived")
    await _line(server)
    return wanted / (crowd.last_at - begun)


async def _line(server: "subprocess.Popen[str]") -> str:
    """The next line that is a figure, read without holding up the clients (the log shares the output)."""
    assert server.stdout is not None
    while True:
        line = (await asyncio.to_thread(server.stdout.readline)).strip()
        if line.replace(".", "", 1).isdigit():
            return line
        if not line:
            raise RuntimeError("the server process ended")
