"""A real web process on a port of its own with its own connections, and clients that wait for what it says."""

import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any

import requests
import socketio
from flask import Flask
from werkzeug.serving import make_server

from command import parts
from command.app import create_app
from command.boards import tail
from command.boards.socket import NAMESPACE, Boards, attach
from command.core.database import Database
from command.core.installation import Installation

PATIENCE = 60.0
"""Seconds a test waits for an event before it fails; it never sleeps for them."""

Message = tuple[str, dict[str, Any]]


class Served:
    """Tocsin's web application, served by threads, on its own database connections."""

    def __init__(
        self, installation: Installation, port: int = 0, made: Callable[[Installation], Flask] = create_app
    ) -> None:
        self.database = parts.join(Database(installation.settings.url))
        self.app = made(Installation(installation.settings, self.database, installation.keyring))
        self.io = attach(self.app, "threading")
        self.server = make_server("127.0.0.1", port, self.app, threaded=True)
        self.server.daemon_threads = True  # type: ignore[attr-defined]
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self.clients: list[Client] = []
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def boards(self) -> Boards:
        found: Boards = self.io.server.namespace_handlers[NAMESPACE]
        return found

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        for client in self.clients:
            client.leave()
        self.boards.stop()
        self.server.shutdown()
        self.server.server_close()
        self.database.close()

    def state(self, token: str, board: str, language: str = "en") -> dict[str, Any]:
        """A board's first state over HTTP."""
        address = f"{self.url}/board/state/{board}?lang={language}"
        answer = requests.get(address, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def watch(self, token: str, board: str, **asked: Any) -> "Client":
        """A client that begins with the state over HTTP and joins the room after it."""
        state = self.state(token, board)
        given = {"room": board, "stream": state["stream"], "after": state["seq"], "language": "en", **asked}
        return self.join({"Authorization": f"Bearer {token}"}, given)

    def join(self, headers: dict[str, str], asked: dict[str, Any]) -> "Client":
        client = Client(self.url, headers, asked)
        self.clients.append(client)
        return client


class Client:
    """One board client. `hear` waits for an event; what came in between is kept in `log`."""

    def __init__(self, url: str, headers: dict[str, str], asked: dict[str, Any]) -> None:
        self.heard: queue.Queue[Message] = queue.Queue()
        self.log: list[Message] = []
        self.joined = threading.Event()
        self.io = socketio.Client(reconnection=False)
        self.io.on("connect", self.joined.set, namespace=NAMESPACE)
        for event in ("update", "beat", "gauge", "refetch"):
            self.io.on(event, self._hears(event), namespace=NAMESPACE)
        self.io.on("disconnect", lambda *_: self.heard.put(("disconnect", {})), namespace=NAMESPACE)
        self.io.on("connect_error", self._hears("refused"), namespace=NAMESPACE)
        self.io.connect(url, headers=headers, auth=asked, namespaces=[NAMESPACE], transports=["websocket"], wait=False)

    def _hears(self, event: str) -> Callable[[Any], None]:
        def heard(data: Any = None) -> None:
            self.heard.put((event, data))

        return heard

    def hear(self, *events: str, within: float = PATIENCE) -> Message:
        """The next of these events."""
        until = time.monotonic() + within
        while True:
            try:
                message = self.heard.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {events} within {within} s; heard {[e for e, _ in self.log]}") from None
            self.log.append(message)
            if message[0] in events:
                return message

    def update_to(self, seq: int) -> dict[str, Any]:
        """Updates until the board is at `seq`; the cards of all of them, the newest of each."""
        cards: dict[str, Any] = {}
        while True:
            _, data = self.hear("update")
            cards |= data["cards"]
            if data["seq"] >= seq:
                return {**data, "cards": cards}

    def ask(self, **asked: Any) -> None:
        assert self.joined.wait(PATIENCE)
        self.io.emit("ask", asked, namespace=NAMESPACE)

    def leave(self) -> None:
        """Go without waiting for the server's farewell, which the reading thread takes anyway."""
        if (line := getattr(self.io.eio, "ws", None)) is not None:
            line.close = partial(line.close, timeout=0)
        self.io.disconnect()


def packets(log: list[Message]) -> int:
    """How many of the messages count as an emit of the room."""
    return sum(event in ("update", "beat", "gauge") for event, _ in log)


EMITS_A_SECOND = 1 / tail.EMIT_EVERY
