"""The Socket.IO namespace /board: join a board, catch up after a gap, be told what changes and how old it is.

Permission is checked at connect and on every event; sign-out, a lock or a change of posts disconnects a person's sockets at once."""

import contextlib
import threading
import time
from dataclasses import dataclass
from socket import SHUT_RDWR
from typing import Any

import orjson
import structlog
from flask import Flask, request
from flask_socketio import ConnectionRefusedError, Namespace, SocketIO, join_room
from sqlalchemy.exc import SQLAlchemyError

from command.boards import access, render, tail
from command.boards.hints import Hints
from command.boards.tail import Tail
from command.core.installation import Installation
from command.core.problems import Problem
from command.people.access import Principal, here, require

NAMESPACE = "/board"
CHECK_EVERY = 1.0
"""Seconds between two looks at whether everybody connected may stay, and reads what is sent."""
AT_ONCE = 5
"""Clients whose coming is looked at together: when a web process dies, hundreds come to the others at once, and those who are here
already, and people's pages, must find a connection to the database too."""
PATIENCE = 4.0
"""Seconds a client waits for its turn before it is told to come again; its own patience ends after five."""
MOST_UNREAD = 60
"""Packets that wait for one client, beyond which it is dropped: twelve seconds of a board that changes all the time. Packets wait in this
process's memory, and the client is better served by a new line and the board as it stands than by all that it has missed."""

log = structlog.get_logger()


