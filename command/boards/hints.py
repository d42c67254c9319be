"""Whether anything was committed since asked last: `PRAGMA data_version` on SQLite, LISTEN on PostgreSQL.

A hint only wakes the tail. Losing one loses nothing: the tail looks once a second anyway."""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import structlog

from command.core.database import Database, line

POLL = 0.05

log = structlog.get_logger()


class Hints:
    """Waits for hints on a connection of its own, opened again when it breaks."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._version = -1
        self._connection: Any = None

    def wait(self, seconds: float, sleep: Callable[[float], None]) -> None:
        """Return when there is a hint, or after `seconds`."""
        try:
            if self._connection is None:
                self._connection = self._sqlite() if self.database.sqlite else self._postgresql()
            (self._wait_sqlite if self.database.sqlite else self._wait_postgresql)(seconds, sleep)
        except Exception as error:  # whatever the driver raises when a database goes away
            log.info("boards.hint_lost", error=str(error))
            self.close()
            sleep(seconds)

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except Exception as error:
                log.info("boards.hint_lost", error=str(error))

    def _sqlite(self) -> Any:
        path = self.database.writer.url.database
        return sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)

    def _wait_sqlite(self, seconds: float, sleep: Callable[[float], None]) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            version = self._connection.execute("PRAGMA data_version").fetchone()[0]
            if version != self._version:
                self._version = version
                return
            sleep(POLL)

    def _postgresql(self) -> Any:
        dialect = self.database.reader.dialect
        url = self.database.reader.url
        arguments, options = dialect.create_connect_args(url)
        connection: Any = dialect.connect(*arguments, **{**options, **line(url)})
        connection.autocommit = True
        connection.execute("LISTEN tocsin_journal")
        return connection

    def _wait_postgresql(self, seconds: float, sleep: Callable[[float], None]) -> None:
        """Wait for one notification, then take all that have come: left unread they would pile up in the server."""
        for timeout in (seconds, 0):
            for _ in self._connection.notifies(timeout=timeout, stop_after=1 if timeout else None):
                pass
