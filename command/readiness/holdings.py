"""What is fit for use in the pools, by resource, type and area. Reads only."""

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.readiness.coverage import Pile
from command.resources import finding
from command.resources.models import Resource, ResourceCertificate, ResourcePool, ResourceStock, ResourceUnit
from command.resources.states import Bucket

FIT = (Bucket.AVAILABLE, Bucket.IN_RESERVE)


def piles(session: Session, department: str = "") -> list[Pile]:
    """Pieces fit for use in open pools, of one department's if given: in the pool and in service; of units those whose certificates hold,
    whose service is not overdue, and who have rested."""
    key = (ResourceStock.resource_id, ResourceStock.type, ResourcePool.area_id)
    counted = select(*key, func.sum(ResourceStock.available + ResourceStock.in_reserve)).where(~Resource.serial)
    units = (
        select(*key, func.count(ResourceUnit.id))
        .join(ResourceUnit, ResourceUnit.stock_id == ResourceStock.id)
        .where(ResourceUnit.bucket.in_(FIT), ~_unfit(session))
    )
    found = []
    for query in (counted, units):
        joined = query.join(Resource, Resource.id == ResourceStock.resource_id)
        joined = joined.join(ResourcePool, ResourcePool.id == ResourceStock.pool_id)
        joined = joined.where(ResourcePool.closed_at.is_(None)).group_by(*key)
        if department:
            joined = joined.where(ResourcePool.department == department)
        found += [Pile(*row[:3], int(row[3])) for row in session.execute(joined)]
    return found


def _unfit(session: Session) -> ColumnElement[bool]:
    today = finding.today(session)
    expired = select(ResourceCertificate.id).where(
        ResourceCertificate.unit_id == ResourceUnit.id, ResourceCertificate.expires_on < today
    )
    overdue = and_(ResourceUnit.service_due_on.is_not(None), ResourceUnit.service_due_on < today)
    resting = and_(ResourceUnit.rest_until.is_not(None), ResourceUnit.rest_until > clock.now(session))
    return or_(expired.exists(), overdue, resting)
