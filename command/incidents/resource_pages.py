"""Pages of requests for emergency resources: the list, one request, and what an incident asked for. They work without scripts."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext

from command.core import marks
from command.core.documents import document
from command.core.problems import Problem
from command.incidents import resource_api, resource_plan, resource_requests
from command.incidents.actions_api import Act
from command.incidents.api import read
from command.incidents.resource_api import AskIn, AttachIn, FillIn, OrderIn
from command.incidents.resource_plan_views import lines_out
from command.people.access import access, here, may, principal
from command.people.language import language, zone, zone_name
from command.resources import reading, request_views, requests, views, words
from command.resources.allocation import Taking
from command.resources.forms import given, instant, valid

pages = Blueprint("resource_requests", __name__)
STATES = ("open", *words.REQUESTS, "all")


@pages.get("/resources/requests")
@access("read")
def listed() -> Any:
    """Requests, the highest tier first."""
    state = request.args.get("state", "open")
    state = state if state in STATES else "open"
    with here().database.read() as session:
        rows = resource_requests.listed(
            session, principal(), states=resource_api.states(None if state == "open" else state)
        )
        found = [request_views.request_out(session, row, language()) for row in rows]
    return render_template("resources/requests.html", requests=found, state=state, states=STATES, words=words)


@pages.get("/incidents/<number>/resources")
@access("read")
def of_incident(number: str) -> Any:
    """What an incident asked for, and the form to ask."""
    return _of_incident(number)


@pages.post("/incidents/<number>/resources")
@access("request_resource")
def ask(number: str) -> Any:
    """Ask for resources; a refusal keeps what was typed."""
    form = request.form
    try:
        fields = given(form, "resource", "type", "quantity", "place", "why")
        fields["need_by"] = instant(form, "need_by", zone())
        made = resource_api.asked(number, valid(AskIn, fields))
    except Problem as refused:
        if refused.status == 404:
            raise
        return _of_incident(number, refused), refused.status
    return redirect(f"/resources/requests/{made.id}", 303)


def _of_incident(number: str, refused: Problem | None = None) -> str:
    with here().database.read() as session:
        incident = read(session, number)
        rows = resource_requests.listed(session, principal(), number=incident.number)
        found = [request_views.request_out(session, row, language()) for row in rows]
        catalogue = [views.resource_out(row, language()) for row in reading.catalogue(session)]
    return render_template(
        "resources/incident.html",
        incident=incident,
        requests=found,
        catalogue=catalogue,
        asking=may(principal(), "request_resource"),
        **_context(refused),
    )


def _context(refused: Problem | None) -> dict[str, Any]:
    return {
        "words": words,
        "zone": zone_name(),
        "given": request.form,
        "problem": document(refused, "") if refused else None,
    }


@pages.get("/resources/requests/<int:request_id>")
@access("read")
def one(request_id: int) -> Any:
    """One request, what it got, and where more could come from."""
    return _one(request_id)


def _one(request_id: int, refused: Problem | None = None) -> str:
    who = principal()
    with here().database.read() as session:
        row = resource_requests.seen(session, request_id, who)
        found = request_views.whole(session, row, language())
        marks.of_exercise(found.exercise)
        managing = may(who, "manage_resources")
        lacks = managing and found.state == requests.APPROVED and found.missing
        sources = request_views.sources(session, row, language()) if lacks else []
        holders = lines_out(session, resource_plan.holders(session, row, who), language()) if lacks else []
        spare = lines_out(session, resource_plan.spare(session, row, who), language()) if lacks else []
    return render_template(
        "resources/request.html",
        found=found,
        sources=sources,
        holders=holders,
        spare=spare,
        managing=managing,
        approving=may(who, "approve_resource"),
        asking=may(who, "request_resource"),
        order_sources=[(code, gettext(name)) for code, name in words.SOURCES.items()],
        own=row.asked_by == who.person_id,
        **_context(refused),
    )


def _posted(request_id: int, work: Callable[[], object]) -> Any:
    """Do what the form says and go back to the request; a refusal shows the page with what was typed."""
    try:
        work()
    except Problem as refused:
        if refused.status == 404:
            raise
        return _one(request_id, refused), refused.status
    return redirect(f"/resources/requests/{request_id}", 303)


def _act() -> Act:
    return valid(Act, given(request.form, "reason") | {"override": request.form.get("override") == "1"})


@pages.post("/resources/requests/<int:request_id>/decide")
@access("approve_resource")
def decide(request_id: int) -> Any:
    """Approve or refuse."""
    how = "approve" if request.form.get("how") == "approve" else "refuse"
    return _posted(request_id, lambda: resource_api.decided(request_id, how, _act()))


@pages.post("/resources/requests/<int:request_id>/fill")
@access("manage_resources")
def fill(request_id: int) -> Any:
    """Hold what was chosen: units by number, or a count of pieces."""

    def work() -> None:
        form = request.form
        stock = given(form, "stock")
        chosen = [{**stock, "unit": each} for each in form.getlist("unit")]
        asked = valid(FillIn, {"take": chosen or [{**stock, **given(form, "quantity")}]})
        takings = [Taking(each.stock, each.quantity, each.unit) for each in asked.take]
        resource_api.changed(request_id, lambda session, row, who: requests.fill(session, row, takings))

    return _posted(request_id, work)


@pages.post("/resources/requests/<int:request_id>/attach")
@access("manage_resources")
def attach(request_id: int) -> Any:
    """Give it what was taken ahead of need."""

    def work() -> None:
        asked = valid(AttachIn, given(request.form, "allocation"))
        resource_api.changed(request_id, lambda session, row, who: requests.attach(session, row, asked.allocation))

    return _posted(request_id, work)


@pages.post("/resources/requests/<int:request_id>/order")
@access("manage_resources")
def order(request_id: int) -> Any:
    """Put help from elsewhere on record."""

    def work() -> None:
        fields = given(request.form, "source", "partner", "quantity", "reference")
        eta = instant(request.form, "eta_at", zone())
        resource_api.ordered(request_id, valid(OrderIn, fields | {"eta_at": eta}))

    return _posted(request_id, work)


@pages.post("/resources/requests/<int:request_id>/orders/<int:order_id>")
@access("manage_resources")
def turn_order(request_id: int, order_id: int) -> Any:
    """An order is confirmed, arrived or cancelled."""
    turn = request.form.get("turn", "")
    return _posted(request_id, lambda: resource_api.order_turned(request_id, order_id, turn))


@pages.post("/resources/requests/<int:request_id>/cancel")
@access("request_resource")
def cancel(request_id: int) -> Any:
    """Nothing more is wanted."""

    def work() -> None:
        asked = _act()
        resource_api.changed(request_id, lambda session, row, who: requests.cancel(session, row, who, asked.reason))

    return _posted(request_id, work)


@pages.post("/resources/requests/<int:request_id>/close")
@access("manage_resources")
def close(request_id: int) -> Any:
    """It is over."""
    return _posted(
        request_id, lambda: resource_api.changed(request_id, lambda session, row, who: requests.close(session, row))
    )
