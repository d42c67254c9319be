"""Pages of settlements: what one incident leaves, and what is open over all of them. Both work without scripts."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from command.core import clock, names
from command.core.documents import document
from command.core.problems import N_, NotFound, Problem
from command.incidents import house, standing, visibility
from command.people.access import access, here, may, principal
from command.people.language import language
from command.people.posts import DEPARTMENTS
from command.resources.forms import given, valid
from command.settlement import api, owners, service, views, words
from command.settlement.asked import AddIn, ReasonIn, SettleIn, TakeIn

pages = Blueprint("settlement", __name__)
SHOWN = 200


@pages.get("/settlement")
@access("read")
def waiting() -> Any:
    """What is still to be settled, the late ones first."""
    mine = request.args.get("mine") == "1"
    with here().database.read() as session:
        items = views.waiting(session, principal(), language(), mine=mine, limit=SHOWN)
    return render_template("settlement/waiting.html", items=items, mine=mine, words=words, departments=DEPARTMENTS)


@pages.get("/incidents/<number>/settlement")
@access("read")
def of_incident(number: str) -> Any:
    """What an incident leaves to be settled, with the forms for those who may."""
    return _page(number)


def _page(number: str, refused: Problem | None = None, doing: str = "") -> str:
    who = principal()
    with here().database.read() as session:
        incident = visibility.seen_by(session, standing.find(session, number), who)
        items = views.of(session, incident, language())
        managing = may(who, "settle")
        people = owners.choices(session, incident) if managing else []
        choices = [(each.username, names.of(each, language())) for each in people]
        today = house.today(session, clock.now(session))
    return render_template(
        "settlement/incident.html",
        number=incident.number,
        items=items,
        managing=managing,
        people=choices,
        words=words,
        departments=DEPARTMENTS,
        doing=doing,
        given=request.form,
        problem=document(refused, "") if refused else None,
        today=today,
    )


@pages.post("/incidents/<number>/settlement")
@access("settle")
def add(number: str) -> Any:
    """Add an item by hand; a refusal keeps what was typed."""
    try:
        typed = given(request.form, "sort", "title", "department", "due_on")
        asked = valid(AddIn, {"required": "required" in request.form, **typed})
        api.done(number, lambda session, who: service.add(session, number, asked.draft(), who))
    except Problem as refused:
        return _page(number, refused, "add"), refused.status
    return redirect(f"/incidents/{number}/settlement", 303)


@pages.post("/incidents/<number>/settlement/<code>/<verb>")
@access("settle")
def do(number: str, code: str, verb: str) -> Any:
    """Take, settle, waive or reopen an item; a refusal keeps what was typed."""
    try:
        api.done(number, _verb(number, code, verb))
    except Problem as refused:
        return _page(number, refused, f"{code}-{verb}"), refused.status
    return redirect(f"/incidents/{number}/settlement#{code}", 303)


def _verb(number: str, code: str, verb: str) -> api.Verb:
    form = request.form
    match verb:
        case "take":
            taken = valid(TakeIn, given(form, *TakeIn.model_fields)).model_dump()
            return lambda session, who: service.take(session, number, code, who, **taken)
        case "settle":
            outcome = valid(SettleIn, {"words": "", **given(form, *SettleIn.model_fields)}).outcome()
            return lambda session, who: service.settle(session, number, code, outcome, who)
        case "waive":
            why = valid(ReasonIn, {"reason": "", **given(form, "reason")}).reason
            return lambda session, who: service.waive(session, number, code, why, who)
        case "reopen":
            again = valid(ReasonIn, {"reason": "", **given(form, "reason")}).reason
            return lambda session, who: service.reopen(session, number, code, again, who)
    raise NotFound(N_("There is nothing at this address."), remedy=N_("Go back to the incident and use its buttons."))
