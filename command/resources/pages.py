"""Pages of the pools: the status board, the list of pools, and one pool. All work without scripts; a refusal keeps what was typed."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.documents import document
from command.core.problems import Problem
from command.network.models import Area
from command.people.access import access, here, may, principal, unit
from command.people.language import language
from command.people.posts import DEPARTMENTS
from command.resources import allocation, board, reading, register, upkeep, views, words
from command.resources.api import counted, pool_whole, received
from command.resources.asked import CountIn, FilterIn, MinimumIn, PoolIn, ReceiveIn, WorkIn, wanted
from command.resources.forms import given, valid
from command.resources.models import ResourceUnit
from command.resources.out_api import TakeIn, takings
from command.resources.register import Home

pages = Blueprint("resources", __name__)
FILTERS = ("q", "kind", "area", "department", "pool", "resource")
FOUND, UNITS = 20, 30
"""Units that a search shows, and that a pool's page shows of each stock; the stock's own page has them all."""


@pages.get("/resources")
@access("read")
def status() -> Any:
    """The status board: T-cards by state, filtered by kind, area, pool and words."""
    asked = {name: request.args.get(name, "") for name in (*FILTERS, "state")}
    refused: Problem | None = None
    try:
        filters = wanted(valid(FilterIn, given(request.args, *FILTERS)))
    except Problem as problem:
        filters, refused = wanted(FilterIn()), problem
    only = asked["state"] if asked["state"] in words.CARDS else None
    with here().database.read() as session:
        context = {
            "columns": board.board(session, filters, only, language()),
            "units": _called(session, filters),
            "pools": reading.pools(session),
            "areas": _areas(session),
        }
    context |= {"departments": DEPARTMENTS, "found": FOUND}
    return render_template("resources/board.html", asked=asked, words=words, **context, **_problem(refused))


def _called(session: Session, filters: reading.Wanted) -> list[views.UnitOut]:
    """Units whose serial numbers hold the words that are looked for, and where they are."""
    words = filters.words.strip()
    lines = reading.stocks(session, filters) if words else []
    return views.units_out(session, reading.units_called(session, lines, words, FOUND)) if lines else []


@pages.get("/resources/pools")
@access("read")
def pools() -> Any:
    """Every open pool, and the form to open one."""
    return pools_page()


@pages.post("/resources/pools")
@access("manage_resources")
def open_pool() -> Any:
    """Open a pool, or change the one with this code."""
    names = tuple(PoolIn.model_fields)
    try:
        asked = valid(PoolIn, given(request.form, *names))
        home = Home(**asked.model_dump(exclude={"code"}))
        pool_id = unit(lambda session: register.open_pool(session, asked.code, home).id)
    except Problem as refused:
        return pools_page(refused), refused.status
    return redirect(f"/resources/pools/{pool_id}", 303)


def pools_page(refused: Problem | None = None, imported: object = None) -> str:
    """The list of pools, with a refusal, or with what became of a file that was brought in."""
    with here().database.read() as session:
        lines = reading.stocks(session, reading.Wanted())
        stocks = views.stocks_out(session, lines, language())
        rows = [views.pool_out(session, row, language()) for row in reading.pools(session)]
        areas = _areas(session)
    held = {row.id: [stock for stock in stocks if stock.pool.id == row.id] for row in rows}
    return render_template(
        "resources/pools.html",
        pools=rows,
        held=held,
        areas=areas,
        departments=DEPARTMENTS,
        managing=may(principal(), "manage_resources"),
        given=request.form,
        imported=imported,
        **_problem(refused),
    )


@pages.get("/resources/pools/<int:pool_id>")
@access("read")
def pool(pool_id: int) -> Any:
    """One pool: what is in it, what was moved, and what can be done."""
    return _pool(pool_id)


def _pool(pool_id: int, refused: Problem | None = None) -> str:
    with here().database.read() as session:
        found = pool_whole(session, pool_id, language())
        serial = [stock.id for stock in found.stocks if stock.resource.serial]
        units: dict[int, list[Any]] = {stock_id: [] for stock_id in serial}
        takable: dict[int, list[ResourceUnit]] = {}
        for stock_id in serial:
            units[stock_id] = views.units_out(session, reading.units(session, stock_id, limit=UNITS))
            takable[stock_id] = reading.takable(session, [stock_id], limit=100)
        catalogue = [views.resource_out(row, language()) for row in reading.catalogue(session)]
    return render_template(
        "resources/pool.html",
        found=found,
        units=units,
        takable=takable,
        most=UNITS,
        catalogue=catalogue,
        departments=DEPARTMENTS,
        words=words,
        managing=may(principal(), "manage_resources") and found.pool.closed_at is None,
        given=request.form,
        **_problem(refused),
    )


def _problem(refused: Problem | None) -> dict[str, Any]:
    return {"problem": document(refused, "") if refused else None}


def _areas(session: Session) -> list[Area]:
    """Provinces and prefectures, by code."""
    query = select(Area).where(Area.level.in_(("province", "prefecture"))).order_by(Area.code)
    return list(session.scalars(query))


def posted(pool_id: int, work: Callable[[], object]) -> Any:
    """Do what the form says and go back to the pool; a refusal shows the page with what was typed."""
    try:
        work()
    except Problem as refused:
        return _pool(pool_id, refused), refused.status
    return redirect(f"/resources/pools/{pool_id}", 303)


@pages.post("/resources/pools/<int:pool_id>/receive")
@access("manage_resources")
def receive(pool_id: int) -> Any:
    """Pieces come in: serial numbers are written one a line, or with commas."""
    form = request.form

    def work() -> None:
        serials = form.get("serials", "").replace("，", ",").replace("\n", ",").split(",")
        fields: dict[str, Any] = given(form, "resource", "type", "quantity", "note")
        fields |= {"serials": [each.strip() for each in serials if each.strip()], "ready": form.get("ready") == "1"}
        asked = valid(ReceiveIn, fields)
        unit(lambda session: received(session, pool_id, asked))

    return posted(pool_id, work)


@pages.post("/resources/pools/<int:pool_id>/close")
@access("manage_resources")
def close(pool_id: int) -> Any:
    """Close a pool that is not in use."""
    return posted(pool_id, lambda: unit(lambda session: register.close_pool(session, pool_id)))


@pages.post("/resources/pools/<int:pool_id>/stocks/<int:stock_id>/work")
@access("manage_resources")
def keep(pool_id: int, stock_id: int) -> Any:
    """Move counted pieces in the pool."""

    def work() -> None:
        verb = upkeep.named(request.form.get("verb", ""))
        asked = valid(WorkIn, given(request.form, "source", "quantity", "reason"))
        unit(lambda session: upkeep.do(session, stock_id, verb, asked.source, asked.quantity, asked.reason))

    return posted(pool_id, work)


@pages.post("/resources/pools/<int:pool_id>/stocks/<int:stock_id>/count")
@access("manage_resources")
def count(pool_id: int, stock_id: int) -> Any:
    """Take stock."""

    def work() -> None:
        asked = valid(CountIn, given(request.form, *CountIn.model_fields))
        unit(lambda session: register.count(session, stock_id, counted(asked), asked.note))

    return posted(pool_id, work)


@pages.post("/resources/pools/<int:pool_id>/stocks/<int:stock_id>/minimum")
@access("manage_resources")
def minimum(pool_id: int, stock_id: int) -> Any:
    """Set the minimum."""

    def work() -> None:
        asked = valid(MinimumIn, given(request.form, "minimum"))
        unit(lambda session: register.set_minimum(session, stock_id, asked.minimum))

    return posted(pool_id, work)


@pages.post("/resources/pools/<int:pool_id>/stocks/<int:stock_id>/take")
@access("manage_resources")
def take(pool_id: int, stock_id: int) -> Any:
    """Hold pieces, or a unit, ahead of need."""

    def work() -> None:
        taking = {"stock": stock_id, **given(request.form, "quantity", "unit")}
        fields = {"take": [taking], "exercise": request.form.get("exercise") == "1"}
        asked = valid(TakeIn, fields | given(request.form, "place", "note"))
        unit(
            lambda session: allocation.take(
                session, takings(asked.take), place=asked.place, exercise=asked.exercise, note=asked.note
            )
        )

    return posted(pool_id, work)
