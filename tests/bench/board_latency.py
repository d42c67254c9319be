"""`board_latency`: from a commit to 300 clients of the command board, 20 changes a second, under gevent and on PostgreSQL, against a bare
Flask-SocketIO emit of the same packet to the same clients at the same rate.

Three processes, as in life: the server, whoever writes, and the clients. All of one machine, so one monotonic clock is common to them."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from command.core.settings import Settings
from tests.bench.board import _line, _server
from tests.bench.ground import ground
from tests.bench.sockets import Crowd
from tests.boards.stage import Stage

CLIENTS, RATE, SECONDS = 300, 20, 20
GOAL_TIMES, GOAL_PLUS = 3, 200.0
_SEQ = re.compile(r'"seq":(\d+)')
_AT = re.compile(r'"sent_at":([0-9.]+)')


@dataclass
class Watchers(Crowd):
    """Clients that note what came when: (seq, monotonic seconds) of each update, and the delay of each bare packet."""

    arrivals: dict[int, list[tuple[int, float]]] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)

    def heard(self, client: int, text: str, at: float) -> None:
        if sent := _AT.search(text):
            self.delays.append(at - float(sent[1]))
        elif seq := _SEQ.search(text):
            self.arrivals.setdefault(client, []).append((int(seq[1]), at))


def run() -> Iterator[dict[str, Any]]:
    """p99 milliseconds; met within 3 × the bare emit and 200 ms, which is how long changes are gathered into one packet."""
    with ground("postgresql") as made:
        installation = made.copy()
        stage = Stage(installation)
        (installation.settings.data / "token").write_text(stage.token("ada"))
        number = stage.report(elements=["CELL-1"])
        with _server(installation.settings) as server:
            ours, bare = asyncio.run(_measured(server, installation.settings, number))
        made.drop(installation)
    value, baseline = _p99(ours), _p99(bare)
    figures = {"value": round(value, 1), "unit": "ms p99", "baseline": round(baseline, 1)}
    limit = GOAL_TIMES * baseline + GOAL_PLUS
    yield {
        "name": "board_latency",
        **figures,
        "ratio": round(value / baseline, 2),
        "goal": round(limit, 1),
        "met": value <= limit,
    }


async def _measured(
    server: "subprocess.Popen[str]", settings: Settings, number: str
) -> tuple[list[float], list[float]]:
    port = int(await _line(server))
    headers = {"Authorization": f"Bearer {(settings.data / 'token').read_text()}"}
    crowd = Watchers(f"http://127.0.0.1:{port}", {"room": "command", "language": "en"}, headers, CLIENTS)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await crowd.join(session)
        await _ordered(server, "live 0")
        commits = await _written(settings, number)
        await asyncio.sleep(2)  # the last packet is on its way; nothing is waited for but that
        ours = list(_delays(crowd, commits))
        await _ordered(server, f"still {RATE * SECONDS}")
        await asyncio.sleep(2)
        await crowd.leave()
    return ours, crowd.delays


async def _ordered(server: "subprocess.Popen[str]", order: str) -> None:
    assert server.stdin is not None
    server.stdin.write(order + "\n")
    server.stdin.flush()
    await _line(server)


async def _written(settings: Settings, number: str) -> list[tuple[int, float]]:
    """(seq of the board, monotonic seconds) of each commit of a process that changes one incident RATE times a second."""
    given = (settings.url, settings.keys, str(settings.data), number, str(RATE), str(SECONDS))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.board_writer", *given, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("the writer ended with an error")
    lines = [line.split() for line in told.decode().splitlines() if line.startswith("commit ")]
    return [(int(seq), float(at)) for _, seq, at in lines]


def _delays(crowd: Watchers, commits: list[tuple[int, float]]) -> Iterator[float]:
    """For each client and commit: until the first packet that holds it."""
    if len(crowd.arrivals) < CLIENTS:
        raise RuntimeError(f"{CLIENTS - len(crowd.arrivals)} clients heard nothing")
    for arrivals in crowd.arrivals.values():
        at = 0
        for seq, committed in commits:
            while at < len(arrivals) and arrivals[at][0] < seq:
                at += 1
            if at == len(arrivals):
                raise RuntimeError(f"a change ({seq}) never reached a client")
            yield arrivals[at][1] - committed


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)] * 1000
