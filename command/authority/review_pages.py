"""Overrides looked at afterwards, and on the page of an incident whether its commander is there."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from command.authority import review_api, reviews, watching, words
from command.authority.review_api import OverridesIn, VerdictIn
from command.core.documents import document
from command.core.problems import Problem
from command.incidents import standing, visibility
from command.people.access import access, here, principal, unit
from command.people.language import language
from command.resources.forms import given, valid

pages = Blueprint("authority_reviews", __name__)
STATES = ("waiting", "late", "decided")


@pages.get("/people/overrides")
@access("review_override")
def listed() -> str:
    """Overrides that wait, and with `?state=` those that are late or were looked at."""
    return _page()


@pages.post("/people/overrides/<int:review_id>")
@access("review_override")
def decide(review_id: int) -> Any:
    """Say whether an override was justified; a refusal keeps what was typed."""
    try:
        said = valid(VerdictIn, given(request.form, "verdict", "words"))
        unit(lambda session: reviews.decide(session, review_id, said.verdict, said.words, principal()))
    except Problem as problem:
        return _page(problem, review_id), problem.status
    return redirect("/people/overrides", 303)


def _page(problem: Problem | None = None, about: int = 0) -> str:
    state = request.args.get("state", "waiting")
    state = state if state in STATES else "waiting"
    after = request.args.get("after", "0")
    asked = OverridesIn.model_validate(
        {"state": state, "after": int(after) if after.isdigit() and len(after) < 9 else 0}
    )
    with here().database.read() as session:
        found = review_api.found(session, asked)
        counts = {
            each: len(reviews.listed(session, principal(), waiting=True, late=each == "late", limit=1000))
            for each in ("waiting", "late")
        }
    return render_template(
        "authority/overrides.html",
        found=found,
        state=state,
        states=STATES,
        counts=counts,
        me=principal().person_id,
        about=about,
        given=request.form,
        words=words,
        problem=document(problem, "") if problem else None,
    )


@pages.get("/incidents/<number>/command")
@access("read")
def command(number: str) -> str:
    """Whether the commander is there, as a fragment of the incident's page."""
    with here().database.read() as session:
        incident = visibility.seen_by(session, standing.find(session, number), principal())
        seen = watching.seen(session, incident, language())
        mine = incident.commander_id == principal().person_id
    return render_template("authority/command.html", watch=seen, mine=mine)


@pages.post("/incidents/<number>/command")
@access("edit_task")
def here_i_am(number: str) -> Any:
    """The commander says that they are there."""
    review_api.i_am_here(number)
    return redirect(f"/incidents/{number}", 303)


@pages.get("/board/part/succession")
@access("read")
def offered() -> str:
    """Incidents whose command is offered to others now, as a fragment of the command board."""
    with here().database.read() as session:
        found = watching.offered(session, principal(), language(), exercise="exercise" in request.args)
    return render_template("authority/offered.html", found=found)
