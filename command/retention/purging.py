"""Removing the messages of notices that are over, in pieces: each piece counts what its figures need, chains the digest, and deletes.

One that is killed between two pieces goes on where it stood; two at once take different notices. What the all-clear and corrections ask
for is who was told: an incident that could still owe somebody a word is not closed, and one that is held or whose messages have not all
ended is left alone."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import orjson
from sqlalchemy import ColumnElement, Row, Table, and_, delete, exists, func, or_, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from command.core import clock, journal
from command.incidents.guards import State as IncidentState
from command.incidents.models import Incident
from command.messages.models import TERMINAL, Delivery, KeptTime, State, Tally
from command.notices.models import Notice, NoticeState
from command.retention.entries import Purged
from command.retention.models import NoticePurge, RecordHold
from command.retention.rules import Rule

PIECE = 5_000
"""Rows of one unit of work: a quarter of a second."""
FINAL = (IncidentState.CLOSED, IncidentState.CANCELLED, IncidentState.MERGED)
OVER = (NoticeState.SENT, NoticeState.WITHDRAWN)
_D = cast(Table, Delivery.__table__).c


@dataclass(frozen=True, slots=True)
class Due:
    """A notice whose messages go: how many, of which month it is, and by which rule."""

    notice_id: int
    incident: str
    month: str
    days: int
    rows: int


def plan(session: Session, rule: Rule, *, limit: int = 10_000) -> list[Due]:
    """What would go now, the oldest first. It only reads."""
    found = []
    for notice, incident, days in _due(session, rule, limit):
        rows = session.scalar(select(func.count()).where(_D.notice_id == notice.id)) or 0
        if rows:
            found.append(Due(notice.id, incident.number if incident else "", f"{notice.created_at:%Y-%m}", days, rows))
    return found


def waiting(session: Session, rule: Rule) -> bool:
    """Whether anything is due."""
    return next(_due(session, rule, 1), None) is not None


def disturbed(session: Session) -> bool:
    """Whether an incident of tier I or II is open: nothing is removed then."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    Incident.state.not_in((*FINAL, IncidentState.REVIEWING)),
                    Incident.current_tier <= 2,
                    Incident.exercise.is_(False),
                )
            )
        )
    )


def piece(session: Session, rule: Rule, size: int = PIECE) -> int | None:
    """Remove one piece; how many rows, or None where nothing is due."""
    due = next(_due(session, rule, 1, lock=True), None)
    if due is None:
        return None
    notice, _, days = due
    purge = session.get(NoticePurge, notice.id)
    if purge is None:
        purge = NoticePurge(notice_id=notice.id, days=days, begun_at=clock.now(session), digest=b"", rows=0)
        session.add(purge)
    rows = session.execute(select(*_D).where(_D.notice_id == notice.id).order_by(_D.id).limit(size)).all()
    if rows:
        _keep_times(session, notice, rows)
        purge.digest, purge.rows = _chained(purge.digest, rows), purge.rows + len(rows)
        _remove(session, rows)
    if len(rows) < size:
        purge.done_at = clock.now(session)
        if purge.rows:
            told = Purged(notice_id=notice.id, rows=purge.rows, days=purge.days, digest=purge.digest.hex())
            journal.record(session, journal.month("audit", clock.now(session)), told)
    session.flush()
    return len(rows)


def _due(
    session: Session, rule: Rule, limit: int, *, lock: bool = False
) -> Iterator[tuple[Notice, Incident | None, int]]:
    """Notices whose messages are due, with their incident and the days of the rule, those begun first and then the oldest."""
    target = aliased(Incident)
    ended = func.coalesce(Incident.closed_at, Incident.ended_at, Notice.finished_at, Notice.created_at)
    done, open_ = (
        exists().where(NoticePurge.notice_id == Notice.id, NoticePurge.done_at.is_not(None)),
        exists().where(Tally.notice_id == Notice.id, Tally.state.not_in(TERMINAL), Tally.count > 0),
    )
    merged = or_(Incident.merged_into_id.is_(None), target.state.in_(FINAL))
    held = exists().where(RecordHold.incident_id.in_((Incident.id, Incident.merged_into_id, Incident.parent_id)))
    query = (
        select(Notice, Incident)
        .outerjoin(Incident, Incident.id == Notice.incident_id)
        .outerjoin(target, target.id == Incident.merged_into_id)
        .where(
            Notice.state.in_(OVER),
            or_(Notice.warning_id.is_not(None), and_(Incident.state.in_(FINAL), merged, ~held)),
            _outlived(clock.now(session), rule, ended),
            ~done,
            ~open_,
        )
        .order_by(exists().where(NoticePurge.notice_id == Notice.id).desc(), Notice.id)
        .limit(limit)
    )
    if lock:
        query = query.with_for_update(skip_locked=True, of=Notice)
    for notice, incident in session.execute(query).tuples():
        tier = incident.tier if incident is not None else None
        yield notice, incident, rule.days(tier, exercise=notice.exercise)


def _outlived(now: datetime, rule: Rule, ended: ColumnElement[datetime]) -> ColumnElement[bool]:
    def before(days: int) -> ColumnElement[bool]:
        return ended < now - timedelta(days=days)

    real = [and_(Incident.tier == tier, before(days)) for tier, days in enumerate(rule.tiers, 1)]
    advisory = and_(Notice.warning_id.is_not(None), before(rule.warnings))
    return or_(and_(Notice.exercise, before(rule.exercises)), and_(Notice.exercise.is_(False), or_(*real, advisory)))


def _keep_times(session: Session, notice: Notice, rows: Sequence[Row[Any]]) -> None:
    """Add the delivery times of rows that go to what is kept of their notice."""
    begun = notice.approved_at
    if begun is None:
        return
    times = Counter(
        int((row.settled_at - begun).total_seconds()) for row in rows if row.state == State.DELIVERED and row.settled_at
    )
    if not times:
        return
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(KeptTime)
    add = insert.on_conflict_do_update(
        index_elements=["notice_id", "seconds"], set_={"count": KeptTime.count + insert.excluded.count}
    )
    session.execute(
        add, [{"notice_id": notice.id, "seconds": seconds, "count": count} for seconds, count in sorted(times.items())]
    )


def _chained(before: bytes, rows: Sequence[Row[Any]]) -> bytes:
    """The digest goes from row to row, so that it does not depend on the pieces."""
    for row in rows:
        said = orjson.dumps(row._asdict(), default=_plain, option=orjson.OPT_SORT_KEYS)
        before = hashlib.sha256(before + said).digest()
    return before


def _plain(value: Any) -> str:
    return value.hex() if isinstance(value, bytes | memoryview) else str(value)


def _remove(session: Session, rows: Sequence[Row[Any]]) -> None:
    """Delete by id. SQLite overwrites what it deletes; PostgreSQL's vacuum does so in its own time."""
    lite = session.get_bind().dialect.name == "sqlite"
    if lite:
        session.execute(text("PRAGMA secure_delete=ON"))
    ids = [row.id for row in rows]
    for at in range(0, len(ids), 500):
        session.execute(
            delete(Delivery).where(_D.id.in_(ids[at : at + 500])), execution_options={"synchronize_session": False}
        )
    if lite:
        session.execute(text("PRAGMA secure_delete=OFF"))
