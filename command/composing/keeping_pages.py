"""The page of what is kept for the next notice: saved audiences and lists of numbers, renamed, removed after a warning, and put back."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from command.composing import choosing, keeping, lists, views, words
from command.core.documents import document
from command.core.problems import N_, NotFound, Problem
from command.people.access import access, here, principal, unit
from command.people.language import language

pages = Blueprint("kept_pages", __name__)
VERBS = ("rename", "remove", "restore")


@pages.get("/notices/audiences", endpoint="kept")
@access("submit_notice")
def kept() -> ResponseReturnValue:
    """What is kept, and what may be put back."""
    return _page()


@pages.post("/notices/audiences/<int:audience_id>/<verb>")
@access("submit_notice")
def audience(audience_id: int, verb: str) -> ResponseReturnValue:
    """Rename, remove or put back a saved audience."""
    who, name, shared = principal(), request.form.get("name", ""), request.form.get("shared") == "1"

    def work(session: Session) -> int:
        if verb == "rename":
            return keeping.rename(session, audience_id, name, shared, who).id
        return (keeping.remove if verb == "remove" else keeping.restore)(session, audience_id, who).id

    return _done(f"audience-{audience_id}", verb, work)


@pages.post("/notices/lists/<int:list_id>/<verb>")
@access("submit_notice")
def numbers(list_id: int, verb: str) -> ResponseReturnValue:
    """Rename, remove or put back a list of numbers."""
    by, name = principal().actor, request.form.get("name", "")

    def work(session: Session) -> int:
        if verb == "rename":
            return lists.rename(session, list_id, name, by).id
        return (lists.remove if verb == "remove" else lists.restore)(session, list_id, by).id

    return _done(f"list-{list_id}", verb, work)


def _done(what: str, verb: str, work: Any) -> ResponseReturnValue:
    if verb not in VERBS:
        raise NotFound(N_("There is nothing at this address."), remedy=N_("Go back to the notice and use its buttons."))
    try:
        unit(work)
    except NotFound:
        raise
    except Problem as refused:
        return _page(refused, f"{what}-{verb}"), refused.status
    return redirect("/notices/audiences", 303)


def _page(refused: Problem | None = None, doing: str = "") -> str:
    who = principal()
    with here().database.read() as session:
        audiences = [(row, choosing.said(session, row.selection, language())) for row in keeping.saved(session, who)]
        known = [(row, lists.used_by(session, row.id)) for row in lists.kept(session)]
        gone, gone_lists = keeping.removed(session, who), lists.removed(session)
        people = views.called(session, [row.created_by for row, _ in known], language())
        session.expunge_all()
    return render_template(
        "notices/audiences.html",
        audiences=audiences,
        lists=known,
        gone=gone,
        gone_lists=gone_lists,
        people=people,
        me=who.person_id,
        words=words,
        doing=doing,
        given=request.form,
        problem=document(refused, "") if refused else None,
    )
