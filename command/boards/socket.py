"""The Socket.IO namespace /board: join a board, catch up after a gap, be told what changes and how old it is.

Permission is checked at connect and on every event; sign-out, a lock or a change of posts disconnects a person's sockets at once."""

import time
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Flask, request
from flask_socketio import ConnectionRefusedError, Namespace, SocketIO, join_room

from command.boards import tail
from command.boards.access import may_see
from command.boards.render import Renderer
from command.boards.tail import Hints, Tail
from command.core.problems import Problem
from command.people import identity
from command.people.access import Principal, here, require, visitor

NAMESPACE = "/board"


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
        self.app = app
        self.io = socketio
        self.viewers: dict[str, Viewer] = {}
        database = app.extensions["tocsin"].database
        self.tail = Tail(database, app.extensions["tocsin.boards"], self._emit, self._rooms)
        self.hints = Hints(database)
        self._running = False

    def _emit(self, event: str, data: dict[str, Any], to: str) -> None:
        self.io.emit(event, data, to=to, namespace=NAMESPACE)

    def _rooms(self) -> set[tuple[str, str]]:
        return {(viewer.board, viewer.language) for viewer in list(self.viewers.values())}

    def on_connect(self, auth: Any) -> None:
        """auth: {room, after, stream, language}. Refused with a reason when the person may not see the board."""
        try:
            who = require("read")
            board, language = _wanted(auth)
            with here().database.read() as session:
                may_see(session, who, board)
        except Problem as problem:
            raise ConnectionRefusedError(problem.code) from problem
        sid = request.sid  # type: ignore[attr-defined]
        join_room(tail.room(board, language))
        self.viewers[sid] = Viewer(who, board, language)
        self._catch_up(sid, board, language, auth.get("stream"), auth.get("after"))
        self._start()

    def on_ask(self, data: Any) -> None:
        """A client that sees a gap asks again: {after, stream}."""
        sid = request.sid  # type: ignore[attr-defined]
        viewer = self.viewers.get(sid)
        if viewer is None or visitor() is None or not isinstance(data, dict):
            self._cut(sid)
            return
        self._catch_up(sid, viewer.board, viewer.language, data.get("stream"), data.get("after"))

    def on_disconnect(self, reason: Any = None) -> None:
        self.viewers.pop(request.sid, None)  # type: ignore[attr-defined]

    def _catch_up(self, sid: str, name: str, language: str, stream: Any, after: Any) -> None:
        board = self.tail.watch(name)
        with here().database.read() as session:
            missed = None
            if stream == board.stream and isinstance(after, int):
                missed = tail.behind(session, board, after)
            if missed is None:
                self._emit("refetch", {"room": name, "why": "too far behind"}, sid)
            elif after < board.state.seq:
                self._emit("update", self.tail.update(session, name, board, missed, after, language), sid)
            else:
                self._emit("beat", {"room": name, "stream": board.stream, "seq": board.state.seq, "at": None}, sid)

    def _start(self) -> None:
        if not self._running:
            self._running = True
            self.io.start_background_task(self._run)

    def _run(self) -> None:
        """Look when hinted or once a second, at most five times a second, as long as the process lives."""
        checked = 0.0
        while True:
            self.hints.wait(tail.LOOK_EVERY, self.io.sleep)
            self.tail.forget()
            self.tail.look()
            if time.monotonic() - checked > 1:
                checked = time.monotonic()
                self._part_from_the_gone()
            self.io.sleep(tail.EMIT_EVERY)

    def _part_from_the_gone(self) -> None:
        """Disconnect people who signed out, were locked or had their posts changed."""
        viewers = dict(self.viewers)
        if not viewers:
            return
        with self.app.extensions["tocsin"].database.read() as session:
            standing = identity.standing(session, {viewer.who for viewer in viewers.values()})
        for sid, viewer in viewers.items():
            if viewer.who not in standing:
                self.viewers.pop(sid, None)
                self._cut(sid)

    def _cut(self, sid: str) -> None:
        self.io.server.disconnect(sid, namespace=NAMESPACE)


def _wanted(auth: Any) -> tuple[str, str]:
    """The board and language a client asks for; anything odd is the command board in Chinese."""
    asked = auth if isinstance(auth, dict) else {}
    language = asked.get("language")
    return str(asked.get("room") or "command"), language if language in tail.LANGUAGES else "zh"


def attach(app: Flask, async_mode: str) -> SocketIO:
    """Add the boards' sockets to an application."""
    app.extensions["tocsin.boards"] = Renderer(app)
    socketio = SocketIO(app, async_mode=async_mode, json=_Json, ping_interval=10, ping_timeout=10, manage_session=False)
    socketio.on_namespace(Boards(app, socketio))
    return socketio
