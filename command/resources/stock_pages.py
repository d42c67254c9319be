"""The page on which stock is taken of a whole pool: one form, no scripts, and nothing typed is lost."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from command.core.documents import document
from command.core.problems import Problem
from command.people.access import access, here, unit
from command.people.language import language
from command.resources import finding, stocktaking, views, words
from command.resources.forms import given, valid
from command.resources.pages import posted
from command.resources.states import IN_POOL
from command.resources.stock_api import RuleIn, TakingIn, taking
from command.resources.stocktaking import Seen, Sheet

pages = Blueprint("resource_stock_taking", __name__)


@pages.post("/resources/pools/<int:pool_id>/count-rule")
@access("manage_resources")
def rule(pool_id: int) -> Any:
    """Every how many days stock is taken."""

    def work() -> None:
        asked = valid(RuleIn, {"days": None} | given(request.form, "days"))
        unit(lambda session: stocktaking.rule(session, pool_id, asked.days))

    return posted(pool_id, work)


@pages.get("/resources/pools/<int:pool_id>/stock-taking")
@access("manage_resources")
def sheet(pool_id: int) -> Any:
    """All that should be in the pool, to be counted."""
    return _sheet(pool_id)


@pages.post("/resources/pools/<int:pool_id>/stock-taking")
@access("manage_resources")
def take(pool_id: int) -> Any:
    """Keep what was found; a refusal shows the form with all that was typed."""
    try:
        asked = valid(TakingIn, _fields())
        unit(lambda session: stocktaking.take(session, pool_id, taking(asked)))
    except Problem as refused:
        if refused.status == 404:
            raise
        return _sheet(pool_id, refused), refused.status
    return redirect(f"/resources/pools/{pool_id}#stock-taking", 303)


def _fields() -> dict[str, Any]:
    """The form as the address of the API takes it: `stock-<id>-<bucket>` and `unit-<id>`."""
    fields: dict[str, Any] = given(request.form, "note", "as_of")
    stocks: dict[str, dict[str, str]] = {}
    units: dict[str, str] = {}
    for name, value in request.form.items():
        sort, _, rest = name.partition("-")
        if not value.strip():
            continue
        if sort == "stock":
            stock_id, _, bucket = rest.partition("-")
            stocks.setdefault(stock_id, {})[bucket] = value.strip()
        elif sort == "unit":
            units[rest] = value
    return fields | {"stocks": stocks, "units": units}


def _sheet(pool_id: int, refused: Problem | None = None) -> str:
    with here().database.read() as session:
        pool = views.pool_out(session, finding.pool(session, pool_id), language())
        found: Sheet = stocktaking.sheet(session, pool_id)
        resources = {row.id: views.resource_out(row, language()) for _, row in found.counted}
        resources |= {row.id: views.resource_out(row, language()) for _, (_, row) in found.units}
    problem = document(refused, "") if refused else None
    field = _field(refused.field) if refused else ""
    return render_template(
        "resources/stock_taking.html",
        pool=pool,
        found=found,
        resources=resources,
        buckets=IN_POOL,
        seen=list(Seen),
        words=words,
        given=request.form,
        problem=problem,
        wrong=field,
    )


def _field(name: str | None) -> str:
    """The field of the form that a problem names: of a body it is `stocks.7.available` or `units.9`."""
    parts = (name or "").split(".")
    if parts[0] == "stocks" and len(parts) > 2:
        return f"stock-{parts[1]}-{parts[2]}"
    return f"unit-{parts[1]}" if parts[0] == "units" and len(parts) > 1 else name or ""
