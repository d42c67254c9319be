"""How the cycles of one engine go: rounds, the time they took, the worst of the last minutes. The caller tells the time."""

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

MINUTES = 5
"""Minutes over which the worst round is remembered, the one that goes on included."""


@dataclass(slots=True)
class Pace:
    """One cycle since the engine began; seconds. `ended` is when its last round did, `well` whether that one succeeded; `peaks` holds
    (minute, the longest round of it)."""

    rounds: int = 0
    busy: int = 0
    failed: int = 0
    seconds: float = 0.0
    last: float = 0.0
    ended: float = 0.0
    well: bool = True
    peaks: deque[tuple[int, float]] = field(default_factory=deque)


class Paces:
    """The cycles of an engine, whose threads all note their rounds here."""

    def __init__(self) -> None:
        self._paces: dict[str, Pace] = {}
        self._lock = threading.Lock()

    def note(self, cycle: str, took: float, at: float, *, busy: bool = False, failed: bool = False) -> None:
        """A round of a cycle that ended at `at` (seconds of any clock that only goes on)."""
        with self._lock:
            pace = self._paces.setdefault(cycle, Pace())
            pace.rounds += 1
            pace.busy += busy
            pace.failed += failed
            pace.seconds += took
            pace.last, pace.ended, pace.well = took, at, not failed
            _peak(pace, took, int(at // 60))

    def since_success(self, cycle: str, at: float) -> float | None:
        """Seconds since a cycle's last round ended; None when there was none, or it failed."""
        with self._lock:
            pace = self._paces.get(cycle)
            return at - pace.ended if pace is not None and pace.well else None

    def told(self, at: float) -> dict[str, dict[str, Any]]:
        """Every cycle as the heartbeat tells it."""
        with self._lock:
            return {name: _told(pace, int(at // 60)) for name, pace in sorted(self._paces.items())}


def _peak(pace: Pace, took: float, minute: int) -> None:
    if pace.peaks and pace.peaks[-1][0] == minute:
        pace.peaks[-1] = (minute, max(took, pace.peaks[-1][1]))
    else:
        pace.peaks.append((minute, took))
    while pace.peaks[0][0] <= minute - MINUTES:
        pace.peaks.popleft()


def _told(pace: Pace, minute: int) -> dict[str, Any]:
    worst = max((took for when, took in pace.peaks if when > minute - MINUTES), default=0.0)
    return {
        "rounds": pace.rounds,
        "busy": pace.busy,
        "failed": pace.failed,
        "seconds": round(pace.seconds, 6),
        "last": round(pace.last, 6),
        "worst": round(worst, 6),
    }
