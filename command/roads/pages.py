"""The page of roads: a part that is fetched again every few seconds, and the forms of what a person may order. It works without scripts."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from command.core.documents import document
from command.core.problems import Problem
from command.core.spans import spell
from command.incidents import holding
from command.messages import failures, gateways, holds
from command.people.access import access, here, may, principal
from command.people.language import language
from command.resources.forms import given, valid
from command.roads import api, views, words
from command.roads.api import EndIn, OrderIn

pages = Blueprint("road_pages", __name__)


@pages.get("/roads", endpoint="page")
@access("read")
def stands() -> ResponseReturnValue:
    """Every road, every lane, and what may be ordered."""
    return _page()


@pages.get("/roads/part")
@access("read")
def part() -> ResponseReturnValue:
    """What changes by itself."""
    return render_template("roads/part.html", **_shown())


@pages.post("/roads/orders")
@access(holds.ACT)
def order() -> ResponseReturnValue:
    """Order; a refusal keeps what was typed."""
    try:
        typed = given(request.form, "act", "reason", "minutes", "rate", "override")
        what = request.form.get("what", "")
        asked = {"reason": "", **typed}
        if asked.get("act") == "divert":
            asked |= {"lane": what} if not what.isdigit() else {"notice": what}
            asked.pop("rate", None)
        elif asked.get("act") != "slow":
            asked.pop("rate", None)
        api.give(request.form.get("gateway", ""), valid(OrderIn, asked), principal())
    except Problem as refused:
        return _page(refused), refused.status
    return redirect("/roads", 303)


@pages.post("/roads/orders/<int:order_id>/end")
@access(holds.ACT)
def end(order_id: int) -> ResponseReturnValue:
    """End an order before its time."""
    try:
        api.take_back(order_id, valid(EndIn, given(request.form, "override")), principal())
    except Problem as refused:
        return _page(refused), refused.status
    return redirect("/roads", 303)


def _shown() -> dict[str, Any]:
    with here().database.read() as session:
        return {
            "found": views.shown(session, here(), language()),
            "names": [(one.name, one.name) for one in gateways.live(here().settings)],
            "waiting": holding.waiting(session, principal()),
            "words": words,
            "spell": spell,
            "failures": failures,
            "may_order": may(principal(), holds.ACT),
            "tz": here().settings.tz,
        }


def _page(refused: Problem | None = None) -> str:
    return render_template(
        "roads/page.html", **_shown(), given=request.form, problem=document(refused, "") if refused else None
    )
