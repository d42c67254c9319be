"""Units of work on SQLite and PostgreSQL.

A verb takes a session and never commits. The edge calls `Database.write(work)`: the work runs, the journal entries it recorded are
appended in order, and all of it is committed once. Serialisation failures and deadlocks run the whole work again."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from command.core import journal, tracing
from command.core.turns import turn

T = TypeVar("T")
Work = Callable[[Session], T]

RETRIED = {"40001", "40P01", "55P03"}
TRIES = 8
INTERACTIVE_WAIT = 0.0015
BACKGROUND_WAIT = 0.001
BACKGROUND_PAUSE = 0.003
WRITER_PATIENCE = 30.0
POOL_PATIENCE = 10.0
"""Seconds somebody waits for one of the process's connections; then they are told to come again, which is better than a page that hangs."""

LINE: dict[str, int | str] = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
    "options": "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=60000",
    "fallback_application_name": "tocsin",
}
"""When a line to PostgreSQL is given up (seconds; the last in milliseconds). A cable that is cut says nothing: without these a process
would wait for hours on a server that is gone, and after the repair for as long again as the cut lasted. A long query is no reason: the
server's kernel acknowledges what it was sent. The `options` let the server give up in its turn: it would keep the connections of a
process it cannot reach for two hours, and refuse that process new ones, because it has as many as it may. There a minute passes for
what was sent, since whoever reads a long answer may take their time. A URL that names any of them itself is followed. By its name
whoever looks at the server's connections finds Tocsin's."""


class Database:
    """One database: sessions that read, units of work that write.

    `info` is given to every session as `session.info` (the installation puts its settings there).
    `before_append` are called with the session when a unit of work ends, after its streams are locked and before its entries are
    written; they may record more entries (the boards do).
    `pool`: connections of this process; on PostgreSQL it never has more, so that a crowd at one process's door leaves the server's
    other connections to the engines."""

    def __init__(self, url: str, *, pool: int = 20) -> None:
        self.url = url
        self.info: dict[str, Any] = {}
        self.before_append: list[Callable[[Session, frozenset[str]], None]] = []
        self.sqlite = url.startswith("sqlite")
        if self.sqlite:
            self.writer = _sqlite(url, "IMMEDIATE", pool)
            self.reader = _sqlite(url, "DEFERRED", pool)
        else:
            self.writer = self.reader = create_engine(
                url,
                pool_size=pool,
                max_overflow=0,
                pool_timeout=POOL_PATIENCE,
                pool_pre_ping=True,
                connect_args=line(make_url(url)),
            )

    @property
    def dialect(self) -> str:
        return "sqlite" if self.sqlite else "postgresql"

    @contextmanager
    def read(self, *, snapshot: bool = False) -> Iterator[Session]:
        """A session that only reads; what it is given stays usable afterwards. With `snapshot` all it reads is of one moment, on
        PostgreSQL too; on SQLite it always is."""
        with Session(self.reader, expire_on_commit=False) as session:
            session.info.update(self.info)
            if snapshot and not self.sqlite:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    def write(self, work: Work[T], *, actor: str = "system", background: bool = False) -> T:
        """Run `work(session)` as one unit of work by `actor` and commit once. Background work yields to people on SQLite."""
        if background and self.sqlite:
            with turn(str(self.writer.url.database)):
                made = self._write(work, actor, BACKGROUND_WAIT)
                time.sleep(BACKGROUND_PAUSE)
                return made
        return self._write(work, actor, INTERACTIVE_WAIT)

    def _write(self, work: Work[T], actor: str, wait: float) -> T:
        for attempt in range(1, TRIES + 1):
            with Session(self.writer, expire_on_commit=False) as session:
                session.info.update(self.info, actor=actor, entries=[], trace=tracing.current())
                if self.sqlite:
                    session.connection(execution_options={"tocsin_wait": wait})
                try:
                    result = work(session)
                    journal.append(session, self.before_append)
                    session.commit()
                    tracing.tell(session)
                    return result
                except DBAPIError as error:
                    session.rollback()
                    if attempt == TRIES or not _passes(error):
                        raise
            time.sleep(0.005 * attempt)
        raise AssertionError("unreachable")

    def background(self, work: Work[T], *, actor: str = "system") -> T:
        """`write` for cycles: on SQLite it leaves the lock free for people between two units of work."""
        return self.write(work, actor=actor, background=True)

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()


def line(url: URL) -> dict[str, int | str]:
    """How a connection to PostgreSQL notices that the other end is gone, as far as the URL does not say so itself."""
    return {name: value for name, value in LINE.items() if name not in url.query}


def _passes(error: DBAPIError) -> bool:
    """Whether the same work may succeed when run again: a serialisation failure, a deadlock, or a connection cut before commit."""
    if error.connection_invalidated:
        return False
    return getattr(error.orig, "sqlstate", None) in RETRIED


def _sqlite(url: str, mode: str, pool: int) -> Engine:
    engine = create_engine(
        url, pool_size=pool, max_overflow=4 * pool, connect_args={"timeout": 0 if mode == "IMMEDIATE" else 30}
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.execute("PRAGMA temp_store=MEMORY")
        if mode == "DEFERRED":
            cursor.execute("PRAGMA query_only=ON")
        else:
            cursor.execute("PRAGMA busy_timeout=0")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if mode == "DEFERRED":
            connection.exec_driver_sql("BEGIN")
            return
        _begin_immediate(
            connection.connection.dbapi_connection,
            connection.get_execution_options().get("tocsin_wait", INTERACTIVE_WAIT),
        )

    return engine


def _begin_immediate(connection: sqlite3.Connection, wait: float) -> None:
    """Take SQLite's one write lock. Its own back-off starves people behind a busy engine, so ask again every `wait` seconds."""
    deadline = time.monotonic() + WRITER_PATIENCE
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if ("locked" not in str(error) and "busy" not in str(error)) or time.monotonic() > deadline:
                raise
        time.sleep(wait)
