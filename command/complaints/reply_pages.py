"""The page of subscribers' replies to notices: read, take up as a case, answer, close. It works without scripts."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from command.complaints import replies, reply_api
from command.core.documents import document
from command.core.problems import N_, Invalid, Problem
from command.people.access import access, here, principal
from command.people.language import language
from command.resources.forms import given, valid

pages = Blueprint("notice_replies", __name__)
SHOWN = 200
STATES = {"open": N_("Waits"), "case": N_("Taken up as a case"), "answered": N_("Answered"), "closed": N_("Closed")}
NOTICES = {
    "first": N_("First notice"),
    "update": N_("Update"),
    "all_clear": N_("All-clear"),
    "correction": N_("Correction"),
    "advisory": N_("Advisory"),
    "survey": N_("Survey"),
}


@pages.get("/complaints/replies")
@access("take_case")
def listed() -> ResponseReturnValue:
    """Replies that wait, or (`?all=1`) every one."""
    return _list()


def _list(refused: Problem | None = None, doing: str = "") -> ResponseReturnValue:
    every = request.args.get("all") == "1"
    with here().database.read() as session:
        rows = list(replies.listed(session, principal(), done=every, limit=SHOWN))
        shown = reply_api.out(session, here().keyring, rows, language())
    page = render_template(
        "complaints/replies.html",
        replies=shown,
        every=every,
        states=STATES,
        notices=NOTICES,
        doing=doing,
        given=request.form,
        problem=document(refused, "") if refused else None,
    )
    return page, refused.status if refused else 200


@pages.post("/complaints/replies/<int:reply_id>/<verb>")
@access("take_case")
def settle(reply_id: int, verb: str) -> ResponseReturnValue:
    """Do something with a reply; a refusal keeps what was typed."""
    try:
        if verb == "take":
            done = reply_api.taken(reply_id)
            return redirect(f"/complaints/{done.case}", 303)
        if verb == "answer":
            reply_api.answered(reply_id, valid(reply_api.AnswerIn, given(request.form, "text")))
        elif verb == "close":
            reply_api.closed(reply_id, valid(reply_api.CloseIn, given(request.form, "reason")))
        else:
            raise Invalid(N_("There is no such action."), field="verb", remedy=N_("Use the buttons of the page."))
    except Problem as refused:
        if refused.status == 404:
            raise
        return _list(refused, f"{verb}-{reply_id}")
    return redirect("/complaints/replies", 303)
