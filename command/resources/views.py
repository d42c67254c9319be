"""Pools, stocks, units and what is out, as people and programs read them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import clock, names
from command.network.models import Area
from command.resources import finding, reading, stocktaking
from command.resources.models import Resource, ResourceCertificate, ResourcePool, ResourceUnit
from command.resources.reading import Line, Out
from command.resources.states import Card, Kind, State, card

SOON = timedelta(days=30)
"""A certificate or service that ends within this time is shown as due."""


class ResourceOut(BaseModel):
    """A thing that pools can hold. `types` has what capability types mean, in the reader's language."""

    code: str
    kind: Kind
    name: str
    measure: str
    serial: bool
    types: dict[str, str]
    rest_hours: int
    fresh_days: int | None
    plan_lines: list[str]


class PoolOut(BaseModel):
    """A pool; stock is taken of it every `count_days` (null: no rule) from `count_from` on, next on
    `count_due`; `count_late`: that day has come."""

    id: int
    code: str
    name: str
    area: str
    area_name: str
    place: str
    department: str
    partner: str
    count_days: int | None
    count_from: datetime | None
    count_due: date | None
    count_late: bool
    closed_at: datetime | None


class StockOut(BaseModel):
    """How many pieces a pool has of a resource and type: `received` is the sum of the six counts after it. `below_minimum`: fewer are in
    the pool, fit for use, than should be. `rating`: what its uses were worth on average, 1 to 5."""

    id: int
    pool: PoolOut
    resource: ResourceOut
    type: int
    received: int
    in_reserve: int
    available: int
    out_of_service: int
    out: int
    used: int
    lost: int
    minimum: int
    below_minimum: bool
    uses: int
    rating: float | None
    counted_at: datetime | None


class CertificateOut(BaseModel):
    """`stands`: valid, due (it expires within 30 days) or expired."""

    id: int
    name: str
    expires_on: date
    stands: Literal["valid", "due", "expired"]


class UnitOut(BaseModel):
    """One piece. `card` is the column of the status board it stands in (`lost` and `used` for those gone); `place` where it is now.
    `stale`: the information is older than it may be."""

    id: int
    stock_id: int
    serial: str
    type: int
    card: str
    condition: str
    place: str
    allocation_id: int | None
    recall_minutes: int | None
    service_due_on: date | None
    service: Literal["none", "valid", "due", "overdue"]
    rest_until: datetime | None
    checked_at: datetime | None
    stale: bool
    certificates: list[CertificateOut]


class AllocationOut(BaseModel):
    """Something taken; `card` is its column of the status board, null once nothing is out. Of what serves a restricted
    incident, its number, request and place are null. `crew_answer` is what its crew last replied by SMS. What a drill has is back within
    `recall_minutes` for a real event, once it is recalled."""

    id: int
    stock_id: int
    pool: str
    pool_id: int
    resource: str
    resource_code: str
    kind: Kind
    type: int
    unit_id: int | None
    serial: str | None
    quantity: int
    still_out: int
    back: int
    used: int
    lost: int
    state: State
    card: Card | None
    place: str | None
    eta_at: datetime | None
    taken_at: datetime
    changed_at: datetime
    incident: str | None
    request_id: int | None
    restricted: bool
    exercise: bool
    rating: int | None
    crew_answer: Literal["confirmed", "on_scene", "done", "declined"] | None
    recall_minutes: int | None


def resource_out(row: Resource, language: str) -> ResourceOut:
    """A resource in the reader's language."""
    plain = ("code", "kind", "serial", "rest_hours", "fresh_days", "plan_lines")
    measure = row.measure_zh if language == "zh" else row.measure_en
    types = {number: texts.get(language, "") for number, texts in sorted(row.types.items())}
    values = {name: getattr(row, name) for name in plain}
    return ResourceOut(name=names.of(row, language), measure=measure, types=types, **values)


def pool_out(session: Session, row: ResourcePool, language: str) -> PoolOut:
    """A pool in the reader's language."""
    area = session.get_one(Area, row.area_id)
    plain = ("id", "code", "place", "department", "partner", "count_days", "count_from", "closed_at")
    values = {name: getattr(row, name) for name in plain}
    named = {"name": names.of(row, language), "area": area.code, "area_name": names.of(area, language)}
    due = stocktaking.due_on(session, row)
    late = due is not None and due <= finding.today(session)
    return PoolOut(count_due=due, count_late=late, **named, **values)


