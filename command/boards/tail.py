"""Each web process tails the journal itself and tells its own clients what is new. Hints only wake it: it looks once a second anyway."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.orm import Session

from command.boards import derived, gauges, projection, store
from command.boards.render import LATEST, Renderer
from command.boards.store import Board, Head
from command.core import clock
from command.core.database import Database

KEY = "tocsin.boards.tail"
"""Under which the application of a process keeps its tail, once somebody has looked at a board."""
LANGUAGES = ("zh", "en")
LOOK_EVERY = 1.0
EMIT_EVERY = 0.2
"""Seconds between two rounds: a room gets one packet a round at most, so five a second. Changes in between are coalesced."""
GAUGE_EVERY = 0.5
BEAT_EVERY = 5.0
BATCH = 2000
"""Entries read in one round, and as far as a client may be behind before it has to fetch the board again."""

FRESH = 1.5
"""Seconds for which a watched board is believed to stand as the journal did when they were compared last, and an answer is given again to
whoever asks the same: when a web process dies, its hundreds of clients come to the others at once."""
MOST_ANSWERS = 200

Emit = Callable[[str, dict[str, Any], str], None]
"""emit(event, data, room): to this process's clients in a room."""
Step = tuple[int, int, frozenset[str]]
"""A change of a board: the seq before it and after it, and the ids of the cards it changed."""
Rooms = Callable[[], set[tuple[str, str]]]
"""The (board, language) pairs that somebody looks at; nothing is read or rendered for others."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Known:
    """A board as a process knows it, and its recent changes without a gap, oldest first. One value, put in the place of the one before:
    whoever reads it beside a round has a board and the changes that led to it."""

    board: Board
    steps: tuple[Step, ...] = ()

    @property
    def begins(self) -> int:
        """The seq as far back as the steps reach."""
        return self.steps[0][0] if self.steps else self.board.state.seq

    def since(self, stream: Any, after: Any) -> frozenset[str] | None:
        """The ids of cards changed after a seq of a stream, and of some perhaps that changed just before; None where they are not known."""
        if stream != self.board.stream or type(after) is not int or not self.begins <= after <= self.board.state.seq:
            return None
        return frozenset().union(*(ids for _, upto, ids in self.steps if upto > after))

    def advanced(self, board: Board, ids: frozenset[str], most: int) -> "Known":
        """With the board as it stands now; changes longer ago than `most` entries are forgotten."""
        kept = (each for each in self.steps if each[1] > board.state.seq - most)
        return Known(board, (*kept, (self.board.state.seq, board.state.seq, ids)))


@dataclass
class Watched:
    """A board somebody looks at: as it is known, what was last told of it, and when it was last compared with the journal."""

    known: Known
    gauge: Mapping[str, Any] = field(default_factory=dict)
    beat_at: float = 0.0
    compared_at: float = 0.0

    @property
    def board(self) -> Board:
        return self.known.board


def room(board: str, language: str) -> str:
    """The Socket.IO room of a board in a language."""
    return f"{board}|{language}"


class Tail:
    """Folds new entries of the watched boards, renders what changed once per language, emits it.

    A board that cannot be told, for whatever reason, gets no beat either: its clients see it grow old. It is tried again each round."""

    def __init__(self, database: Database, renderer: Renderer, emit: Emit, rooms: Rooms, batch: int = BATCH) -> None:
        self.database = database
        self.renderer = renderer
        self.emit = emit
        self.rooms = rooms
        self.batch = batch
        self.watched: dict[str, Watched] = {}
        self._gauged_at = 0.0
        self._answers: dict[tuple[Any, ...], tuple[float, str, dict[str, Any]]] = {}
        self._knowing = threading.Lock()

    def look(self) -> None:
        """One round: of every board somebody looks at, tell what is new; else the counters or the beat that are due."""
        known = set(
            self.watched
        )  # before the rooms: who comes in between is in the rooms, and their board is not forgotten
        boards: dict[str, list[str]] = {}
        for board, language in sorted(self.rooms()):
            boards.setdefault(board, []).append(language)
        for name in known - boards.keys():
            del self.watched[name]
        if not boards:
            return
        with self.database.read() as session:
            heads, figures = store.heads(session, list(boards)), self._gauges(session, boards)
            for name, languages in boards.items():
                try:
                    self._tell(session, name, languages, heads.get(name), figures.get(name))
                except Exception as error:
                    log.warning("boards.cannot_tell", board=name, error=repr(error))
                    session.rollback()

    def behind(self, session: Session) -> dict[str, float]:
        """For each board somebody looks at: for how many seconds the journal has held an entry that was not told yet; 0 for none."""
        watched = {name: each.board for name, each in list(self.watched.items())}
        heads, now = store.heads(session, list(watched)), clock.now(session)
        found = dict.fromkeys(watched, 0.0)
        for name, board in watched.items():
            head = heads.get(name)
            if head is None or (head.stream == board.stream and head.seq <= board.state.seq):
                continue
            after = board.state.seq if head.stream == board.stream else 0
            first = next(iter(store.seen(session, head.stream, after, after + 1)), None)
            found[name] = max(0.0, (now - first.at).total_seconds()) if first else 0.0
        return found

    def _gauges(self, session: Session, boards: Mapping[str, object]) -> Mapping[str, dict[str, Any]]:
        if time.monotonic() - self._gauged_at < GAUGE_EVERY:
            return {}
        self._gauged_at = time.monotonic()
        return gauges.of_boards(session, list(boards))

    def _tell(
        self, session: Session, name: str, languages: list[str], head: Head | None, figures: dict[str, Any] | None
    ) -> None:
        """At most one packet to each room of a board."""
        watched = self.watched.get(name) or self.watched.setdefault(name, Watched(Known(store.load(session, name))))
        board = watched.board
        if head is not None and head.stream != board.stream:
            watched.known = Known(store.load(session, name))
            self._emit(name, languages, "refetch", {"room": name, "why": "a new month began"})
            return
        extra = {"gauge": figures} if figures is not None and figures != watched.gauge else {}
        if head is not None and head.seq > board.state.seq:
            after, before = board.state.seq, board.state.cards
            board, ids = self._advanced(session, board)
            if not name.startswith("incident:"):
                ids |= derived.changed(before, board.state.cards)
            updates = [self.update(session, name, board, ids, after, language) for language in languages]
            with self._knowing:
                watched.known = watched.known.advanced(board, ids, self.batch)
            for language, update in zip(languages, updates, strict=True):
                self._emit(name, [language], "update", update | extra)
        elif time.monotonic() - watched.beat_at >= BEAT_EVERY:
            self._emit(name, languages, "beat", self.beat(session, name, board) | extra)
            watched.beat_at = time.monotonic()
        elif extra:
            self._emit(name, languages, "gauge", {"room": name} | extra)
        watched.gauge = figures or watched.gauge
        watched.compared_at = time.monotonic()

    def _advanced(self, session: Session, board: Board) -> tuple[Board, frozenset[str]]:
        """The board with its next entries folded in, and the ids of the cards they change."""
        after = board.state.seq
        entries = list(store.seen(session, board.stream, after, after + self.batch))
        return Board(board.stream, projection.fold(board.state, entries)), projection.changed(entries)

    def _emit(self, name: str, languages: list[str], event: str, data: dict[str, Any]) -> None:
        for language in languages:
            self.emit(event, data, room(name, language))

    def update(
        self, session: Session, name: str, board: Board, ids: frozenset[str], after: int, language: str
    ) -> dict[str, Any]:
        """The update that brings a client from `after` to the board's seq."""
        wanted = ids | {LATEST} if name.startswith("incident:") else ids
        return {
            "room": name,
            "stream": board.stream,
            "after": after,
            "seq": board.state.seq,
            "cards": self.renderer.cards(session, name, board.state, sorted(wanted), language),
        }

    def beat(self, session: Session, name: str, board: Board) -> dict[str, Any]:
        """The sign that the board was compared with the journal just now, at the database's time."""
        at = clock.instant(session).isoformat()
        return {"room": name, "stream": board.stream, "seq": board.state.seq, "at": at}

    def missed(self, name: str, stream: Any, after: Any, language: str) -> tuple[str, dict[str, Any]]:
        """The event that brings one client up to date: what came after `after`, a beat if nothing did, or word to fetch again.

        The rounds go on from where this leaves a board that nobody watched before."""
        watched = self.watched.get(name)
        if watched is not None and time.monotonic() - watched.compared_at < FRESH:
            known = watched.known
            ids = known.since(stream, after)
            if ids is not None:
                event, data = self._known(name, known.board, ids, after, language)
                return event, data | ({"gauge": watched.gauge} if watched.gauge else {})
        with self.database.read() as session:
            return self._read(session, name, stream, after, language)

    def _known(
        self, name: str, board: Board, ids: frozenset[str], after: int, language: str
    ) -> tuple[str, dict[str, Any]]:
        """What a client lacks of a board as it is known here: the same for all who ask the same."""
        question = (name, board.stream, board.state.seq, after, language)
        at, event, data = self._answers.get(question, (0.0, "", {}))
        if time.monotonic() - at < FRESH:
            return event, data
        with self.database.read() as session:
            if after == board.state.seq:
                event, data = "beat", self.beat(session, name, board)
            else:
                event, data = "update", self.update(session, name, board, ids, after, language)
        if len(self._answers) >= MOST_ANSWERS:
            self._answers.clear()
        self._answers[question] = (time.monotonic(), event, data)
        return event, data

    def _read(self, session: Session, name: str, stream: Any, after: Any, language: str) -> tuple[str, dict[str, Any]]:
        """The same of a board as the journal has it; what was read is known from then on."""
        watched = self.watched.get(name)
        board = watched.board if watched else store.load(session, name)
        if store.current_stream(session, name) != board.stream:
            board = store.load(session, name)
        board, _ = self._advanced(session, board)
        extra = {"gauge": gauges.of_board(session, name)}
        fresh = Watched(Known(board), extra["gauge"], compared_at=time.monotonic())
        watched = self.watched.setdefault(name, fresh)
        seq = board.state.seq
        if stream != board.stream or type(after) is not int or not max(0, seq - self.batch) <= after <= seq:
            return "refetch", {"room": name, "why": "too far behind"}
        if after == seq:
            return "beat", self.beat(session, name, board) | extra
        ids = projection.changed(store.seen(session, board.stream, after, seq))
        if not name.startswith("incident:"):
            ids |= derived.CARDS.keys()
        with self._knowing:
            known = watched.known
            if known.board.stream == board.stream and after < known.begins <= seq:
                watched.known = Known(known.board, ((after, known.begins, ids), *known.steps))
        return "update", self.update(session, name, board, ids, after, language) | extra
