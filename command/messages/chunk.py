"""How many rows one transaction may touch: as many as fit in a time, learnt from the transactions before."""

from dataclasses import dataclass, field

GOAL, LIMIT = 0.010, 0.016
"""Seconds of work aimed at on SQLite, where a background transaction may hold the one write lock for 25 ms (design §5), and beyond which
the next one is smaller."""


@dataclass(slots=True)
class Chunk:
    """An adaptive batch size between `least` and `most`. Without limits (PostgreSQL) it stays at `most`.

    It goes by whole transactions, not by seconds a row: their fixed cost would otherwise count for more the smaller they get. It goes by
    the thread's own work (time.thread_time), not by the clock on the wall: a busy machine would shrink the transactions until nothing but
    their commits was left."""

    most: int
    limited: bool
    least: int = 20
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = max(self.least, self.most // 4) if self.limited else self.most

    def took(self, rows: int, seconds: float) -> None:
        """Learn that a transaction of `rows` rows took so many seconds of its thread's work."""
        if not self.limited or rows * 2 < self.size:
            return
        if seconds > LIMIT:
            self.size = max(self.least, int(self.size * 0.7))
        elif seconds < GOAL:
            self.size = min(self.most, int(self.size * 1.25) + 1)