def stocks_out(session: Session, lines: Sequence[Line], language: str) -> list[StockOut]:
    """Stocks in the reader's language."""
    rated = reading.ratings(session, [line[0].id for line in lines])
    plain = set(StockOut.model_fields) - {"pool", "resource", "below_minimum", "rating"}
    return [
        StockOut(
            pool=pool_out(session, pool, language),
            resource=resource_out(resource, language),
            below_minimum=stock.available + stock.in_reserve < stock.minimum,
            rating=round(rated[stock.id], 1) if stock.id in rated else None,
            **{name: getattr(stock, name) for name in plain},
        )
        for stock, resource, pool in lines
    ]


def units_out(session: Session, rows: Sequence[ResourceUnit]) -> list[UnitOut]:
    """Units with their certificates and where they are."""
    ids = [row.id for row in rows]
    certificates = reading.certificates(session, ids)
    held = {each.held.unit_id: each for each in reading.joined(session, list(reading.taken_now(session, ids).values()))}
    lines = reading.lines_of(session, {row.stock_id for row in rows})
    day, now = finding.today(session), clock.now(session)
    return [
        _unit_out(row, lines[row.stock_id], held.get(row.id), certificates.get(row.id, ()), day, now) for row in rows
    ]


def _unit_out(
    row: ResourceUnit, line: Line, held: Out | None, certified: Sequence[ResourceCertificate], day: date, now: datetime
) -> UnitOut:
    stock, resource, pool = line
    hidden = held is not None and held.request is not None and held.request.restricted
    fresh = resource.fresh_days
    stale = fresh is not None and (row.checked_at is None or row.checked_at + timedelta(days=fresh) < now)
    plain = ("id", "stock_id", "serial", "condition", "service_due_on", "rest_until", "checked_at")
    return UnitOut(
        type=stock.type,
        card=(card(State(held.held.state), held.held.exercise) if held else None) or row.bucket,
        place="" if hidden else held.held.place if held else pool.place,
        allocation_id=held.held.id if held else None,
        recall_minutes=held.recall_minutes if held else None,
        service=_service(row.service_due_on, day),
        stale=stale,
        certificates=[certificate_out(each, day) for each in certified],
        **{name: getattr(row, name) for name in plain},
    )


def _service(due_on: date | None, day: date) -> Literal["none", "valid", "due", "overdue"]:
    if due_on is None:
        return "none"
    return "overdue" if due_on < day else "due" if due_on <= day + SOON else "valid"


def certificate_out(row: ResourceCertificate, day: date) -> CertificateOut:
    """A certificate as it stands on a day."""
    stands: Literal["valid", "due", "expired"] = "valid"
    if row.expires_on < day:
        stands = "expired"
    elif row.expires_on <= day + SOON:
        stands = "due"
    return CertificateOut(id=row.id, name=row.name, expires_on=row.expires_on, stands=stands)


def allocation_out(out: Out, language: str, *, whole: bool = False) -> AllocationOut:
    """Something taken; `whole` shows a restricted incident's to those who may know of it."""
    held, (stock, resource, pool) = out.held, out.line
    restricted = out.request is not None and out.request.restricted
    shown = whole or not restricted
    plain = (
        "id",
        "stock_id",
        "unit_id",
        "quantity",
        "still_out",
        "back",
        "used",
        "lost",
        "state",
        "eta_at",
        "taken_at",
    )
    return AllocationOut(
        pool=names.of(pool, language),
        pool_id=pool.id,
        resource=names.of(resource, language),
        resource_code=resource.code,
        kind=Kind(resource.kind),
        type=stock.type,
        serial=out.unit.serial if out.unit else None,
        card=card(State(held.state), held.exercise),
        place=held.place if shown else None,
        changed_at=held.changed_at,
        incident=out.request.incident_number if out.request and shown else None,
        request_id=held.request_id if shown else None,
        restricted=restricted and shown,
        exercise=held.exercise,
        rating=held.rating,
        crew_answer=held.crew_answer,
        recall_minutes=out.recall_minutes if card(State(held.state), held.exercise) is not None else None,
        **{name: getattr(held, name) for name in plain},
    )
