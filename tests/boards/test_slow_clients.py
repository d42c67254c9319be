"""A client that does not read is dropped, not waited for: the others hear everything in time, and its packets do not fill the memory."""

import socket as sockets
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from command.boards import socket
from command.boards.tail import room
from command.core.installation import Installation
from tests.boards.served import Served
from tests.boards.stage import Stage

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Sockets are the same on both databases."""


@pytest.fixture
def served(installation: Installation) -> Iterator[Served]:
    with Served(installation) as running:
        yield running


def deaf(served: Served, token: str) -> sockets.socket:
    """A client of the command board that never reads, with as little room for what is sent to it as a machine allows."""
    line = sockets.socket()
    line.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 2048)
    line.connect(("127.0.0.1", served.port))
    key = b64encode(b"sixteen bytes it").decode()
    line.sendall(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    line.recv(1024)
    line.sendall(_frame(b'40/board,{"room":"command","language":"en"}'))
    return line


def _frame(text: bytes) -> bytes:
    """A text frame of WebSocket, masked with zeros."""
    assert len(text) < 126
    return bytes((0x81, 0x80 | len(text), 0, 0, 0, 0)) + text


@ON_SQLITE
@pytest.mark.proves("D2", "B5")
def test_a_client_that_does_not_read_is_dropped_and_the_others_hear_in_time(stage: Stage, served: Served) -> None:
    stage.report()
    client = served.watch(stage.token("ada"), "command")
    client.hear("beat")
    lines = [deaf(served, stage.token("ada")) for _ in range(3)]
    wait(lambda: len(served.boards.viewers) == 4)
    late = 0.0
    for n in range(1000):
        packet: dict[str, Any] = {
            "room": "command",
            "stream": "x",
            "after": 0,
            "seq": 0,
            "n": n,
            "cards": {"c": "x" * 30_000},
        }
        served.boards._emit("update", packet, room("command", "en"))
        begun = time.monotonic()
        while client.hear("update")[1].get("n") != n:
            pass
        late = max(late, time.monotonic() - begun)
        if served.boards.dropped == 3:
            break
    assert served.boards.dropped == 3 and n < 600
    assert late < 2, "nobody waits for those who do not read"
    wait(lambda: len(served.boards.viewers) == 1)
    wait(lambda: len(served.io.server.eio.sockets) == 1)
    for line in lines:
        line.settimeout(10)
        assert ended(line), "its connection is over, not only its seat"


def ended(line: sockets.socket) -> bool:
    try:
        while line.recv(1 << 16):
            pass
    except ConnectionError:
        pass
    return True


def wait(done: Any, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.02)


@ON_SQLITE
def test_a_client_that_reads_is_kept_however_much_it_is_told(stage: Stage, served: Served) -> None:
    stage.report()
    client = served.watch(stage.token("ada"), "command")
    client.hear("beat")
    for n in range(5 * socket.MOST_UNREAD):
        served.boards._emit("gauge", {"room": "command", "n": n}, room("command", "en"))
        while client.hear("gauge")[1].get("n") != n:
            pass
    assert served.boards.dropped == 0 and len(served.boards.viewers) == 1
