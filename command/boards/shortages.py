"""Stocks that have less than they should, as the command board shows them beside what serves incidents.

Pools change without any incident, so this is no card of the board: it is asked for anew now and then. It counts what is in the pools
and names no incident."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import names
from command.resources.models import Resource, ResourcePool, ResourceStock

MOST = 5
"""Stocks that are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Short:
    """One stock under its minimum: `fit` pieces are in the pool and fit for use."""

    pool_id: int
    stock_id: int
    resource: str
    pool: str
    fit: int
    minimum: int


@dataclass(frozen=True, slots=True)
class Shortages:
    """Stocks under their minimum, those that lack the greatest share first; `more` are not named."""

    stocks: tuple[Short, ...] = ()
    more: int = 0


def now(session: Session, language: str) -> Shortages:
    """Stocks of open pools that are under their minimum."""
    fit = ResourceStock.available + ResourceStock.in_reserve
    under = (ResourcePool.closed_at.is_(None), ResourceStock.minimum > 0, fit < ResourceStock.minimum)
    query = (
        select(ResourceStock, Resource, ResourcePool, func.count().over())
        .join(Resource, Resource.id == ResourceStock.resource_id)
        .join(ResourcePool, ResourcePool.id == ResourceStock.pool_id)
        .where(*under)
        .order_by(fit * 1.0 / ResourceStock.minimum, ResourceStock.id)
        .limit(MOST)
    )
    rows = session.execute(query).tuples().all()
    found = tuple(
        Short(
            pool.id,
            stock.id,
            names.of(resource, language),
            names.of(pool, language),
            stock.available + stock.in_reserve,
            stock.minimum,
        )
        for stock, resource, pool, _ in rows
    )
    return Shortages(found, rows[0][3] - len(rows) if rows else 0)
