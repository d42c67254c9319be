"""What the chapters of a report count over: a period, the one before, and the incidents of both.

A report goes to many, so nobody's own view is taken: restricted incidents are in none of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from command.core import clock
from command.incidents.models import Incident
from command.insights import buckets, overview, periods, population
from command.insights.counting import Counted
from command.insights.filters import Filters
from command.insights.overview import Overview
from command.insights.periods import Period
from command.network.models import Area
from command.people.access import Principal
from command.periodic.rhythm import Days

MANY = Principal(0, "report", frozenset(), None, "zh", source="report")
"""Who a report is counted for: nobody who could be named, so that it holds no restricted incident."""
AT_ONCE = 5000
"""Ids in one question to the database."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The days counted and those before, with `begins` and `ends` (exclusive) as instants of `zone`; `now` is when it is counted."""

    session: Session
    days: Days
    zone: ZoneInfo
    begins: datetime
    ends: datetime
    now: datetime
    cases: Sequence[Counted]
    found: Period
    earlier: Overview

    @property
    def figures(self) -> Overview:
        """The figures of the period's incidents, as the overview shows them."""
        return self.found.figures

    @property
    def today(self) -> date:
        """The operator's date when it is counted."""
        return self.now.astimezone(self.zone).date()

    @property
    def over(self) -> bool:
        """Whether the period was over when it was counted."""
        return self.now >= self.ends

    def within(self, column: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]) -> Any:
        """The condition that an instant lies in the period, and not ahead."""
        return (column >= self.begins) & (column < min(self.ends, self.now))


def gather(session: Session, days: Days, zone: ZoneInfo) -> Facts:
    """Count the incidents of a period and of the one before."""
    begins, ends = buckets.instants(days.first, days.last, zone)
    wanted, before = _wanted(days), _wanted(days.before)
    now = clock.now(session)
    cases = population.counted(session, wanted, zone, MANY)
    found = periods.period(session, wanted, zone, MANY)
    then = population.counted(session, before, zone, MANY)
    split = buckets.split(before.first, before.last, before.step)
    earlier = overview.overview(then, split, zone, found.limit, now)
    return Facts(session, days, zone, begins, ends, now, cases, found, earlier)


def _wanted(days: Days) -> Filters:
    return Filters(days.first, days.last, buckets.step_for(days.first, days.last))


def open_to_many(
    incident_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
) -> ColumnElement[bool]:
    """The condition that a row belongs to no restricted incident."""
    return or_(incident_id.is_(None), incident_id.not_in(select(Incident.id).where(Incident.restricted)))


def rows_of(session: Session, cases: Iterable[Counted]) -> Mapping[int, Incident]:
    """The incidents themselves, by id."""
    found: dict[int, Incident] = {}
    for ids in _chunks([one.id for one in cases]):
        found |= {row.id: row for row in session.scalars(select(Incident).where(Incident.id.in_(ids)))}
    return found


def areas_of(session: Session, rows: Collection[Incident]) -> Mapping[int, Area]:
    """The areas that incidents name, by id."""
    ids = {row.area_id for row in rows if row.area_id is not None}
    return {area.id: area for area in session.scalars(select(Area).where(Area.id.in_(ids)))}


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
