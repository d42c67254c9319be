"""What is in the pools and what is out, as lists and pages ask for it. Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from command.network.models import Area
from command.resources import recall_times
from command.resources.models import (
    Resource,
    ResourceAllocation,
    ResourceCertificate,
    ResourceMovement,
    ResourcePool,
    ResourceRequest,
    ResourceStock,
    ResourceUnit,
)
from command.resources.states import OVER, Bucket

Row = TypeVar("Row")
Line = tuple[ResourceStock, Resource, ResourcePool]
"""A stock with what it holds and where."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which stocks: of a kind, a resource (code), a pool, a department, an area and all below it, or whose names or serial numbers hold
    some words; None: all."""

    kind: str | None = None
    resource: str | None = None
    pool_id: int | None = None
    area: str | None = None
    department: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Out:
    """Something taken, with where it belongs and what it serves; what an exercise has is back within `recall_minutes` for a real event."""

    held: ResourceAllocation
    line: Line
    unit: ResourceUnit | None
    request: ResourceRequest | None
    recall_minutes: int | None = None


def pools(session: Session, *, closed: bool = False) -> list[ResourcePool]:
    """Every pool by code; those that are closed only if asked for."""
    query = select(ResourcePool).order_by(ResourcePool.code)
    if not closed:
        query = query.where(ResourcePool.closed_at.is_(None))
    return list(session.scalars(query))


def catalogue(session: Session) -> list[Resource]:
    """Every resource, by kind and code."""
    return list(session.scalars(select(Resource).order_by(Resource.kind, Resource.code)))


def below(session: Session, code: str) -> set[int]:
    """The ids of an area and of all that lie in it; empty for an unknown code."""
    rows = session.execute(select(Area.id, Area.parent_id, Area.code)).tuples().all()
    found = {area_id for area_id, _, its in rows if its == code}
    grown = True
    while grown:
        more = {area_id for area_id, parent, _ in rows if parent in found} - found
        found |= more
        grown = bool(more)
    return found


def stocks(session: Session, wanted: Wanted, *, after: int = 0, limit: int | None = None) -> list[Line]:
    """Stocks of open pools, by id, from the one after `after`."""
    query = (
        select(ResourceStock, Resource, ResourcePool)
        .join(Resource, Resource.id == ResourceStock.resource_id)
        .join(ResourcePool, ResourcePool.id == ResourceStock.pool_id)
        .where(ResourcePool.closed_at.is_(None), ResourceStock.id > after)
        .order_by(ResourceStock.id)
        .limit(limit)
    )
    rows = session.execute(_only(session, query, wanted)).tuples()
    return [(stock, resource, pool) for stock, resource, pool in rows]


def _only(
    session: Session, query: Select[ResourceStock, Resource, ResourcePool], wanted: Wanted
) -> Select[ResourceStock, Resource, ResourcePool]:
    if wanted.kind:
        query = query.where(Resource.kind == wanted.kind)
    if wanted.resource:
        query = query.where(Resource.code == wanted.resource)
    if wanted.pool_id:
        query = query.where(ResourcePool.id == wanted.pool_id)
    if wanted.area:
        query = query.where(ResourcePool.area_id.in_(below(session, wanted.area)))
    if wanted.department:
        query = query.where(ResourcePool.department == wanted.department)
    if words := wanted.words.strip():
        names = (Resource.name_zh, Resource.name_en, Resource.code, ResourcePool.name_zh, ResourcePool.name_en)
        serials = select(ResourceUnit.stock_id).where(ResourceUnit.serial.icontains(words, autoescape=True))
        said = (name.icontains(words, autoescape=True) for name in names)
        query = query.where(or_(*said, ResourceStock.id.in_(serials)))
    return query


def out(session: Session, lines: Sequence[Line]) -> list[Out]:
    """What is out of these stocks, the latest change first."""
    by_id = {line[0].id: line for line in lines}
    query = select(ResourceAllocation).where(
        ResourceAllocation.state.not_in(OVER), ResourceAllocation.stock_id.in_(by_id)
    )
    held = session.scalars(query.order_by(ResourceAllocation.changed_at.desc(), ResourceAllocation.id.desc())).all()
    return joined(session, held, by_id)


def joined(session: Session, held: Sequence[ResourceAllocation], lines: dict[int, Line] | None = None) -> list[Out]:
    """What was taken, with its units, requests and stocks."""
    known = lines if lines is not None else lines_of(session, {each.stock_id for each in held})
    units = _by_ids(session, ResourceUnit, {each.unit_id for each in held})
    wanted = _by_ids(session, ResourceRequest, {each.request_id for each in held})
    drilled = {each.incident_id for each in wanted.values() if each.exercise}
    soon = recall_times.minutes(session, drilled)
    found = []
    for each in held:
        request = wanted.get(each.request_id or 0)
        usual = recall_times.USUAL_MINUTES
        recall = soon.get(request.incident_id, usual) if request is not None else usual
        unit = units.get(each.unit_id or 0)
        found.append(Out(each, known[each.stock_id], unit, request, recall if each.exercise else None))
    return found


def lines_of(session: Session, stock_ids: Collection[int]) -> dict[int, Line]:
    """Stocks by id, of closed pools too."""
    query = (
        select(ResourceStock, Resource, ResourcePool)
        .join(Resource, Resource.id == ResourceStock.resource_id)
        .join(ResourcePool, ResourcePool.id == ResourceStock.pool_id)
        .where(ResourceStock.id.in_(stock_ids))
    )
    rows = session.execute(query).tuples()
    return {stock.id: (stock, resource, pool) for stock, resource, pool in rows}


def lines_of_pool(session: Session, pool_id: int) -> list[Line]:
    """The stocks of a pool, open or closed, by resource and type."""
    ids = session.scalars(select(ResourceStock.id).where(ResourceStock.pool_id == pool_id)).all()
    found = lines_of(session, ids).values()
    return sorted(found, key=lambda line: (line[1].kind, line[1].code, line[0].type))


def _by_ids(session: Session, model: type[Row], ids: Collection[int | None]) -> dict[int, Row]:
    key: Any = model
    wanted = [each for each in ids if each is not None]
    return {row.id: row for row in session.scalars(select(key).where(key.id.in_(wanted)))} if wanted else {}


def units(
    session: Session, stock_id: int, *, after: int = 0, limit: int | None = None, words: str = "", bucket: str = ""
) -> list[ResourceUnit]:
    """The units of a stock, by id; those lost and used up too. `words` is a part of the serial number."""
    query = select(ResourceUnit).where(ResourceUnit.stock_id == stock_id, ResourceUnit.id > after)
    if words:
        query = query.where(ResourceUnit.serial.icontains(words, autoescape=True))
    if bucket:
        query = query.where(ResourceUnit.bucket == bucket)
    return list(session.scalars(query.order_by(ResourceUnit.id).limit(limit)))


def units_called(session: Session, lines: Sequence[Line], words: str, limit: int) -> list[ResourceUnit]:
    """Units of these stocks whose serial number holds some words, by serial number; those lost and used up too."""
    query = select(ResourceUnit).where(
        ResourceUnit.serial.icontains(words, autoescape=True), ResourceUnit.stock_id.in_([line[0].id for line in lines])
    )
    return list(session.scalars(query.order_by(ResourceUnit.serial, ResourceUnit.id).limit(limit)))


def takable(session: Session, stock_ids: Collection[int], limit: int = 500) -> list[ResourceUnit]:
    """Units that are available, by serial number."""
    query = select(ResourceUnit).where(ResourceUnit.stock_id.in_(stock_ids), ResourceUnit.bucket == Bucket.AVAILABLE)
    return list(session.scalars(query.order_by(ResourceUnit.serial).limit(limit)))


def of_restricted(session: Session, allocation_ids: Collection[int | None]) -> set[int]:
    """Of what was taken, that which serves a restricted incident."""
    query = (
        select(ResourceAllocation.id)
        .join(ResourceRequest, ResourceRequest.id == ResourceAllocation.request_id)
        .where(ResourceAllocation.id.in_([each for each in allocation_ids if each]), ResourceRequest.restricted)
    )
    return set(session.scalars(query))


def certificates(session: Session, unit_ids: Collection[int]) -> dict[int, list[ResourceCertificate]]:
    """Certificates by unit, those that expire first first."""
    found: dict[int, list[ResourceCertificate]] = {}
    query = select(ResourceCertificate).where(ResourceCertificate.unit_id.in_(unit_ids))
    for each in session.scalars(query.order_by(ResourceCertificate.expires_on, ResourceCertificate.id)):
        found.setdefault(each.unit_id, []).append(each)
    return found


def ratings(session: Session, stock_ids: Collection[int]) -> dict[int, float]:
    """What uses of stocks were worth on average, 1 to 5; drills do not count."""
    query = (
        select(ResourceAllocation.stock_id, func.avg(ResourceAllocation.rating))
        .where(
            ResourceAllocation.stock_id.in_(stock_ids),
            ResourceAllocation.rating.is_not(None),
            ResourceAllocation.exercise.is_(False),
        )
        .group_by(ResourceAllocation.stock_id)
    )
    return {stock_id: float(mean) for stock_id, mean in session.execute(query).tuples()}


def taken_now(session: Session, unit_ids: Collection[int]) -> dict[int, ResourceAllocation]:
    """Under what units are out, by unit."""
    query = select(ResourceAllocation).where(
        ResourceAllocation.unit_id.in_(unit_ids), ResourceAllocation.state.not_in(OVER)
    )
    return {each.unit_id: each for each in session.scalars(query) if each.unit_id is not None}


def taken_away(session: Session, allocation_ids: Collection[int]) -> int:
    """Pieces of what was taken that went to requests of higher tiers."""
    query = select(func.coalesce(func.sum(ResourceMovement.quantity), 0)).where(
        ResourceMovement.allocation_id.in_(allocation_ids), ResourceMovement.verb == "preempt"
    )
    return int(session.scalar(query) or 0) if allocation_ids else 0


def uses(session: Session, unit_id: int, limit: int = 50) -> list[Out]:
    """What a unit was taken for, the latest first."""
    query = select(ResourceAllocation).where(ResourceAllocation.unit_id == unit_id)
    return joined(session, session.scalars(query.order_by(ResourceAllocation.id.desc()).limit(limit)).all())


def life(session: Session, unit_id: int, limit: int = 200) -> list[ResourceMovement]:
    """The ledger's lines of a unit, the latest first."""
    query = select(ResourceMovement).where(ResourceMovement.unit_id == unit_id)
    return list(session.scalars(query.order_by(ResourceMovement.id.desc()).limit(limit)))


def moves(session: Session, pool_id: int, limit: int = 50) -> list[ResourceMovement]:
    """The ledger's last lines of a pool."""
    query = (
        select(ResourceMovement)
        .join(ResourceStock, ResourceStock.id == ResourceMovement.stock_id)
        .where(ResourceStock.pool_id == pool_id)
        .order_by(ResourceMovement.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))
