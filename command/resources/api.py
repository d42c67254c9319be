"""Resource pools over JSON: the catalogue, pools, stocks, units, and keeping them fit for use."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.people.access import access, here, unit
from command.people.language import language
from command.resources import finding, reading, register, upkeep, views
from command.resources.asked import (
    CountIn,
    ListIn,
    MinimumIn,
    PoolIn,
    ReceiveIn,
    ResourceIn,
    WorkIn,
    wanted,
)
from command.resources.lines import MovementOut, movements_out
from command.resources.models import Resource
from command.resources.register import Definition, Home
from command.resources.states import Bucket
from command.resources.views import PoolOut, ResourceOut, StockOut, UnitOut

api = APIBlueprint("resources_api", __name__, url_prefix="/api/v1/resources", tag="Resources")


class ResourcesOut(BaseModel):
    items: list[ResourceOut]
    next: None = None


class PoolsOut(BaseModel):
    items: list[PoolOut]
    next: None = None


class StocksOut(BaseModel):
    items: list[StockOut]
    next: int | None


class UnitsOut(BaseModel):
    items: list[UnitOut]
    next: int | None


class PoolWholeOut(BaseModel):
    """A pool with its stocks and the last lines of its ledger."""

    pool: PoolOut
    stocks: list[StockOut]
    moves: list[MovementOut]


class LifeOut(BaseModel):
    """A unit with the lines of its life, the latest first."""

    unit: UnitOut
    stock: StockOut
    moves: list[MovementOut]


@api.get("/catalogue")
@api.output(ResourcesOut)
@access("read")
def catalogue() -> Any:
    """What pools can hold."""
    with here().database.read() as session:
        return ResourcesOut(items=[views.resource_out(row, language()) for row in reading.catalogue(session)])


@api.post("/catalogue")
@api.input(ResourceIn)
@api.output(ResourceOut)
@access("manage_resources")
def define(json_data: ResourceIn) -> Any:
    """Set a resource up, or change it."""
    given, tongue = Definition(**json_data.model_dump()), language()

    def work(session: Session) -> Resource:
        return register.define(session, given)

    return views.resource_out(unit(work), tongue)


@api.get("/pools")
@api.output(PoolsOut)
@access("read")
def pools() -> Any:
    """The pools that are open."""
    with here().database.read() as session:
        return PoolsOut(items=[views.pool_out(session, row, language()) for row in reading.pools(session)])


@api.post("/pools")
@api.input(PoolIn)
@api.output(PoolOut)
@access("manage_resources")
def open_pool(json_data: PoolIn) -> Any:
    """Open a pool, or change it."""
    tongue, home = language(), Home(**json_data.model_dump(exclude={"code"}))
    return unit(lambda session: views.pool_out(session, register.open_pool(session, json_data.code, home), tongue))


@api.get("/pools/<int:pool_id>")
@api.output(PoolWholeOut)
@access("read")
def pool(pool_id: int) -> Any:
    """A pool with its stocks and the last lines of its ledger."""
    with here().database.read() as session:
        return pool_whole(session, pool_id, language())


def pool_whole(session: Session, pool_id: int, tongue: str) -> PoolWholeOut:
    """A pool as its page shows it; raise NotFound."""
    row = finding.pool(session, pool_id)
    lines = reading.lines_of_pool(session, pool_id)
    return PoolWholeOut(
        pool=views.pool_out(session, row, tongue),
        stocks=views.stocks_out(session, lines, tongue),
        moves=movements_out(session, reading.moves(session, pool_id), tongue),
    )


@api.post("/pools/<int:pool_id>/actions/close")
@api.output(PoolOut)
@access("manage_resources")
def close_pool(pool_id: int) -> Any:
    """Close a pool that holds nothing and has nothing out; one in use is refused."""
    tongue = language()
    return unit(lambda session: views.pool_out(session, register.close_pool(session, pool_id), tongue))


@api.post("/pools/<int:pool_id>/actions/receive")
@api.input(ReceiveIn)
@api.output(StockOut)
@access("manage_resources")
def receive(pool_id: int, json_data: ReceiveIn) -> Any:
    """Pieces come into a pool."""
    return stock_changed(lambda session: received(session, pool_id, json_data))


def received(session: Session, pool_id: int, given: ReceiveIn) -> int:
    """Take pieces in as a body says; the id of their stock."""
    return register.receive(
        session,
        pool_id,
        given.resource,
        given.type,
        quantity=given.quantity,
        serials=given.serials,
        ready=given.ready,
        note=given.note,
    ).id


def stock_changed(work: Any) -> StockOut:
    """Do something to a stock and answer with what became of it."""
    tongue = language()

    def whole(session: Session) -> StockOut:
        stock_id = work(session)
        session.flush()
        return views.stocks_out(session, [reading.lines_of(session, [stock_id])[stock_id]], tongue)[0]

    return unit(whole)


@api.get("/stocks")
@api.input(ListIn, location="query")
@api.output(StocksOut)
@access("read")
def stocks(query_data: ListIn) -> Any:
    """Stocks of open pools."""
    with here().database.read() as session:
        lines = reading.stocks(session, wanted(query_data), after=query_data.after, limit=query_data.limit + 1)
        page = lines[: query_data.limit]
        items = views.stocks_out(session, page, language())
    return StocksOut(items=items, next=page[-1][0].id if len(lines) > len(page) else None)


@api.post("/stocks/<int:stock_id>/actions/<verb>")
@api.input(WorkIn)
@api.output(StockOut)
@access("manage_resources")
def keep(stock_id: int, verb: str, json_data: WorkIn) -> Any:
    """`verb` is ready, stow, stop (out of service), repair, lose or use_up: done to counted pieces in the pool."""
    work = upkeep.named(verb)
    given = json_data
    return stock_changed(
        lambda session: upkeep.do(session, stock_id, work, given.source, given.quantity, given.reason).id
    )


@api.post("/stocks/<int:stock_id>/actions/count")
@api.input(CountIn)
@api.output(StockOut)
@access("manage_resources")
def count(stock_id: int, json_data: CountIn) -> Any:
    """Take stock: differences are put on record."""
    found = counted(json_data)
    return stock_changed(lambda session: register.count(session, stock_id, found, json_data.note).id)


def counted(given: CountIn) -> dict[Bucket, int]:
    """The counts that a body holds, by bucket."""
    return {Bucket(name): number for name, number in given.model_dump(exclude={"note"}).items() if number is not None}


@api.post("/stocks/<int:stock_id>/actions/minimum")
@api.input(MinimumIn)
@api.output(StockOut)
@access("manage_resources")
def minimum(stock_id: int, json_data: MinimumIn) -> Any:
    """How many pieces should be in the pool, fit for use."""
    return stock_changed(lambda session: register.set_minimum(session, stock_id, json_data.minimum).id)
