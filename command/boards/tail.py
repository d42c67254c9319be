"""Each web process tails the journal itself and emits to its own clients. Hints only wake it: it looks once a second anyway."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from command.boards import gauges, projection, store
from command.boards.render import Renderer
from command.boards.store import Board
from command.core import clock
from command.core.database import Database

LANGUAGES = ("zh", "en")
LOOK_EVERY = 1.0
EMIT_EVERY = 0.2
GAUGE_EVERY = 0.5
BEAT_EVERY = 5.0
BATCH = 2000

Emit = Callable[[str, dict[str, Any], str], None]
"""emit(event, data, room): to this process's clients in a room."""

log = structlog.get_logger()


@dataclass
class Watched:
    """A board somebody looks at: its folded state, and what was last told of it."""

    board: Board
    gauge: dict[str, Any] = field(default_factory=dict)
    gauged_at: float = 0.0
    beat_at: float = 0.0


def room(board: str, language: str) -> str:
    """The Socket.IO room of a board in a language."""
    return f"{board}|{language}"


class Tail:
    """Folds new entries of the watched boards, renders what changed once per language, emits it.

    `rooms()` tells the (board, language) pairs somebody looks at; nothing is rendered for the others."""

    def __init__(
        self, database: Database, renderer: Renderer, emit: Emit, rooms: Callable[[], set[tuple[str, str]]]
    ) -> None:
        self.database = database
        self.renderer = renderer
        self.emit = emit
        self.rooms = rooms
        self.watched: dict[str, Watched] = {}

    def watch(self, name: str) -> Board:
        """The board as this process has it, read from the journal at first."""
        if name not in self.watched:
            with self.database.read() as session:
                self.watched[name] = Watched(store.load(session, name))
        return self.watched[name].board

    def forget(self) -> None:
        """Stop watching boards nobody looks at."""
        for name in set(self.watched) - {board for board, _ in self.rooms()}:
            del self.watched[name]

    def languages(self, name: str) -> list[str]:
        """The languages somebody reads this board in."""
        return sorted(language for board, language in self.rooms() if board == name)

    def look(self) -> None:
        """One round: everything new of every watched board, then gauges and beats that are due. An error is logged, not fatal."""
        try:
            with self.database.read() as session:
                for name in list(self.watched):
                    self._advance(session, name)
                    self._gauge(session, name)
                    self._beat(session, name)
        except SQLAlchemyError as error:
            log.warning("boards.tail", error=str(error.__cause__ or error))

    def _advance(self, session: Session, name: str) -> None:
        watched = self.watched.get(name)
        if watched is None:
            return
        stream = store.current_stream(session, name)
        if stream != watched.board.stream:
            watched.board = store.load(session, name)
            for language in self.languages(name):
                self.emit("refetch", {"room": name, "why": "a new month began"}, room(name, language))
            return
        entries = list(store.seen(session, stream, watched.board.state.seq, watched.board.state.seq + BATCH))
        if not entries:
            return
        before = watched.board.state
        state = projection.fold(before, entries)
        watched.board = Board(stream, state)
        ids = projection.changed(entries)
        for language in self.languages(name):
            update = self.update(session, name, watched.board, ids, before.seq, language)
            self.emit("update", update, room(name, language))

    def update(
        self, session: Session, name: str, board: Board, ids: frozenset[str], after: int, language: str
    ) -> dict[str, Any]:
        """The update that brings a client from `after` to the board's seq."""
        wanted = set(ids) | ({"latest"} if name.startswith("incident:") else set())
        return {
            "room": name,
            "stream": board.stream,
            "after": after,
            "seq": board.state.seq,
            "cards": self.renderer.cards(session, name, board.state, sorted(wanted), language),
        }

    def _gauge(self, session: Session, name: str) -> None:
        watched = self.watched.get(name)
        if watched is None or time.monotonic() - watched.gauged_at < GAUGE_EVERY:
            return
        watched.gauged_at = time.monotonic()
        figures = gauges.of_board(session, name)
        if figures == watched.gauge:
            return
        watched.gauge = figures
        for language in self.languages(name):
            self.emit("gauge", {"room": name, **figures}, room(name, language))

    def _beat(self, session: Session, name: str) -> None:
        watched = self.watched.get(name)
        if watched is None or time.monotonic() - watched.beat_at < BEAT_EVERY:
            return
        watched.beat_at = time.monotonic()
        board = watched.board
        beat = {"room": name, "stream": board.stream, "seq": board.state.seq, "at": clock.instant(session).isoformat()}
        for language in self.languages(name):
            self.emit("beat", beat, room(name, language))


class Hints:
    """Tells whether anything was committed since asked last: `PRAGMA data_version` on SQLite, LISTEN on PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._version = -1
        self._connection: Any = None

    def wait(self, seconds: float, sleep: Callable[[float], None]) -> None:
        """Return when there is a hint, or after `seconds`."""
        try:
            (self._wait_sqlite if self.database.sqlite else self._wait_postgresql)(seconds, sleep)
        except Exception as error:  # a lost hint loses nothing: the next look finds what it would have told
            self._connection = None
            log.info("boards.hint_lost", error=str(error))
            sleep(seconds)

    def _wait_sqlite(self, seconds: float, sleep: Callable[[float], None]) -> None:
        if self._connection is None:
            path = self.database.writer.url.database
            self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            version = self._connection.execute("PRAGMA data_version").fetchone()[0]
            if version != self._version:
                self._version = version
                return
            sleep(0.05)

    def _wait_postgresql(self, seconds: float, sleep: Callable[[float], None]) -> None:
        if self._connection is None:
            raw = self.database.reader.raw_connection()
            raw.detach()
            self._connection = raw.driver_connection
            self._connection.autocommit = True
            self._connection.execute("LISTEN tocsin_journal")
        for _ in self._connection.notifies(timeout=seconds, stop_after=1):
            return


def behind(session: Session, board: Board, after: int) -> frozenset[str] | None:
    """Cards changed since `after`; None when it is cheaper to fetch again."""
    if after > board.state.seq or board.state.seq - after > BATCH:
        return None
    return projection.changed(store.seen(session, board.stream, after, board.state.seq))
