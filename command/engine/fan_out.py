"""The cycle that turns approved notices into recipients' rows, and takes back rows that are no longer true.

A chunk is one transaction: it locks the incident's oldest notice (another engine takes another incident), does its rows, the tally and
the cursor, and commits. A killed engine loses its chunk and nothing else; there is no lease to wait for. On SQLite a chunk holds the
write lock for 25 ms at most, so that people's writes pass between chunks."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, Table, bindparam, select, text
from sqlalchemy.orm import Session

from command.core import clock
from command.core.claims import free
from command.core.installation import Installation
from command.core.settings import Settings
from command.notices import finishing, otherwise, waves
from command.notices.living import anchor
from command.notices.models import Basis, Notice, NoticeState, Wave

ACTOR = "system:fan_out"
BUDGET = 1.0
"""Seconds one round of the cycle works before other cycles have their turn."""
MANY = 50_000
"""Rows of a wave after which PostgreSQL is told to look at the table again: until it does, by itself after a minute, it takes what is ready
for a few rows and sorts all of them at each lease."""
_COUNT = text("ANALYZE (SKIP_LOCKED) delivery")
"""Not at all while the table is vacuumed or gets an index: the next notice would wait for that."""
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


@dataclass
class Round:
    """What one round knows: its pace, the incidents other engines have, and whether a wave of many rows ended in it."""

    pace: Pace
    busy: set[int] = field(default_factory=set)
    many: bool = False


def run_once(installation: Installation, budget: float = BUDGET) -> bool:
    """Work for up to `budget` seconds; return whether there is more to do at once."""
    database = installation.database
    mine = Round(Pace.of(database.sqlite))
    until = time.monotonic() + budget
    with database.read() as session:
        turn = _next(session, mine.busy)
    while turn is not None and time.monotonic() < until:
        turn = database.background(
            partial(_turn, incident=turn, mine=mine, settings=installation.settings), actor=ACTOR
        )
    if mine.many and not database.sqlite:
        database.background(lambda session: session.execute(_COUNT), actor=ACTOR)
    _finish(installation)
    return turn is not None


def _due(now: ColumnElement[Any]) -> ColumnElement[bool]:
    may_leave = (Wave.basis == Basis.RECALL) | (Notice.state.in_(_LEAVING) & Notice.approved_at.is_not(None))
    return Wave.done_at.is_(None) & free(cast(Table, Wave.__table__), now) & may_leave


# Made once: making a statement takes longer than these take to run, and on SQLite it would be done holding the lock.
_INCIDENT = bindparam("incident", type_=BigInteger())
_DUE = _due(bindparam("now_is", type_=Wave.__table__.c.lease_until.type))
_NEXT = (
    select(Notice.incident_id)
    .join(Wave, Wave.notice_id == Notice.id)
    .where(_DUE, Notice.incident_id.not_in(bindparam("busy", expanding=True)))
    .order_by(*_ORDER)
    .limit(1)
)
_HELD = select(Notice.id).where(Notice.id == anchor(_INCIDENT)).with_for_update(skip_locked=True)
_WAVE = (
    select(Wave, Notice)
    .join(Notice, Notice.id == Wave.notice_id)
    .where(Notice.incident_id == _INCIDENT, _DUE)
    .order_by(*_ORDER)
    .limit(1)
)


def _next(session: Session, busy: set[int]) -> int | None:
    """The incident whose turn it is: recalls first, then the wave that had the fewest turns."""
    return session.scalar(_NEXT, {"now_is": clock.now(session), "busy": sorted(busy)})


def _turn(session: Session, incident: int, mine: Round, settings: Settings) -> int | None:
    """One chunk of the incident's next wave, unless another engine has the incident; returns whose turn is next."""
    start = mine.pace.clock()
    if session.scalar(_HELD, {"incident": incident}) is None:
        mine.busy.add(incident)
        return _next(session, mine.busy)
    rows = _chunk(session, incident, mine, settings)
    following = _next(session, mine.busy)
    if rows:
        mine.pace.took(mine.pace.clock() - start)
    return following


def _chunk(session: Session, incident: int, mine: Round, settings: Settings) -> int:
    found = session.execute(_WAVE, {"incident": incident, "now_is": clock.now(session)}).first()
    if found is None:
        return 0
    wave, notice = found
    wave.fence += 1
    ways = otherwise.first_ways(settings, notice.kind, notice.basis, exercise=notice.exercise)
    step = waves.advance(session, wave, notice, mine.pace.size, ways)
    mine.many |= wave.done_at is not None and wave.inserted >= MANY
    return step.rows


def _finish(installation: Installation) -> None:
    with installation.database.read() as session:
        due = finishing.any_finished(session)
    if due:
        installation.database.background(finishing.finish_due, actor=ACTOR)
