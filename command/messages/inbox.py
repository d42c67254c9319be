"""The receipts inbox: many requests, one commit. A receipt is answered only once it is durable."""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from command.core import clock
from command.core.database import Database
from command.messages.models import ReceiptIn
from notifiers.base import Receipt

GATHER = 0.004
"""Seconds the writer waits for company. With the commit itself an answer takes at most about 20 ms (design §7)."""
MOST = 1000
PATIENCE = 30.0
"""Seconds a request waits for its commit before it fails, so that the provider calls again."""


class NotDurable(Exception):
    """The receipt could not be stored; the provider must send it again."""


Find = Callable[[Session], Mapping[str, Any] | None]
"""Finds what a receipt is about: columns of its row, or None when nobody knows it."""


@dataclass(slots=True, eq=False)
class _Waiting:
    row: Mapping[str, Any]
    done: threading.Event = field(default_factory=threading.Event)
    find: "Find | None" = None
    then: "Callable[[bool, BaseException | None], None] | None" = None
    error: BaseException | None = None


class Inbox:
    """Stores receipts through one writer thread, started at the first receipt of each process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Waiting] = []
        self._news = threading.Condition()
        self._writer: tuple[int, threading.Thread] | None = None

    def put(self, gateway: str, receipt: Receipt) -> None:
        """Store a receipt; return once it is committed. Raises NotDurable when that fails."""
        waiting = _Waiting(_row(gateway, receipt))
        self._append(waiting)
        if not waiting.done.wait(PATIENCE):
            raise NotDurable("the database did not answer in time")
        if waiting.error is not None:
            raise NotDurable(type(waiting.error).__name__) from waiting.error

    def put_soon(
        self,
        gateway: str,
        receipt: Receipt,
        then: "Callable[[bool, BaseException | None], None]",
        find: "Find | None" = None,
    ) -> None:
        """Store a receipt without waiting. `then` is called by the writer once it is committed (True), once nobody turned out to know it
        (False), or with what went wrong. A receipt that bears no attempt is looked for by `find`, in the transaction that stores it."""
        self._append(_Waiting(_row(gateway, receipt), find=find, then=then))

    def _append(self, waiting: _Waiting) -> None:
        with self._news:
            self._start()
            self._waiting.append(waiting)
            self._news.notify()

    def _start(self) -> None:
        if self._writer is None or self._writer[0] != os.getpid() or not self._writer[1].is_alive():
            thread = threading.Thread(target=self._write_on, name="inbox", daemon=True)
            self._writer = (os.getpid(), thread)
            thread.start()

    def _write_on(self) -> None:
        while True:
            with self._news:
                while not self._waiting:
                    self._news.wait()
            time.sleep(GATHER)
            with self._news:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            self._commit(batch)

    def _commit(self, batch: Sequence[_Waiting]) -> None:
        error: BaseException | None = None
        stored: set[int] = set()
        try:
            stored = self._database.write(lambda session: _store(session, batch), actor="system:inbox")
        except Exception as failed:
            error = failed
        for waiting in batch:
            waiting.error = error
            waiting.done.set()
            if waiting.then is not None:
                waiting.then(id(waiting) in stored, error)


def _row(gateway: str, receipt: Receipt) -> Mapping[str, Any]:
    return {
        "gateway": gateway,
        "attempt": receipt.attempt,
        "provider_id": receipt.provider_id,
        "status": receipt.status,
        "code": receipt.code,
    }


def _store(session: Session, batch: Sequence[_Waiting]) -> set[int]:
    now, rows, stored = clock.now(session), [], set()
    for waiting in batch:
        found = waiting.find(session) if waiting.find is not None else {}
        if found is not None:
            rows.append({**waiting.row, **found, "at": now})
            stored.add(id(waiting))
    if rows:
        session.execute(insert(ReceiptIn), rows)
    return stored
