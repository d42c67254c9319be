"""The cycle that turns approved notices into recipients' rows, and takes back rows that are no longer true.

A chunk is one transaction: it locks the incident's oldest notice (another engine takes another incident), does its rows, the tally and
the cursor, and commits. A killed engine loses its chunk and nothing else; there is no lease to wait for. On SQLite a chunk holds the
write lock for 25 ms at most, so that people's writes pass between chunks."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import cast

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.claims import free
from command.core.installation import Installation
from command.notices import finishing, waves
from command.notices.living import anchor
from command.notices.models import Basis, Notice, NoticeState, Wave

ACTOR = "system:fan_out"
BUDGET = 1.0
"""Seconds one round of the cycle works before other cycles have their turn."""
_ORDER = (Wave.basis != Basis.RECALL, Wave.fence, Wave.id)
_LEAVING = (NoticeState.APPROVED, NoticeState.SENDING)


@dataclass
class Pace:
    """How many rows the next chunk takes, from what the last one took (seconds).

    On SQLite what counts is this thread's own work, which is what holds the lock: were it the time on the wall, a busy machine would
    shrink the chunks until nothing but their commits was left."""

    size: int
    least: int
    most: int
    hold: float
    clock: Callable[[], float]

    @classmethod
    def of(cls, sqlite: bool) -> "Pace":
        if sqlite:
            return cls(2000, 500, 8000, 0.018, time.thread_time)
        return cls(10_000, 2000, 50_000, 0.5, time.perf_counter)

    def took(self, seconds: float) -> None:
        wanted = self.size * self.hold / max(seconds, 1e-4)
        self.size = int(min(max(self.least, wanted, self.size / 2), self.size * 2, self.most))


def run_once(installation: Installation, budget: float = BUDGET) -> bool:
    """Work for up to `budget` seconds; return whether there is more to do at once."""
    database = installation.database
    pace = Pace.of(database.sqlite)
    until = time.monotonic() + budget
    busy: set[int] = set()
    more = True
    while more and time.monotonic() < until:
        with database.read() as session:
            turn = _next(session, busy)
        more = turn is not None
        if turn is not None and not database.background(partial(_chunk, incident=turn, pace=pace), actor=ACTOR):
            busy.add(turn)
    _finish(installation)
    return more


def _next(session: Session, busy: set[int]) -> int | None:
    """The incident whose turn it is: recalls first, then the wave that had the fewest turns."""
    due = select(Notice.incident_id).join(Wave, Wave.notice_id == Notice.id).where(_due(clock.now(session)))
    return session.scalar(due.where(Notice.incident_id.not_in(busy)).order_by(*_ORDER).limit(1))


def _due(now: datetime) -> ColumnElement[bool]:
    may_leave = (Wave.basis == Basis.RECALL) | (Notice.state.in_(_LEAVING) & Notice.approved_at.is_not(None))
    return Wave.done_at.is_(None) & free(cast(Table, Wave.__table__), now) & may_leave


def _chunk(session: Session, incident: int, pace: Pace) -> bool:
    """One chunk of the incident's next wave; False if another engine has the incident."""
    start = pace.clock()
    held = select(Notice.id).where(Notice.id == anchor(incident)).with_for_update(skip_locked=True)
    if session.scalar(held) is None:
        return False
    wave = session.scalar(
        select(Wave)
        .join(Notice, Notice.id == Wave.notice_id)
        .where(Notice.incident_id == incident, _due(clock.now(session)))
        .order_by(*_ORDER)
        .limit(1)
    )
    if wave is not None:
        wave.fence += 1
        step = waves.advance(session, wave, session.get_one(Notice, wave.notice_id), pace.size)
        if step.rows:
            pace.took(pace.clock() - start)
    return True


def _finish(installation: Installation) -> None:
    with installation.database.read() as session:
        due = finishing.any_finished(session)
    if due:
        installation.database.background(finishing.finish_due, actor=ACTOR)
