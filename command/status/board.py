"""The status kept in this process: read once in a few seconds whatever the load, the last good one while the database is slow or away."""

import threading
import time
from collections.abc import Callable

import structlog

from command.core.documents import Report
from command.core.installation import Installation
from command.core.problems import N_
from command.status import reading
from command.status.models import StatusOut

FRESH = 5.0
"""Seconds a reading is served without looking again."""
PATIENCE = 1.0
"""Seconds a visitor waits for a new reading before the last good one is served."""
FIRST_PATIENCE = 10.0
"""Seconds the first visitor waits: there is nothing else to serve."""
STALE = 60.0
"""Seconds after which the page says that it cannot be renewed."""
logger = structlog.get_logger("status")


class Kept:
    """One reading, and what was rendered from it: each form once."""

    def __init__(self, status: StatusOut, *, stale: bool = False) -> None:
        self.status = status
        self.stale = stale
        self.read_at = time.monotonic()
        self._made: dict[str, bytes] = {}

    def rendered(self, form: str, render: Callable[[], bytes]) -> bytes:
        """The bytes of a form, rendered the first time it is asked for."""
        if form not in self._made:
            self._made[form] = render()
        return self._made[form]

    def as_stale(self) -> "Kept":
        """The same reading, rendered with the word that it could not be renewed."""
        old = Kept(self.status, stale=True)
        old.read_at = self.read_at
        return old


class Board:
    """Serves the newest reading it can get in time. One thread at most asks the database, however many wait."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self._last: Kept | None = None
        self._old: Kept | None = None
        self._lock = threading.Lock()
        self._done: threading.Event | None = None
        self._begun = 0.0

    def now(self) -> Kept:
        """A reading at most FRESH seconds old, else the last good one; raise a problem (503) where there has never been one."""
        last = self._last
        if last is not None and time.monotonic() - last.read_at < FRESH:
            return last
        done, left = self._begin()
        if last is None:
            done.wait(FIRST_PATIENCE)
        elif left > 0:
            done.wait(left)
        if self._last is None:
            raise Report(
                503,
                "unavailable",
                N_("The status cannot be read at the moment."),
                N_("Try again in a few seconds."),
                retry_after=5,
            )
        return self._honest(self._last)

    def _honest(self, kept: Kept) -> Kept:
        if time.monotonic() - kept.read_at < STALE:
            return kept
        if self._old is None or self._old.status is not kept.status:
            self._old = kept.as_stale()
        return self._old

    def _begin(self) -> tuple[threading.Event, float]:
        """Have a reading made in the background, unless one is under way; the event is set when it ends. With it come the seconds of
        patience left: whoever comes while a slow reading drags on does not wait again."""
        with self._lock:
            if self._done is None:
                self._done, self._begun = threading.Event(), time.monotonic()
                threading.Thread(target=self._read, args=(self._done,), daemon=True, name="status").start()
            return self._done, PATIENCE - (time.monotonic() - self._begun)

    def _read(self, done: threading.Event) -> None:
        try:
            with self.installation.database.read() as session:
                self._last = Kept(reading.read(session, self.installation.settings))
        except Exception as error:
            logger.warning("the status could not be read", error=type(error).__name__)
        finally:
            with self._lock:
                self._done = None
            done.set()
