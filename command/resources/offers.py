"""What could go where it is needed: free pieces of pools that are fit for use, and what was taken and has not left for good. Reads only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.network.models import Area
from command.resources import finding, recall_times
from command.resources.models import (
    Resource,
    ResourceAllocation,
    ResourceCertificate,
    ResourcePool,
    ResourceRequest,
    ResourceStock,
    ResourceUnit,
)
from command.resources.states import OVER, Bucket, Card, State
from command.resources.whereabouts import area_now

TAKEABLE = (State.HELD, State.STAGED, State.ASSIGNED)
"""What was taken and may be taken for a higher tier. What is under way or on scene is released first, by whoever has it."""
UNDER_WAY = (State.EN_ROUTE, State.ON_SCENE)


@dataclass(frozen=True, slots=True)
class Offer:
    """Pieces at one place: free ones of a stock (its fit units by id, those in the best order first), or something taken: ahead of need,
    or for `request`, whose incident would lose them; or in a drill, which gives them back within `recall_minutes`."""

    key: str
    stock_id: int
    pool_id: int
    resource_id: int
    type: int
    quantity: int
    area_id: int
    state: str = Bucket.AVAILABLE
    units: tuple[int, ...] = ()
    allocation_id: int | None = None
    request: ResourceRequest | None = None
    recall_minutes: int | None = None


def free(session: Session, resource_ids: Collection[int]) -> list[Offer]:
    """What pools have available and may be used, by stock."""
    ready = readiness(session, *resource_ids)
    query = (
        select(
            ResourceStock.id,
            ResourceStock.pool_id,
            ResourceStock.resource_id,
            ResourceStock.type,
            ResourceStock.available,
            ResourcePool.area_id,
            Resource.serial,
        )
        .join(ResourcePool, ResourcePool.id == ResourceStock.pool_id)
        .join(Resource, Resource.id == ResourceStock.resource_id)
        .where(
            ResourceStock.resource_id.in_(resource_ids),
            ResourceStock.available > 0,
            ResourcePool.closed_at.is_(None),
        )
        .order_by(ResourceStock.id)
    )
    found = []
    for stock, pool, resource, capability, available, area, serial in session.execute(query).tuples():
        fit = tuple(ready[stock].fit) if stock in ready else ()
        pieces = len(fit) if serial else available
        if pieces:
            found.append(Offer(f"stock-{stock}", stock, pool, resource, capability, pieces, area, units=fit))
    return found


@dataclass(slots=True)
class Readiness:
    """Units of a stock that are available: of them `unfit` must not be used now (a certificate has expired, or they rest), the service of
    `overdue` of the others is overdue. `fit` are those that may go: first those not overdue, good ones before worn ones."""

    fit: list[int]
    unfit: int = 0
    overdue: int = 0


def readiness(session: Session, *resource_ids: int) -> dict[int, Readiness]:
    """How ready the available units of resources are, by stock."""
    day, now = finding.today(session), clock.now(session)
    late = select(ResourceCertificate.unit_id).where(ResourceCertificate.expires_on < day).distinct()
    expired = set(session.scalars(late))
    query = select(
        ResourceUnit.id,
        ResourceUnit.stock_id,
        ResourceUnit.serial,
        ResourceUnit.condition,
        ResourceUnit.service_due_on,
        ResourceUnit.rest_until,
    ).where(ResourceUnit.resource_id.in_(resource_ids), ResourceUnit.bucket == Bucket.AVAILABLE)
    found: dict[int, Readiness] = {}
    order: dict[int, tuple[bool, bool, str]] = {}
    for unit, stock, serial, condition, due_on, rest_until in session.execute(query).tuples():
        its = found.setdefault(stock, Readiness([]))
        if unit in expired or (rest_until is not None and rest_until > now):
            its.unfit += 1
            continue
        overdue = due_on is not None and due_on < day
        its.overdue += overdue
        its.fit.append(unit)
        order[unit] = overdue, condition != "good", serial
    for its in found.values():
        its.fit.sort(key=order.__getitem__)
    return found


def taken(
    session: Session,
    resource_ids: Collection[int],
    known: Mapping[int, ResourceRequest],
    *,
    exercise: bool,
    states: Collection[State] = TAKEABLE,
    ahead: bool = True,
) -> list[Offer]:
    """What was taken for one of the `known` requests, or (`ahead`) ahead of need; drills and real events apart."""
    named = areas(session)
    its = ResourceAllocation
    query = (
        select(
            its.id,
            its.unit_id,
            its.request_id,
            its.quantity - its.back - its.used - its.lost,
            its.state,
            its.place,
            ResourceStock.id,
            ResourceStock.pool_id,
            ResourceStock.resource_id,
            ResourceStock.type,
            ResourcePool.area_id,
        )
        .join(ResourceStock, ResourceStock.id == its.stock_id)
        .join(ResourcePool, ResourcePool.id == ResourceStock.pool_id)
        .where(its.state.in_(states), its.exercise.is_(exercise), ResourceStock.resource_id.in_(resource_ids))
        .order_by(its.id)
    )
    found = []
    for row in session.execute(query).tuples():
        held, unit, served, pieces, state, place, stock, pool, resource, capability, home = row
        request = known.get(served or 0)
        if pieces > 0 and (request is not None or (ahead and served is None)):
            area = area_now(State(state), place, named, home, request.area_id if request else None)
            units = (unit,) if unit else ()
            key = f"out-{held}"
            found.append(Offer(key, stock, pool, resource, capability, pieces, area, state, units, held, request))
    return found


def in_drills(session: Session, resource_ids: Collection[int]) -> list[Offer]:
    """What exercise incidents have: for a real event it is recalled, wherever it is, and nobody loses anything by it."""
    named = areas(session)
    its = ResourceAllocation
    query = (
        select(its, ResourceStock, ResourcePool.area_id, ResourceRequest)
        .join(ResourceStock, ResourceStock.id == its.stock_id)
        .join(ResourcePool, ResourcePool.id == ResourceStock.pool_id)
        .join(ResourceRequest, ResourceRequest.id == its.request_id, isouter=True)
        .where(its.state.not_in(OVER), its.exercise, ResourceStock.resource_id.in_(resource_ids))
        .order_by(its.id)
    )
    rows = session.execute(query).tuples().all()
    soon = recall_times.minutes(session, {request.incident_id for *_, request in rows if request is not None})
    found = []
    for held, stock, home, request in rows:
        area = area_now(State(held.state), held.place, named, home, request.area_id if request else None)
        offer = Offer(
            key=f"drill-{held.id}",
            stock_id=stock.id,
            pool_id=stock.pool_id,
            resource_id=stock.resource_id,
            type=stock.type,
            quantity=held.still_out,
            area_id=area,
            state=Card.IN_DRILL,
            units=(held.unit_id,) if held.unit_id else (),
            allocation_id=held.id,
            recall_minutes=soon.get(request.incident_id if request else 0, recall_times.USUAL_MINUTES),
        )
        if offer.quantity > 0:
            found.append(offer)
    return found


def areas(session: Session) -> dict[str, int]:
    """Areas by their code and names, in lower case; a name that two have is none's."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for area, *names in session.execute(select(Area.id, Area.code, Area.name_zh, Area.name_en)).tuples():
        for name in {each.casefold() for each in names}:
            if found.setdefault(name, area) != area:
                twice.add(name)
    return {name: area for name, area in found.items() if name not in twice}
