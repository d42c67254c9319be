"""How resources were used in a period, from the ledger and the requests, and how ready the pools are today."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import Float, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from command.insights import knowing, sql_time
from command.insights.filters import Filters
from command.insights.incident_rows import Asked
from command.insights.measures import NOTHING, Measure, rate
from command.people.access import Principal
from command.readiness import plans
from command.readiness.coverage import Stands
from command.resources.models import (
    Resource,
    ResourceAllocation,
    ResourceMovement,
    ResourceOrder,
    ResourceRequest,
    ResourceStock,
)
from command.resources.states import IN_POOL, Bucket, Kind, State

REFUSED = ("refused", "cancelled")


def covered(session: Session, wanted: Filters, asked: Asked, who: Principal) -> Measure:
    """Requests whose pieces had all been taken for them, or had arrived from elsewhere, when they were needed ÷ requests needed in the
    period.

    Exactly at the time is in time. Refused and cancelled requests want nothing: they are counted beside. A hold that was let go never
    left the pool. Requests for drills are none."""
    row = ResourceRequest
    belongs = knowing.of_incidents(session, wanted, who)
    mine = and_(
        row.exercise.is_(False), row.need_by >= asked.begin, row.need_by < asked.until, belongs(row.incident_id)
    )
    taken = select(func.sum(ResourceAllocation.quantity)).where(
        ResourceAllocation.request_id == row.id,
        ResourceAllocation.taken_at <= row.need_by,
        ResourceAllocation.state != State.LET_GO,
    )
    arrived = select(func.sum(ResourceOrder.quantity)).where(
        ResourceOrder.request_id == row.id,
        ResourceOrder.state == "arrived",
        ResourceOrder.changed_at <= row.need_by,
    )
    got = func.coalesce(taken.scalar_subquery(), 0) + func.coalesce(arrived.scalar_subquery(), 0)
    wanted_still = row.state.not_in(REFUSED)
    sums = [
        func.coalesce(func.sum(case((each, 1), else_=0)), 0)
        for each in (wanted_still, wanted_still & (got >= row.quantity))
    ]
    total, of, good = map(int, session.execute(select(func.count(), *sums).where(mine)).one())
    return rate(good, of, dropped=total - of)


def use(session: Session, asked: Asked) -> dict[str, Measure]:
    """By kind of resource: hours for which pieces were out for real ÷ hours for which pools had them (idle and out), from the ledger.

    A piece is had from the day it came in until it is used up or lost. Pieces that are out for drills are had, and not in use."""
    row, allocation = ResourceMovement, ResourceAllocation
    hours = sql_time.within(row.at, None, asked.begin, asked.until)
    real = or_(allocation.id.is_(None), allocation.exercise.is_(False))
    ours = (*IN_POOL, Bucket.OUT)
    entered = case((row.target.in_(ours), 1), else_=0) - case((row.source.in_(ours), 1), else_=0)
    left = case((row.target == Bucket.OUT, 1), else_=0) - case((row.source == Bucket.OUT, 1), else_=0)
    pieces = cast(row.quantity, Float) * hours
    sums = (func.sum(pieces * entered), func.sum(case((real, pieces * left), else_=0.0)))
    query = (
        select(Resource.kind, *sums)
        .select_from(row)
        .join(ResourceStock, ResourceStock.id == row.stock_id)
        .join(Resource, Resource.id == ResourceStock.resource_id)
        .outerjoin(allocation, allocation.id == row.allocation_id)
        .where(row.at < asked.until)
        .group_by(Resource.kind)
    )
    found = {kind: (float(had or 0), float(out or 0)) for kind, had, out in session.execute(query).tuples()}
    return {str(kind): used(*found.get(kind, (0.0, 0.0))) for kind in Kind}


def used(had: float, out: float) -> Measure:
    """The share of the hours had that pieces were in use, in percent rounded down to tenths. Nothing had: n/a. Pure."""
    if had <= 0:
        return NOTHING
    part = min(max(out, 0.0), had)
    return Measure(int(part * 1000 / had) / 10, more={"used_hours": part, "idle_hours": had - part})


def readiness(session: Session, wanted: Filters) -> Measure:
    """Lines of the playbooks in force that an area's own pools cover today ÷ all lines, over areas, playbooks and tiers. A line that needs
    help from elsewhere is not covered."""
    found: Iterable[Stands] = (
        line.stands
        for area in plans.standings(session, wanted.area or "")
        for standing in area.plans
        for tier in standing.tiers
        for line in tier.lines
    )
    counts: Mapping[Stands, int] = Counter(found)
    return rate(
        counts.get(Stands.READY, 0),
        sum(counts.values()),
        help=counts.get(Stands.HELP, 0),
        lacking=counts.get(Stands.LACKING, 0),
    )
