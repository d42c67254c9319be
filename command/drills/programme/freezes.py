"""Spans in which no drill is held, and the days that are closed for a series."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.drills.programme.series import Closed, Freeze
from command.drills.programme.series_models import DrillFreeze
from command.incidents import house, places
from command.oncall.duties import holidays


def from_then_on(session: Session, at: datetime) -> list[DrillFreeze]:
    """Freezes that hold and end after an instant, the first to begin first."""
    holds = (DrillFreeze.lifted_at.is_(None), DrillFreeze.until_at > at)
    return list(session.scalars(select(DrillFreeze).where(*holds).order_by(DrillFreeze.from_at, DrillFreeze.id)))


def of_area(session: Session, rows: Sequence[DrillFreeze], area_id: int) -> list[DrillFreeze]:
    """Those of `rows` that hold in an area: for it, for one that contains it, or everywhere."""
    codes = set(places.codes_upward(session, area_id))
    return [row for row in rows if not row.areas or codes & set(row.areas)]


def met(session: Session, area_id: int, start: datetime, end: datetime) -> DrillFreeze | None:
    """The freeze that a drill of an area from `start` to `end` would fall into, or None."""
    found = of_area(session, from_then_on(session, start), area_id)
    return next((row for row in found if row.from_at < end), None)


def closed(session: Session, area_id: int, at: datetime) -> Closed:
    """When no drill of a series is held in an area, from an instant on: the operator's holidays and the freezes."""
    days, _ = holidays.readable(house.settings(session).holidays)
    rows = of_area(session, from_then_on(session, at), area_id)
    return Closed(days, tuple(Freeze(row.from_at, row.until_at) for row in rows))
