"""What the buttons of a warning's page do; a refusal keeps what was typed."""

from typing import Any

from flask import Blueprint, redirect, request

from command.core.problems import N_, NotFound, Problem
from command.people.access import access, principal, require
from command.resources.forms import given, valid
from command.warnings import advisory, api, doing, service, standby, tasks, work_api
from command.warnings.asked import AdviseIn, ApproveIn, AskIn, ColourIn, HappenedIn, ReasonIn, SettleIn
from command.warnings.pages import page_of

pages = Blueprint("warning_work", __name__)
NEEDS = {
    "raise": doing.ACT,
    "lower": doing.ACT,
    "lift": doing.ACT,
    "task": "edit_task",
    "ask": "page",
    "stand-by": "read",
    "stand-down": "read",
    "happened": "report_incident",
    "advise": "submit_notice",
    "approve": "approve_notice",
    "reject": "approve_notice",
    "withdraw": "withdraw_notice",
    "correct": "correct_notice",
}
"""What each button needs."""


@pages.post("/warnings/<code>/<verb>")
@access("read")
def do(code: str, verb: str) -> Any:
    """Do what a form of the page asks for."""
    if verb not in NEEDS:
        raise NotFound(
            N_("There is nothing at this address."), remedy=N_("Go back to the warning and use its buttons.")
        )
    require(NEEDS[verb])
    try:
        to = _done(code, verb)
    except NotFound:
        raise
    except Problem as refused:
        return page_of(code, refused, request.form.get("form") or verb), refused.status
    return redirect(to or f"/warnings/{code}", 303)


def _done(code: str, verb: str) -> str | None:
    """Do it; where to go then, if not back to the page."""
    who = principal()
    if verb == "happened":
        numbers = work_api.reported(code, valid(HappenedIn, _occurrence()))
        return f"/incidents/{numbers[0]}" if len(numbers) == 1 else None
    if verb in ("raise", "lower", "lift"):
        _recolour(code, verb)
    elif verb == "task":
        settled = valid(SettleIn, given(request.form, "state", "words"))
        task = request.form.get("task", "")[:120]
        work_api.do(
            code, lambda session, row: tasks.settle(session, row, task, settled.state, who.person_id, settled.words)
        )
    elif verb in ("ask", "stand-by", "stand-down"):
        _stand(code, verb)
    elif verb == "advise":
        texts = valid(AdviseIn, {"texts": given(request.form, "zh", "en")}).texts
        work_api.do(code, work_api.advising(texts.model_dump() if texts else None, who))
    else:
        _advisory(code, verb)
    return None


def _recolour(code: str, verb: str) -> None:
    override = request.form.get("override", "")
    if verb == "lift":
        reason = valid(ReasonIn, given(request.form, "reason")).reason
        api.done(code, lambda session, row: service.lift(session, row, reason), override)
        return
    asked = valid(ColourIn, given(request.form, "colour", "reason"))
    act = service.raise_to if verb == "raise" else service.lower_to
    api.done(code, lambda session, row: act(session, row, asked.colour, asked.reason), override)


def _stand(code: str, verb: str) -> None:
    who = principal()
    if verb == "ask":
        asked = valid(AskIn, given(request.form, "person"))
        work_api.do(code, lambda session, row: standby.ask(session, row, asked.person))
        return
    act = standby.confirm if verb == "stand-by" else standby.withdraw
    work_api.do(code, lambda session, row: act(session, row, who.person_id))


def _advisory(code: str, verb: str) -> None:
    notice_id = request.form.get("notice", default=0, type=int) or 0
    if verb == "approve":
        asked = valid(ApproveIn, given(request.form, "count", "override"))
        work_api.with_notice(
            code,
            notice_id,
            lambda session, row, notice, who: advisory.approve(session, row, notice, who, asked.count, asked.override),
        )
        return
    reason = valid(ReasonIn, given(request.form, "reason")).reason
    act = {"withdraw": advisory.withdraw, "correct": advisory.correct}.get(verb)
    if act is None:
        work_api.with_notice(
            code, notice_id, lambda session, row, notice, who: advisory.reject(session, row, notice, who, reason)
        )
    else:
        work_api.with_notice(code, notice_id, lambda session, _, notice, who: act(session, notice, who, reason))


def _occurrence() -> dict[str, Any]:
    form = request.form
    found: dict[str, Any] = given(form, "kind", "users", "summary", "key")
    found["areas"] = [*form.getlist("areas"), *_split(form.get("more", ""))]
    found["elements"] = _split(form.get("elements", ""))
    return found


def _split(text: str) -> list[str]:
    for mark in "；,，\n":
        text = text.replace(mark, ";")
    return [part.strip() for part in text[:20_000].split(";") if part.strip()]
