"""One new alarm a request over HTTP on PostgreSQL, against alerta-server on the same server with the same number of web processes.

The first alarm of each of the recording's problems, through dedupe, correlation and what incidents make of them, is posted by CLIENTS
connections to WEBS `tocsin web`; alerta gets as many of the same over the same number of connections and as many of its workers. Rates
are of whole answers (201 and 202), in alarms a second; the goal is five times alerta's. alerta-server comes from a locked list
(`tests/bench/peers/requirements.txt`) into an environment of its own beside this one."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from rich.progress import Progress

from command import parts
from command.core import schema
from command.core.keys import new_key
from command.core.settings import read
from command.demo import load as demo
from tests.bench.alarms import recording, token
from tests.bench.ground import Ground, growth

GOAL = 5.0
CLIENTS, WEBS = 64, 2
PORT = 18475
PEERS = Path(__file__).parent / "peers" / "requirements.txt"
_STARTS_WITHIN_S = 60.0


def run(alarms: int = 2_000, for_peer: int = 500) -> Iterator[dict[str, Any]]:
    """The figure: alarms a second, and how many times alerta's."""
    said = _new(recording())
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder, ExitStack() as stack:
        ground = Ground("postgresql", Path(folder))
        stack.callback(ground.close)
        url = ground.empty("single")
        ours = _ours(url, Path(folder), said[:alarms])
        few = alarms // 10
        rate_of_few = _ours(ground.empty("few"), Path(folder), said[:few])
        theirs = _alerta(ground.empty("alerta"), Path(folder), said[:for_peer])
    yield {
        "name": "alarms_single",
        "value": round(ours, 1),
        "unit": "alarms/s",
        "baseline": round(theirs, 1),
        "ratio": round(ours / theirs, 2),
        "goal": GOAL,
        "met": ours / theirs >= GOAL,
    }
    yield growth("alarms_single growth", alarms / ours, few / rate_of_few)


def _new(reports: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first report of each problem, in the order of the recording."""
    first: dict[tuple[str, str, str], dict[str, Any]] = {}
    for report in reports:
        if report["severity"] != "cleared":
            first.setdefault((report["element"], report["object"], report["problem"]), report)
    return list(first.values())


def _ours(url: str, folder: Path, reports: Sequence[dict[str, Any]]) -> float:
    environment = {
        "TOCSIN_CONFIG": str(demo.DEMO / "tocsin.toml"),
        "TOCSIN_DATA": str(folder),
        "TOCSIN_DATABASE_URL": url,
        "TOCSIN_KEYS": new_key(),
    }
    os.environ.update(environment)
    schema.upgrade(url)
    installation = parts.open_installation(read())
    with Progress(disable=True) as progress:
        demo.load_network(installation, progress)
    bearer = installation.database.write(token)
    installation.database.close()
    commands = [
        ([sys.executable, "-m", "command.cli", "web"], {"PORT": str(port)}) for port in range(PORT, PORT + WEBS)
    ]
    with _served(commands, range(PORT, PORT + WEBS), "/healthz"):
        headers = {"Authorization": f"Bearer {bearer}"}
        bodies = [json.dumps([report]) for report in reports]
        return _rate(range(PORT, PORT + WEBS), "/api/v1/alarms", headers, bodies)


def _alerta(url: str, folder: Path, reports: Sequence[dict[str, Any]]) -> float:
    python = _environment()
    port = PORT + WEBS
    # Nobody signs in there; ours reads a token for each request.
    settings = {
        "DATABASE_URL": url.replace("postgresql+psycopg", "postgresql"),
        "PLUGINS": "",
        "AUTH_REQUIRED": "False",
    }
    serve = ["-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-w", str(WEBS), "--preload", "--log-level", "critical"]
    with _served([([python, *serve, "alerta.app:create_app()"], settings)], [port], "/management/gtg"):
        bodies = [
            json.dumps(
                {
                    "resource": report["element"],
                    "event": f"{report['problem']}/{report['object']}",
                    "environment": "Production",
                    "service": ["network"],
                    "severity": report["severity"],
                    "text": report["text"],
                    "origin": report["source"],
                }
            )
            for report in reports
        ]
        return _rate([port], "/alert", {}, bodies)


def _environment() -> str:
    """The interpreter of alerta's own environment, made once from the locked list."""
    folder = Path(sys.prefix) / "peers"
    python = folder / "bin" / "python"
    if not (folder / ".installed").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        quiet = ["--quiet", "--disable-pip-version-check"]
        subprocess.run([python, "-m", "pip", "install", *quiet, "--require-hashes", "-r", PEERS], check=True)
        (folder / ".installed").touch()
    return str(python)


@contextmanager
def _served(commands: Sequence[tuple[list[str], dict[str, str]]], ports: Sequence[int], ready: str) -> Iterator[None]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = [subprocess.Popen(command, env={**os.environ, **more}, **quiet) for command, more in commands]  # type: ignore[call-overload]
    try:
        for port in ports:
            _wait(port, ready)
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)


def _wait(port: int, address: str) -> None:
    until = time.monotonic() + _STARTS_WITHIN_S
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", address)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        if time.monotonic() > until:
            raise TimeoutError(f"nothing answers at port {port}")
        time.sleep(0.2)


def _rate(ports: Sequence[int], address: str, headers: dict[str, str], bodies: Sequence[str]) -> float:
    """Bodies a second that CLIENTS connections, spread over the ports, have answered with success."""
    refused: list[str] = []

    def client(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", ports[number % len(ports)], timeout=60)
        try:
            for body in bodies[number::CLIENTS]:
                connection.request("POST", address, body, {"Content-Type": "application/json", **headers})
                answer = connection.getresponse()
                said = answer.read()
                if answer.status not in (200, 201, 202):
                    raise HTTPException(f"{answer.status} {said[:200]!r}")
        except (OSError, HTTPException) as fault:
            refused.append(repr(fault))
        finally:
            connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    if refused:
        raise RuntimeError(f"a post was refused: {refused[0]}")
    return len(bodies) / took
