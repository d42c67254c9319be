"""How many rows one transaction may touch: as many as fit in a time, learnt from the transactions before."""

from dataclasses import dataclass, field

GOAL = 0.012
"""Seconds of work aimed at on SQLite, where a background transaction may hold the one write lock for 25 ms (design §5)."""
SMOOTHING = 0.3


@dataclass(slots=True)
class Chunk:
    """An adaptive batch size between `least` and `most`. Without a goal (PostgreSQL) it stays at `most`."""

    most: int
    goal: float | None = GOAL
    least: int = 10
    size: int = field(init=False)
    _each: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.size = self.most if self.goal is None else max(self.least, self.most // 4)

    def took(self, rows: int, seconds: float) -> None:
        """Learn that `rows` rows took `seconds`."""
        if self.goal is None or rows < self.least:
            return
        each = seconds / rows
        self._each = each if not self._each else self._each + SMOOTHING * (each - self._each)
        self.size = min(self.most, max(self.least, int(self.goal / self._each)))
