"""Requests as people and programs read them; whether they may is looked at above, where incidents are."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.journal import Note
from command.core.log import masked_words
from command.network import travel
from command.network.travel import Travel
from command.people.models import Person
from command.resources import offers, reading, requests, sourcing, views
from command.resources.models import Resource, ResourceOrder, ResourcePool, ResourceRequest, ResourceStock
from command.resources.offers import Readiness
from command.resources.reading import Wanted
from command.resources.sourcing import Source
from command.resources.views import AllocationOut, ResourceOut, StockOut, UnitOut

MOST_SOURCES = 20


class RequestOut(BaseModel):
    """A request. `tier` is its priority; of `quantity` pieces `covered` were taken or ordered and `missing` are not; `late`: it is still
    wanted and its time has passed."""

    id: int
    incident: str
    tier: int
    restricted: bool
    exercise: bool
    resource: ResourceOut
    type: int
    quantity: int
    covered: int
    missing: int
    need_by: datetime
    late: bool
    place: str
    state: Literal["asked", "approved", "refused", "cancelled", "closed"]
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    ended_at: datetime | None


class OrderOut(BaseModel):
    """Help from elsewhere: mutual aid, or a vendor."""

    id: int
    source: Literal["mutual_aid", "vendor"]
    partner: str
    reference: str
    quantity: int
    eta_at: datetime | None
    state: Literal["ordered", "confirmed", "arrived", "cancelled"]
    ordered_at: datetime
    changed_at: datetime


class RequestWholeOut(RequestOut):
    """With why it was asked for and how it was decided, what was taken for it and ordered; `taken_away` pieces went to higher tiers."""

    why: str | None
    decision: str | None
    taken_away: int
    taken: list[AllocationOut]
    orders: list[OrderOut]


class SourceOut(BaseModel):
    """A stock that could give, with units that are available, and the `minutes` of the way from its pool's area to that of the incident;
    null where neither places nor a matrix tell. Of the available units of serial resources `unfit` must not be used now (a certificate has
    expired, or they rest), and the service of `overdue` is overdue."""

    stock: StockOut
    minutes: float | None
    unfit: int
    overdue: int
    units: list[UnitOut]


def request_out(session: Session, row: ResourceRequest, language: str) -> RequestOut:
    """A request in short."""
    return RequestOut(**_short(session, row, language))


def whole(session: Session, row: ResourceRequest, language: str) -> RequestWholeOut:
    """A request with all that belongs to it."""
    held = reading.joined(session, requests.taken(session, row))
    orders = select(ResourceOrder).where(ResourceOrder.request_id == row.id).order_by(ResourceOrder.id)
    return RequestWholeOut(
        why=_note(session, row.note_id),
        decision=_note(session, row.decision_note_id),
        taken_away=reading.taken_away(session, [each.held.id for each in held]),
        taken=[views.allocation_out(each, language, whole=True) for each in held],
        orders=[order_out(each) for each in session.scalars(orders)],
        **_short(session, row, language),
    )


def order_out(row: ResourceOrder) -> OrderOut:
    """An order as it stands."""
    return OrderOut(**{name: getattr(row, name) for name in OrderOut.model_fields})


def _short(session: Session, row: ResourceRequest, language: str) -> dict[str, object]:
    covered = requests.covered(session, row)
    missing = max(0, row.quantity - covered)
    open_still = row.state in requests.LIVE and missing > 0
    plain = ("id", "tier", "restricted", "exercise", "type", "quantity", "need_by", "place", "state")
    times = ("asked_at", "decided_at", "ended_at")
    return {
        **{name: getattr(row, name) for name in (*plain, *times)},
        "incident": row.incident_number,
        "resource": views.resource_out(session.get_one(Resource, row.resource_id), language),
        "covered": covered,
        "missing": missing,
        "late": open_still and row.need_by < clock.now(session),
        "asked_by": names.of(session.get_one(Person, row.asked_by), language),
        "decided_by": names.of(session.get_one(Person, row.decided_by), language) if row.decided_by else None,
    }


def _note(session: Session, note_id: int | None) -> str | None:
    body = session.scalar(select(Note.body).where(Note.id == note_id)) if note_id else None
    return masked_words(body) if body else None


def sources(session: Session, row: ResourceRequest, language: str) -> list[SourceOut]:
    """Where a request could be filled from, the best first."""
    resource = session.get_one(Resource, row.resource_id)
    lines = {line[0].id: line for line in reading.stocks(session, Wanted(resource=resource.code))}
    ways = travel.read(session)
    ready = offers.readiness(session, resource.id) if resource.serial else {}
    found = [_source(ways, stock, pool, row.area_id, ready.get(stock.id)) for stock, _, pool in lines.values()]
    best = sourcing.ranked(found, row.type)[:MOST_SOURCES]
    stocks = views.stocks_out(session, [lines[each.stock_id] for each in best], language)
    units = (
        views.units_out(session, reading.takable(session, [each.stock_id for each in best])) if resource.serial else []
    )
    return [
        SourceOut(
            stock=stock,
            minutes=each.minutes,
            unfit=each.unfit,
            overdue=each.overdue,
            units=[unit for unit in units if unit.stock_id == stock.id],
        )
        for each, stock in zip(best, stocks, strict=True)
    ]


def _source(
    ways: Travel, stock: ResourceStock, pool: ResourcePool, area_id: int | None, ready: Readiness | None
) -> Source:
    unfit, overdue = (ready.unfit, ready.overdue) if ready else (0, 0)
    if area_id is None:
        return Source(stock.id, stock.type, stock.available, None, unfit=unfit, overdue=overdue)
    near = sourcing.steps(ways.line(area_id), ways.line(pool.area_id))
    minutes = ways.minutes(pool.area_id, area_id)
    return Source(stock.id, stock.type, stock.available, minutes, near, unfit, overdue)
