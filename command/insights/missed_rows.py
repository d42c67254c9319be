"""The incidents that missed a figure, one by one: what they should have done by when, and when they did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from command.incidents import house
from command.incidents.models import Incident, IncidentClock, Task
from command.insights import sql_time
from command.insights.incident_rows import Asked
from command.insights.period_figures import CLOCKS, LEVELS
from command.insights.periods import response_limit
from command.insights.population import RESTORE
from command.insights.sql_time import Instant, micros

LISTED = 200


@dataclass(frozen=True, slots=True)
class Missed:
    """One incident, or one task of it (`task` is its title in both languages); `done_at` None: not yet."""

    number: str
    tier: int
    due_at: datetime
    done_at: datetime | None
    task: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """The newest, and how many there are."""

    rows: Sequence[Missed]
    count: int


def missed(session: Session, asked: Asked, code: str, key: str) -> Listed:
    """Those that missed the figure of a code (and key: an SLA class)."""
    if code == "response":
        return _late_responses(session, asked)
    if code == "tasks_in_time":
        return _late_tasks(session, asked)
    tiers = next((each.tiers for each in house.clocks().sla_classes if each.id == key), None)
    return _late_clocks(session, asked, {**CLOCKS, **LEVELS}.get(code, RESTORE), code == "restored_in_time", tiers)


def _late_clocks(
    session: Session, asked: Asked, clock: str, by_restoration: bool, tiers: Sequence[int] | None
) -> Listed:
    row = IncidentClock
    query = asked.chosen.join(row, and_(row.incident_id == Incident.id, row.code == clock))
    done = Incident.restored_at if by_restoration else row.met_at
    late: ColumnElement[bool] = or_(row.state == "breached", and_(row.state == "running", row.due_at < asked.now))
    if by_restoration:
        late = (row.due_at < asked.now) & (done.is_(None) | (done > row.due_at))
        late &= done.is_(None) | (done >= Incident.reported_at)
    query = query.where(late)
    if tiers is not None:
        query = query.where(Incident.tier.in_(tiers))
    return _listed(session, query, row.due_at, done)


def _late_responses(session: Session, asked: Asked) -> Listed:
    limit = response_limit()
    due = micros(Incident.reported_at) + limit // sql_time.MICROSECOND
    none = Incident.responding_at.is_(None) & (due < sql_time.of(asked.now))
    query = asked.chosen.where(or_(none, micros(Incident.responding_at) > due))
    found = _listed(session, query, Incident.reported_at, Incident.responding_at)
    return Listed([_due_after(row, limit) for row in found.rows], found.count)


def _due_after(row: Missed, limit: timedelta) -> Missed:
    return Missed(row.number, row.tier, row.due_at + limit, row.done_at)


def _late_tasks(session: Session, asked: Asked) -> Listed:
    late = or_(Task.done_at > Task.due_at, and_(Task.done_at.is_(None), Task.due_at < asked.now))
    query = asked.chosen.join(Task, Task.incident_id == Incident.id).where(Task.state != "skipped", late)
    return _listed(session, query, Task.due_at, Task.done_at, Task.title_zh, Task.title_en)


def _listed(
    session: Session,
    query: Select[Incident],
    due: Instant,
    done: Instant,
    *title: InstrumentedAttribute[str],
) -> Listed:
    count = session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    columns = (Incident.number, Incident.tier, due, done, *title)
    newest = query.with_only_columns(*columns, maintain_column_froms=True).order_by(
        Incident.reported_at.desc(), Incident.id.desc(), due
    )
    rows: Sequence[Any] = session.execute(newest.limit(LISTED)).all()
    return Listed([Missed(row[0], row[1], row[2], row[3], (row[4], row[5]) if title else None) for row in rows], count)