class _Json:
    """orjson in the shape python-socketio asks for."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(value: str, **_: Any) -> Any:
        return orjson.loads(value)


@dataclass(frozen=True, slots=True)
class Viewer:
    """One connected client."""

    who: Principal
    board: str
    language: str


class Boards(Namespace):  # type: ignore[misc]
    """Serves the boards of one web process."""

    def __init__(self, app: Flask, socketio: SocketIO) -> None:
        super().__init__(NAMESPACE)
        installation: Installation = app.extensions["tocsin"]
        self.io = socketio
        self.database = installation.database
        self.viewers: dict[str, Viewer] = {}
        self.tail = Tail(self.database, render.of(app), self._emit, self._rooms)
        app.extensions[tail.KEY] = self.tail
        self.hints = Hints(self.database)
        self._starting = threading.Lock()
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._running = False
        self._checked_at = 0.0
        self.dropped = 0

    def _emit(self, event: str, data: dict[str, Any], to: str) -> None:
        self.io.emit(event, data, to=to, namespace=NAMESPACE)

    def _rooms(self) -> set[tuple[str, str]]:
        return {(viewer.board, viewer.language) for viewer in list(self.viewers.values())}

    def on_connect(self, auth: Any) -> None:
        """auth: {room, stream, after, language}. Refused with a code: of a problem, or `unavailable` when it is worth trying again.

        The client is in its room before what it missed is read, so nothing falls between the two."""
        asked = auth if isinstance(auth, dict) else {}
        board, language = _wanted(asked)
        sid = request.sid  # type: ignore[attr-defined]
        if not self._turns.acquire(timeout=PATIENCE):
            raise ConnectionRefusedError("unavailable")
        try:
            who = self._admitted(board)
            join_room(tail.room(board, language))
            self.viewers[sid] = Viewer(who, board, language)
            self._catch_up(sid, asked)
        except Problem as problem:
            raise ConnectionRefusedError(problem.code) from problem
        except SQLAlchemyError as error:
            self.viewers.pop(sid, None)
            log.warning("boards.connect", error=str(error.__cause__ or error))
            raise ConnectionRefusedError("unavailable") from error
        finally:
            self._turns.release()
        self._start()

    def on_ask(self, data: Any) -> None:
        """A client that sees a gap asks again: {stream, after}."""
        sid = request.sid  # type: ignore[attr-defined]
        viewer = self.viewers.get(sid)
        try:
            if viewer is None or not isinstance(data, dict):
                self._cut(sid)
                return
            self._admitted(viewer.board)
            self._catch_up(sid, data)
        except Problem:
            self._cut(sid)
        except SQLAlchemyError as error:
            log.warning("boards.ask", error=str(error.__cause__ or error))

    def on_disconnect(self, reason: Any = None) -> None:
        if reason == self.io.server.reason.PING_TIMEOUT:
            self._hang_up(request.sid)  # type: ignore[attr-defined]
        self.viewers.pop(request.sid, None)  # type: ignore[attr-defined]

    def _admitted(self, board: str) -> Principal:
        """Who asks, if they may see the board now; raise a Problem."""
        who = require("read")
        with here().database.read() as session:
            access.may_see(session, who, board)
        return who

    def _catch_up(self, sid: str, asked: dict[str, Any]) -> None:
        viewer = self.viewers[sid]
        event, data = self.tail.missed(viewer.board, asked.get("stream"), asked.get("after"), viewer.language)
        self._emit(event, data, sid)

    def _start(self) -> None:
        with self._starting:
            if not self._running:
                self._running = True
                self.io.start_background_task(self._run)

    def stop(self) -> None:
        """End the background task after its round."""
        self._running = False

    def _run(self) -> None:
        """Look when hinted or once a second, at most five times a second, as long as the process lives: no error ends it."""
        while self._running:
            self.hints.wait(tail.LOOK_EVERY, self.io.sleep)
            self.round()
            self.io.sleep(tail.EMIT_EVERY)
        self.hints.close()

    def round(self) -> None:
        """One round; whatever goes wrong is logged, shows to clients as age, and is tried again in the next."""
        try:
            if time.monotonic() - self._checked_at >= CHECK_EVERY:
                self._part_from_the_gone()
                self._drop_the_slow()
                self._checked_at = time.monotonic()
            self.tail.look()
        except Exception as error:
            log.warning("boards.round", error=str(error.__cause__ or error))

    def _part_from_the_gone(self) -> None:
        """Disconnect people who signed out, were locked, had their posts changed, or may not see their board any more."""
        viewers = dict(self.viewers)
        if not viewers:
            return
        with self.database.read() as session:
            stay = access.staying(session, {(viewer.who, viewer.board) for viewer in viewers.values()})
        for sid, viewer in viewers.items():
            if (viewer.who, viewer.board) not in stay:
                self._cut(sid)

    def _drop_the_slow(self) -> None:
        """Let go of clients that do not read. They come again by themselves, and are told what they missed in one packet."""
        for sid in list(self.viewers):
            line = self.io.server.eio.sockets.get(self.io.server.manager.eio_sid_from_sid(sid, NAMESPACE))
            if line is not None and line.queue.qsize() > MOST_UNREAD:
                self.dropped += 1
                log.info("boards.slow", unread=line.queue.qsize())
                self._hang_up(sid)
                line.close(wait=False, abort=True)

    def _hang_up(self, sid: str) -> None:
        """End the connection itself: whoever writes to a client that does not read would otherwise wait for it, with all it was to say."""
        environ = self.io.server.get_environ(sid, NAMESPACE) or {}
        connection = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(SHUT_RDWR)

    def _cut(self, sid: str) -> None:
        self.viewers.pop(sid, None)
        self.io.server.disconnect(sid, namespace=NAMESPACE)


def _wanted(asked: dict[str, Any]) -> tuple[str, str]:
    """The board and language a client asks for: the command board in Chinese unless it says otherwise."""
    language = asked.get("language")
    return str(asked.get("room") or "command"), language if language in tail.LANGUAGES else "zh"


def attach(app: Flask, async_mode: str) -> SocketIO:
    """Add the boards' sockets to an application."""
    socketio = SocketIO(app, async_mode=async_mode, json=_Json, ping_interval=10, ping_timeout=10, manage_session=False)
    socketio.on_namespace(Boards(app, socketio))
    return socketio
