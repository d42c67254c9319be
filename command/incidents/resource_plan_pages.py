"""The page of the plan across incidents: what is proposed, with pictures of the times, and forms to accept it. It works without scripts."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from command.core import marks
from command.core.documents import document
from command.core.problems import N_, Invalid, Problem
from command.incidents import resource_plan_api
from command.incidents.resource_plan_api import AcceptIn
from command.people.access import access, may, principal
from command.resources import words
from command.resources.forms import given, valid

pages = Blueprint("resource_plan", __name__)


@pages.get("/resources/plan")
@access("read")
def shown() -> Any:
    """The plan of real events, or of drills."""
    return _shown(request.args.get("exercise") == "1")


def _shown(exercise: bool, refused: Problem | None = None) -> str:
    who = principal()
    marks.of_exercise(exercise)
    plan = resource_plan_api.read(exercise)
    return render_template(
        "resources/plan.html",
        plan=plan,
        longest=max([60, *(line.minutes or 0 for need in plan.items for line in need.lines)]),
        managing=may(who, "manage_resources"),
        preempting=may(who, "manage_resources") and may(who, "preempt_resource"),
        words=words,
        given=request.form,
        problem=document(refused, "") if refused else None,
    )


@pages.post("/resources/plan")
@access("manage_resources")
def accept() -> Any:
    """Accept lines that were ticked, or one that takes from a lower tier; a refusal shows the plan as it is now, with what was typed."""
    exercise = request.form.get("exercise") == "1"
    try:
        resource_plan_api.accepted(valid(AcceptIn, _fields(exercise)))
    except Problem as refused:
        return _shown(exercise, refused), refused.status
    return redirect(f"/resources/plan{'?exercise=1' if exercise else ''}", 303)


def _fields(exercise: bool) -> dict[str, Any]:
    form = request.form
    chosen = [each.partition("@") for each in form.getlist("line")]
    if not chosen:
        raise Invalid(N_("No line of the plan was chosen."), field="line", remedy=N_("Tick the lines to accept."))
    confirmed = form.get("preempt") == "1"
    lines = [{"line": key, "version": version, "preempt": confirmed} for key, _, version in chosen]
    return {"lines": lines, "exercise": exercise, "override": form.get("override") == "1", **given(form, "reason")}
