"""How long crews have been on duty, from check-in to release, and who could relieve them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.resources.models import Resource, ResourceAllocation, ResourceRequest, ResourceStock, ResourceUnit
from command.resources.states import OVER, Bucket, Kind, State, Step
from command.sites import hours, rules
from command.sites.models import CrewDuty

RELIEF = 3
"""Crews that are suggested."""
SHOWN = (State.ASSIGNED, State.EN_ROUTE, State.ON_SCENE)
BACK = timedelta(days=7)
"""How far back duties are looked at: no stretch is longer."""


@dataclass(frozen=True, slots=True)
class Crew:
    """A crew that serves an incident, its hours on duty, and whether that is near the limit or over it."""

    allocation_id: int
    unit: ResourceUnit
    resource: Resource
    state: str
    place: str
    hours: float
    near: bool
    over: bool
    relief: tuple[ResourceUnit, ...]


def hear(session: Session, held: ResourceAllocation, step: Step) -> None:
    """A crew checked in or was released: its duty begins or ends. Things are no crews."""
    if held.unit_id is None or step not in (Step.CHECK_IN, Step.RELEASE) or not _human(session, held):
        return
    query = select(CrewDuty).where(CrewDuty.allocation_id == held.id, CrewDuty.until_at.is_(None))
    running = session.scalar(query)
    if step == Step.RELEASE and running is not None:
        running.until_at = clock.now(session)
    if step == Step.CHECK_IN and running is None:
        made = CrewDuty(unit_id=held.unit_id, allocation_id=held.id, exercise=held.exercise)
        made.from_at = clock.now(session)
        session.add(made)
    session.flush()


def _human(session: Session, held: ResourceAllocation) -> bool:
    stock = session.get_one(ResourceStock, held.stock_id)
    return session.get_one(Resource, stock.resource_id).kind == Kind.HUMAN


def on_duty(session: Session, unit_ids: Collection[int], now: datetime) -> dict[int, float]:
    """Hours on duty by unit; what ended without a release ended when it was last changed. Crews are tired by exercises too."""
    query = (
        select(CrewDuty.unit_id, CrewDuty.from_at, CrewDuty.until_at, ResourceAllocation.state)
        .add_columns(ResourceAllocation.changed_at)
        .join(ResourceAllocation, ResourceAllocation.id == CrewDuty.allocation_id)
        .where(CrewDuty.unit_id.in_(list(unit_ids)))
        .where(or_(CrewDuty.until_at.is_(None), CrewDuty.until_at > now - BACK))
    )
    spans: dict[int, list[hours.Span]] = {}
    for unit, start, end, state, changed in session.execute(query).tuples():
        spans.setdefault(unit, []).append((start, changed if end is None and state in OVER else end))
    rest = timedelta(hours=rules.crews().rest_hours)
    return {unit: hours.on_duty(rows, now, rest) / timedelta(hours=1) for unit, rows in spans.items()}


def crews(session: Session, incident_id: int, now: datetime) -> list[Crew]:
    """The crews that serve an incident, the longest on duty first."""
    query = (
        select(ResourceAllocation, ResourceUnit, Resource)
        .join(ResourceRequest, ResourceRequest.id == ResourceAllocation.request_id)
        .join(ResourceUnit, ResourceUnit.id == ResourceAllocation.unit_id)
        .join(Resource, Resource.id == ResourceUnit.resource_id)
        .where(ResourceRequest.incident_id == incident_id, Resource.kind == Kind.HUMAN)
        .where(ResourceAllocation.state.in_(SHOWN))
        .order_by(ResourceAllocation.id)
    )
    rows = session.execute(query).tuples().all()
    worked = on_duty(session, [unit.id for _, unit, _ in rows], now)
    found = [_crew(session, held, unit, resource, worked.get(unit.id, 0.0), now) for held, unit, resource in rows]
    return sorted(found, key=lambda crew: (-crew.hours, crew.allocation_id))


def _crew(
    session: Session, held: ResourceAllocation, unit: ResourceUnit, resource: Resource, worked: float, now: datetime
) -> Crew:
    limits = rules.crews()
    near = worked >= limits.near_hours
    spare = tuple(relief(session, unit, now)) if near else ()
    over = worked > limits.limit_hours
    return Crew(held.id, unit, resource, held.state, held.place, round(worked, 1), near, over, spare)


def relief(session: Session, unit: ResourceUnit, now: datetime) -> Sequence[ResourceUnit]:
    """Crews of the same kind that are in their pool, rested and fit."""
    query = select(ResourceUnit).where(
        ResourceUnit.resource_id == unit.resource_id,
        ResourceUnit.id != unit.id,
        ResourceUnit.bucket == Bucket.AVAILABLE,
        or_(ResourceUnit.rest_until.is_(None), ResourceUnit.rest_until <= now),
    )
    return session.scalars(query.order_by(ResourceUnit.id).limit(RELIEF)).all()
