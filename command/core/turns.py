"""Background writers on SQLite take turns, across threads and processes.

SQLite has one writer and no queue: whoever polls at the right instant wins. Behind several busy cycles a person would win seldom. So
background work waits in the kernel for its turn and keeps it through the pause that follows its commit: at any time at most one
background writer competes with people, and after each of its transactions the lock is free for them. A turn ends with its process."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def turn(path: str) -> Iterator[None]:
    """Hold the turn of the database file at `path` (a lock on a file beside it)."""
    with open(f"{path}-turn", "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
