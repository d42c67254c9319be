"""What ends in the pools: certificates, the time to a service, the freshness of information, the time to a stock-taking. Reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.readiness.models import Subject
from command.resources import finding, reading, stocktaking
from command.resources.models import Resource, ResourceCertificate, ResourcePool, ResourceStock, ResourceUnit
from command.resources.states import Bucket

HORIZONS = (1, 7, 30)
"""Days ahead at which people are told, the nearest first."""
NEVER = date(1970, 1, 1)
"""The day on which information that nobody ever checked went stale."""
KEPT = (Bucket.AVAILABLE, Bucket.IN_RESERVE, Bucket.OUT_OF_SERVICE, Bucket.OUT)


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that holds to the end of `due_on` (for service and stock-taking: is to be done by then). `ref_id` is the certificate's, the
    unit's, or for stock-taking the pool's id; `name` the certificate's. `days` are left; below zero it is over. It lasts `span` days from
    one time to the next, where that is a rule."""

    subject: Subject
    ref_id: int
    pool: ResourcePool
    unit: ResourceUnit | None
    resource: Resource | None
    name: str
    due_on: date
    days: int
    span: int | None = None

    @property
    def key(self) -> tuple[str, int, date]:
        return str(self.subject), self.ref_id, self.due_on


def horizons(span: int | None) -> tuple[int, ...]:
    """The horizons of something that lasts so many days: those shorter than that, for what was just done is not told of at once."""
    return tuple(each for each in HORIZONS if span is None or each < span) or HORIZONS[:1]


def things(session: Session) -> list[Thing]:
    """All that is over, or for which the first horizon has come, in open pools; the earliest first."""
    today = finding.today(session)
    last = today + timedelta(days=HORIZONS[-1])
    found = [*_certificates(session, today, last), *_units(session, today, last), *_pools(session, today, last)]
    found = [each for each in found if each.days <= horizons(each.span)[-1]]
    return sorted(found, key=lambda each: (each.due_on, each.subject, each.ref_id))


def _certificates(session: Session, today: date, last: date) -> Iterator[Thing]:
    query = (
        select(ResourceCertificate, ResourceUnit, Resource, ResourcePool)
        .join(ResourceUnit, ResourceUnit.id == ResourceCertificate.unit_id)
        .join(Resource, Resource.id == ResourceUnit.resource_id)
        .join(ResourceStock, ResourceStock.id == ResourceUnit.stock_id)
        .join(ResourcePool, ResourcePool.id == ResourceStock.pool_id)
        .where(ResourceCertificate.expires_on <= last, ResourceUnit.bucket.in_(KEPT), ResourcePool.closed_at.is_(None))
    )
    for row, unit, resource, pool in session.execute(query).tuples():
        left = (row.expires_on - today).days
        yield Thing(Subject.CERTIFICATE, row.id, pool, unit, resource, row.name, row.expires_on, left)


def _units(session: Session, today: date, last: date) -> Iterator[Thing]:
    query = (
        select(ResourceUnit, Resource, ResourcePool)
        .join(Resource, Resource.id == ResourceUnit.resource_id)
        .join(ResourceStock, ResourceStock.id == ResourceUnit.stock_id)
        .join(ResourcePool, ResourcePool.id == ResourceStock.pool_id)
        .where(
            ResourceUnit.bucket.in_(KEPT),
            ResourcePool.closed_at.is_(None),
            (ResourceUnit.service_due_on <= last) | Resource.fresh_days.is_not(None),
        )
    )
    zone = finding.zone(session)
    for unit, resource, pool in session.execute(query).tuples():
        if unit.service_due_on is not None and unit.service_due_on <= last:
            left = (unit.service_due_on - today).days
            yield Thing(Subject.SERVICE, unit.id, pool, unit, resource, "", unit.service_due_on, left)
        if resource.fresh_days is not None:
            checked = unit.checked_at
            day = checked.astimezone(zone).date() + timedelta(days=resource.fresh_days) if checked else NEVER
            if day <= last:
                left = (day - today).days
                yield Thing(Subject.INFORMATION, unit.id, pool, unit, resource, "", day, left, resource.fresh_days)


def _pools(session: Session, today: date, last: date) -> Iterator[Thing]:
    for pool in reading.pools(session):
        day = stocktaking.due_on(session, pool)
        if day is not None and day <= last:
            left = (day - today).days
            yield Thing(Subject.STOCK_TAKING, pool.id, pool, None, None, "", day, left, pool.count_days)


def below_minimum(session: Session) -> Sequence[reading.Line]:
    """Stocks of which fewer pieces are in the pool, fit for use, than should be."""
    return [line for line in reading.stocks(session, reading.Wanted()) if _short(line[0]) > 0]


def _short(stock: ResourceStock) -> int:
    return stock.minimum - stock.available - stock.in_reserve
