"""The cycle that applies delivery receipts."""

import time
from functools import partial

from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.messages import receipts
from command.messages.chunk import Chunk
from command.messages.handlers import Handlers

ACTOR = "system:receipts"
MOST = 1000
BUDGET = 2.0
"""Seconds after which a round ends, so that the engine can be stopped."""


def run_once(installation: Installation, handlers: Handlers) -> bool:
    """Apply what is in the inbox; return whether anything is left."""
    chunk = Chunk(MOST, installation.database.sqlite)
    until = time.monotonic() + BUDGET
    while time.monotonic() < until:
        with installation.database.read() as session:
            if not receipts.waiting(session):
                return False
        size = chunk.size
        done, seconds = installation.database.background(partial(_timed, size=size, handlers=handlers), actor=ACTOR)
        chunk.took(done, seconds)
        if done < size:
            return False
    return True


def _timed(session: Session, size: int, handlers: Handlers) -> tuple[int, float]:
    started = time.thread_time()
    return receipts.apply(session, size, handlers), time.thread_time() - started
