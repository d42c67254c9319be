"""The page of a risky task: what was confirmed for it, and the forms. Works without scripts, on a phone."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from command.core import clock
from command.core.documents import document
from command.core.problems import Problem
from command.incidents import house, safety_api, standing, task_safety, tasks, visibility
from command.incidents.safety_api import SecureIn
from command.people.access import access, here, principal
from command.people.language import language
from command.resources.forms import given, instant, valid

pages = Blueprint("task_safety", __name__)


@pages.get("/incidents/<number>/tasks/<task>/safety")
@access("read")
def page(number: str, task: str) -> str:
    """What keeps a task safe, and what is missing."""
    return _page(number, task)


@pages.post("/incidents/<number>/tasks/<task>/safety")
@access("edit_task")
def secure(number: str, task: str) -> Any:
    """Confirm backup and way back, or (`do=waive`) waive them; a refusal keeps what was typed."""
    try:
        if request.form.get("do") == "waive":
            reason = request.form.get("reason", "")
            safety_api.do(number, task, lambda s, i, t, who: task_safety.waive(s, i, t, reason, who))
        else:
            typed = given(request.form, "backup", "place", "rollback", "by")
            at = instant(request.form, "checked_at", here().settings.tz)
            said = valid(SecureIn, typed | ({"checked_at": at} if at else {}))
            safety_api.do(
                number, task, lambda s, i, t, who: task_safety.confirm(s, i, t, safety_api.safe(s, said, who), who)
            )
    except Problem as problem:
        return _page(number, task, problem), problem.status
    return redirect(f"/incidents/{number}#tasks", 303)


def _page(number: str, code: str, problem: Problem | None = None) -> str:
    with here().database.read() as session:
        incident = visibility.seen_by(session, standing.find(session, number), principal())
        task = tasks.find(session, incident, code)
        return render_template(
            "incidents/task_safety.html",
            number=number,
            incident=incident,
            task=task,
            title=task.title_zh if language() == "zh" else task.title_en,
            safety=safety_api.safety_out(session, incident, task, language()),
            now=house.local(session, clock.now(session)),
            given=request.form,
            doing=request.form.get("do", ""),
            problem=document(problem, "") if problem else None,
        )
