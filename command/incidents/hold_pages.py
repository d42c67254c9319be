"""The page of the switch that holds mass messages, and the strip that every board shows while it is on. Both work without scripts."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from command.core import clock, marks
from command.core.documents import document
from command.core.problems import N_, Problem
from command.incidents import hold_api, holding, house
from command.incidents.hold_api import HoldIn, ReleaseIn, ThroughIn
from command.messages import gateways, holds
from command.people.access import access, here, may, principal
from command.people.language import language
from command.resources.forms import given, valid

pages = Blueprint("hold_pages", __name__)
KINDS = {
    "first": N_("First notice"),
    "update": N_("Update"),
    "all_clear": N_("All-clear"),
    "advisory": N_("Advisory"),
    "survey": N_("Survey"),
}


@pages.get("/messages/hold", endpoint="page")
@access("read")
def stands() -> ResponseReturnValue:
    """What is held, what waits, and the switch for those who may."""
    return _page()


@pages.post("/messages/hold")
@access(holds.ACT)
def hold() -> ResponseReturnValue:
    """Hold; a refusal keeps what was typed."""
    try:
        typed = given(request.form, "reason", "minutes", "override")
        asked = {**typed, "mass": "mass" in request.form, "avoid": request.form.getlist("avoid")}
        hold_api.set_hold(valid(HoldIn, {"reason": "", **asked, "exercise": _exercise()}), principal())
    except Problem as refused:
        return _page(refused), refused.status
    return _back()


@pages.post("/messages/release")
@access(holds.ACT)
def release() -> ResponseReturnValue:
    """End the hold."""
    try:
        typed = {"reason": "", **given(request.form, "reason", "override"), "exercise": _exercise()}
        hold_api.end_hold(valid(ReleaseIn, typed), principal())
    except Problem as refused:
        return _page(refused), refused.status
    return _back()


@pages.post("/messages/let-through")
@access(holds.ACT)
def let_through() -> ResponseReturnValue:
    """Let one notice pass."""
    try:
        asked = {"reason": "", **given(request.form, "notice", "reason", "override")}
        hold_api.pass_one(valid(ThroughIn, asked), principal())
    except Problem as refused:
        return _page(refused), refused.status
    return _back()


@pages.get("/messages/hold/strip")
@access("read")
def strip() -> ResponseReturnValue:
    """The strip of the boards: nothing while nothing is held."""
    with here().database.read() as session:
        held = holding.shown(session, language(), exercise=_exercise())
    return render_template("incidents/hold_strip.html", held=held, of_exercises=_exercise(), tz=here().settings.tz)


def _exercise() -> bool:
    return (request.form if request.method == "POST" else request.args).get("exercise", "") not in ("", "0", "false")


def _back() -> ResponseReturnValue:
    return redirect("/messages/hold?exercise=1" if _exercise() else "/messages/hold", 303)


def _page(refused: Problem | None = None) -> str:
    exercise, who = _exercise(), principal()
    marks.of_exercise(exercise)
    with here().database.read() as session:
        held = holding.shown(session, language(), exercise=exercise)
        rows = holding.waiting(session, who, exercise=exercise)
        now = house.local(session, clock.now(session))
    shown: dict[str, Any] = {"held": held, "waiting": rows, "of_exercises": exercise, "kinds": KINDS, "now": now}
    return render_template(
        "incidents/hold.html",
        **shown,
        roads=[] if exercise else [one.name for one in gateways.live(here().settings)],
        may_hold=may(who, holds.ACT),
        given=request.form,
        problem=document(refused, "") if refused else None,
        tz=here().settings.tz,
    )
