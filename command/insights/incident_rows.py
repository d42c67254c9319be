"""What the figures of incidents are made of, counted where the rows are: answers, clocks, spans, tasks, impact, failures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson
from sqlalchemy import ColumnElement, Float, Select, and_, case, cast, func, literal, select
from sqlalchemy.orm import Session, aliased

from command.core.journal import Entry
from command.incidents.models import Incident, IncidentClock, Task
from command.insights import curve, sql_time
from command.insights.population import RESTORE
from command.insights.service_figures import Answers, Clocks, Tasks, restored_then
from command.insights.sql_time import micros
from command.oncall.models import Page

CODES = ("report-to-centre", "first-plan", "sla-respond", "sla-resolve")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose figures: `chosen` are the incidents that count, as a query over them, `ids` their ids. `begin` to `end` (exclusive) is the
    period, `until` its end or now, whichever is earlier."""

    chosen: Select[Incident]
    begin: datetime
    end: datetime
    now: datetime

    @property
    def ids(self) -> Select[int]:
        return self.chosen.with_only_columns(Incident.id)

    @property
    def until(self) -> datetime:
        return max(self.begin, min(self.end, self.now))

    @property
    def minutes(self) -> float:
        """Minutes of the period that are over."""
        return (self.until - self.begin) / timedelta(minutes=1)


class Case(NamedTuple):
    """An incident that counts, as figures see it: what counting.response and counting.restoration say of it, its peak, its user-minutes
    up to now, and its spans in microseconds (None: not known)."""

    response: str
    restoration: str
    users: int
    user_minutes: float
    detection: int | None
    acknowledgement: int | None
    begun: int | None
    outage: int | None


def cases(session: Session, asked: Asked, limit: timedelta) -> list[Case]:
    """The incidents that count, in no order; `limit` is the time in which handling has to begin."""
    answered = select(Page.incident_id, func.min(Page.answered_at).label("at")).group_by(Page.incident_id).subquery()
    running = cast(Incident.users_now, Float) * (sql_time.of(asked.now) - micros(Incident.measured_at))
    minutes = Incident.user_minutes + case((Incident.users_now > 0, running / (60.0 * sql_time.SECOND)), else_=0.0)
    pairs = (
        (Incident.occurred_at, Incident.detected_at),
        (Incident.detected_at, answered.c.at),
        (Incident.reported_at, Incident.responding_at),
        (Incident.occurred_at, Incident.restored_at),
    )
    query = _with_target(asked.chosen).outerjoin(answered, answered.c.incident_id == Incident.id)
    columns = (
        _response(asked, limit),
        _restoration(asked),
        Incident.users_peak,
        func.coalesce(minutes, Incident.user_minutes),
    )
    spans = (micros(end) - micros(begin) for begin, end in pairs)
    rows = session.execute(query.with_only_columns(*columns, *spans, maintain_column_froms=True)).tuples()
    return [Case._make(row) for row in rows]


def _response(asked: Asked, limit: timedelta) -> ColumnElement[str]:
    late = micros(Incident.reported_at) + limit // sql_time.MICROSECOND
    return case(
        (and_(Incident.responding_at.is_(None), late < sql_time.of(asked.now)), "breached"),
        (Incident.responding_at.is_(None), "running"),
        (Incident.responding_at < Incident.reported_at, "error"),
        (micros(Incident.responding_at) <= late, "met"),
        else_="breached",
    )


def _restoration(asked: Asked) -> ColumnElement[str]:
    due = IncidentClock.due_at
    return case(
        (Incident.restored_at < Incident.reported_at, "error"),
        (due.is_(None), "none"),
        (due >= asked.now, "running"),
        (Incident.restored_at <= due, "met"),
        else_="breached",
    )


def answers(found: Iterable[Case]) -> list[Answers]:
    """The incidents counted by what is said of them. Pure."""
    sums: dict[tuple[str, str], list[float]] = {}
    for one in found:
        total = sums.setdefault((one.response, one.restoration), [0, 0, 0.0])
        total[0] += 1
        total[1] += one.users
        total[2] += one.user_minutes
    return [Answers(*said, int(count), int(users), minutes) for said, (count, users, minutes) in sums.items()]


def _with_target(query: Select[Incident]) -> Select[Incident]:
    return query.outerjoin(IncidentClock, and_(IncidentClock.incident_id == Incident.id, IncidentClock.code == RESTORE))


def late_ones(session: Session, asked: Asked) -> Iterator[tuple[int, int]]:
    """Of each incident that missed its target: how many of its peak users had service again when that passed, and the peak. What the last
    entry of its journal up to then says."""
    due = IncidentClock.due_at
    missed = _with_target(asked.chosen).where(
        due < asked.now,
        (Incident.restored_at.is_(None)) | (Incident.restored_at > due),
        (Incident.restored_at.is_(None)) | (Incident.restored_at >= Incident.reported_at),
    )
    columns = ((literal("incident:") + Incident.number).label("stream"), Incident.users_peak, due.label("due"))
    late = missed.with_only_columns(*columns, maintain_column_froms=True).subquery()
    kinds = (curve.CHANGED, *curve.ENDS)
    said = aliased(Entry)
    newest = select(func.max(said.seq)).where(
        said.stream_id == late.c.stream, said.at <= late.c.due, said.kind.in_(kinds)
    )
    query = select(late.c.users_peak, Entry.kind, Entry.data).outerjoin(
        Entry, and_(Entry.stream_id == late.c.stream, Entry.seq == newest.scalar_subquery())
    )
    for peak, kind, data in session.execute(query).tuples():
        affected = orjson.loads(data)["users_now"] if kind == curve.CHANGED else 0
        yield restored_then(peak, affected)


def clocks(session: Session, asked: Asked) -> list[Clocks]:
    """The clocks of those incidents by code, tier and state."""
    row = IncidentClock
    overdue = case((row.due_at < asked.now, True), else_=False).label("overdue")
    query = (
        asked.chosen.join(row, row.incident_id == Incident.id)
        .where(row.code.in_(CODES))
        .with_only_columns(row.code, Incident.tier, row.state, overdue, func.count(), maintain_column_froms=True)
    )
    found = session.execute(query.group_by(row.code, Incident.tier, row.state, overdue)).tuples()
    return [Clocks(code, tier, state, bool(late), int(count)) for code, tier, state, late, count in found]


def tasks(session: Session, asked: Asked) -> list[Tasks]:
    """The tasks of those incidents by state and time."""
    in_time = case((Task.done_at <= Task.due_at, True), else_=False).label("in_time")
    overdue = case((Task.due_at < asked.now, True), else_=False).label("overdue")
    query = select(Task.state, in_time, overdue, func.count()).where(Task.incident_id.in_(asked.ids))
    found = session.execute(query.group_by(Task.state, in_time, overdue)).tuples()
    return [Tasks(state, bool(good), bool(late), int(count)) for state, good, late, count in found]
