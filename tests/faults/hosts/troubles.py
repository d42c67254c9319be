"""What goes wrong with hosts, and how it is mended: cables cut and slowed, processes killed, the database away, its disk full, its
connections gone, the front door opened anew."""

import contextlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.faults.hosts.city import CONNECTIONS, City, Part, wait

SLOW = 0.3
"""Seconds each piece takes over a slow line: a satellite's way and back."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Strikes, lasts, and is mended. `seconds`: how long it lasts; `short`: part of the short form too; `needs_disk`: only
    where the database stands on a small disk of its own."""

    name: str
    strike: Callable[[City], Any]
    mend: Callable[[City, Any], None]
    seconds: float = 6.0
    short: bool = False
    needs_disk: bool = False


def _cut(which: Callable[[City], list[Part]]) -> Callable[[City], None]:
    return lambda city: [city.wires.cut(part.host) for part in which(city)] and None


def _slowed(which: Callable[[City], list[Part]]) -> Callable[[City], None]:
    return lambda city: [city.wires.slow(part.host, SLOW) for part in which(city)] and None


def _mended(city: City, _: Any) -> None:
    for part in (*city.webs, *city.engines):
        city.wires.mend(part.host)


def _killed(which: Callable[[City], list[Part]]) -> Callable[[City], None]:
    return lambda city: [part.kill() for part in which(city)] and None


def _started(city: City, _: Any) -> None:
    """Whoever supervises them starts them again; the repair is done when they are up."""
    gone = [part for part in (*city.webs, *city.engines, city.nginx) if part.process is None]
    for part in gone:
        part.start()
    for part in gone:
        wait(lambda part=part: city.up(part), part.name)


def _restarted(city: City) -> None:
    city.postgres.restart()


def _nothing(city: City, _: Any) -> None:
    """It mends itself."""


def _reloaded(city: City) -> None:
    assert city.nginx.process is not None
    os.kill(city.nginx.process.pid, signal.SIGHUP)


def _hoarded(city: City) -> list[Any]:
    """Somebody takes every connection the server has; those of the engines and web processes are ended, so that they have to ask."""
    held: list[Any] = []
    with psycopg.connect(city.postgres.url("postgres"), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'city'")
        with contextlib.suppress(psycopg.OperationalError):
            for _ in range(CONNECTIONS):
                held.append(psycopg.connect(city.postgres.url(), connect_timeout=5))
    assert len(held) < CONNECTIONS
    return held


def _given_back(city: City, held: list[Any]) -> None:
    for connection in held:
        connection.close()


def _filled(city: City) -> None:
    """Not a byte is left where the database stands."""
    with open(city.postgres.data.parent / "ballast", "wb") as ballast:
        for size in (1 << 16, 1 << 10, 1):
            with contextlib.suppress(OSError):
                while True:
                    os.write(ballast.fileno(), b"\0" * size)


def _emptied(city: City, _: Any) -> None:
    """Room again; a server that gave up meanwhile is started, as whoever supervises it does."""
    (city.postgres.data.parent / "ballast").unlink()
    if not city.postgres.answers():
        city.postgres.restart()
    wait(city.postgres.answers, "the database after a full disk")


def webs(*numbers: int) -> Callable[[City], list[Part]]:
    return lambda city: [city.webs[number - 1] for number in numbers]


def engines(*numbers: int) -> Callable[[City], list[Part]]:
    return lambda city: [city.engines[number - 1] for number in numbers]


def everybody(city: City) -> list[Part]:
    return [*city.webs, *city.engines]


TROUBLES = (
    Trouble(
        "a web process and an engine killed", _killed(lambda c: [c.webs[0], c.engines[0]]), _started, 4, short=True
    ),
    Trouble("a web process cut off", _cut(webs(2)), _mended, 15, short=True),
    Trouble("PostgreSQL restarted", _restarted, _nothing, 0, short=True),
    Trouble("connections exhausted", _hoarded, _given_back, 5, short=True),
    Trouble("a web process killed", _killed(webs(1)), _started),
    Trouble("every web process killed", _killed(webs(1, 2, 3)), _started, 12),
    Trouble("an engine killed", _killed(engines(2)), _started),
    Trouble("every engine killed", _killed(engines(1, 2, 3)), _started),
    Trouble("an engine cut off", _cut(engines(1)), _mended, 20),
    Trouble("all cut off from the database", _cut(everybody), _mended, 15),
    Trouble("web processes slow", _slowed(webs(1, 3)), _mended, 12),
    Trouble("engines slow", _slowed(engines(1, 2, 3)), _mended, 12),
    Trouble("nginx reloaded", _reloaded, _nothing, 0),
    Trouble("nginx killed", lambda city: city.nginx.kill(), _started, 4),
    Trouble("disk full", _filled, _emptied, 6, needs_disk=True),
)
"""Every kind. Clocks are wrong all the while: see `city`."""
