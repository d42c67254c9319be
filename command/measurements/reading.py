"""Reading points and series."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.measurements.course import Measured, Rule
from command.measurements.models import Point, Proposal, Series


def latest(session: Session, series_id: int, rule: Rule) -> list[Measured]:
    """The newest points of a series, as far back as a verdict may reach, in order of time."""
    newest = session.scalar(select(func.max(Point.at)).where(Point.series_id == series_id))
    return between(session, series_id, newest - rule.span, newest) if newest else []


def between(session: Session, series_id: int, first: datetime, last: datetime, most: int = 5000) -> list[Measured]:
    """The points from `first` to `last`, in order of time; of more than `most` the newest."""
    query = select(Point.at, Point.value).where(Point.series_id == series_id, Point.at.between(first, last))
    rows = session.execute(query.order_by(Point.at.desc()).limit(most)).tuples()
    return [Measured(at, value) for at, value in reversed(rows.all())]


def before(now: datetime, hours: float) -> datetime:
    """So many hours ago."""
    return now - timedelta(hours=hours)


def ahead(now: datetime) -> datetime:
    """As far ahead as a source's clock may run."""
    return now + timedelta(hours=1)


def all_series(session: Session) -> Sequence[Series]:
    """Every series: bad ones first, then in the order of their codes; those not in use last."""
    found = session.scalars(select(Series).order_by(Series.code)).all()
    return sorted(found, key=lambda each: (not each.active, each.state != "bad", each.code))


def last(session: Session, series_ids: Sequence[int]) -> dict[int, Measured]:
    """The newest point of each series that has any."""
    newest = (
        select(Point.series_id, func.max(Point.at).label("at"))
        .where(Point.series_id.in_(list(series_ids)))
        .group_by(Point.series_id)
        .subquery()
    )
    query = select(Point.series_id, Point.at, Point.value).join(
        newest, (newest.c.series_id == Point.series_id) & (newest.c.at == Point.at)
    )
    return {series_id: Measured(at, value) for series_id, at, value in session.execute(query).tuples()}


def proposals(session: Session) -> list[tuple[Proposal, Series]]:
    """The proposals that wait for a person, the oldest first."""
    query = select(Proposal, Series).join(Series, Series.id == Proposal.series_id).where(Proposal.state == "open")
    return list(session.execute(query.order_by(Proposal.at)).tuples())
