"""Solved problems on pages: search, read, complete, and what is offered on a report and on an incident's board."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.documents import Report, document, items
from command.core.problems import Problem
from command.incidents import alike, preview, standing
from command.incidents.activation import KIND_WORDS
from command.incidents.similarity import Picture
from command.knowledge import api, finding, service, views, visible
from command.knowledge.models import SolvedFeedback
from command.network.models import Service
from command.people.access import access, here, may, principal
from command.people.language import language

pages = Blueprint("knowledge", __name__)

PARTS = ("symptoms", "cause", "solution")


@pages.get("/knowledge")
@access("read")
def problems() -> Any:
    """Search and list."""
    args = request.args
    wanted = finding.Wanted(
        words=args.get("q", "")[:400],
        kind=args.get("kind") or None,
        service=args.get("service") or None,
        tag=args.get("tag") or None,
        retired="retired" in args,
    )
    with here().database.read() as session:
        found = [views.problem_out(session, each, language()) for each in finding.search(session, wanted, principal())]
        context = _names(session)
    template = "knowledge/found.html" if request.headers.get("HX-Target") == "found" else "knowledge/list.html"
    return render_template(template, problems=found, wanted=wanted, **context)


@pages.get("/knowledge/<int:problem_id>")
@access("read")
def problem(problem_id: int) -> Any:
    """One solved problem, with its versions."""
    return _problem_page(problem_id)


def _problem_page(problem_id: int, refused: Problem | None = None) -> str:
    with here().database.read() as session:
        found = views.whole(session, visible.find(session, problem_id, principal()), language())
        context = _names(session)
    return render_template(
        "knowledge/problem.html",
        found=found,
        parts=PARTS,
        editable=may(principal(), "review"),
        problem=document(refused, "") if refused else None,
        given=request.form,
        **context,
    )


@pages.get("/knowledge/<int:problem_id>/edit")
@access("review")
def edit(problem_id: int) -> Any:
    """The form to complete the words."""
    return _edit_page(problem_id)


@pages.post("/knowledge/<int:problem_id>/edit")
@access("review")
def edit_now(problem_id: int) -> Any:
    """Keep a new version; a refusal keeps what was typed."""
    try:
        words = api.words(_words_typed())
        api.changed(problem_id, lambda session, found, who: service.edit(session, found, words, who))
    except Problem as refused:
        return _edit_page(problem_id, refused), refused.status
    return redirect(url_for("knowledge.problem", problem_id=problem_id), 303)


def _words_typed() -> api.WordsIn:
    values: dict[str, Any] = {name: request.form.get(name, "") for name in api.WordsIn.model_fields if name != "tags"}
    tags = [tag.strip() for tag in request.form.get("tags", "").replace("，", ",").replace("、", ",").split(",")]
    try:
        return api.WordsIn.model_validate(values | {"tags": [tag for tag in tags if tag]})
    except ValidationError as error:
        first = items(error.errors(include_url=False))[0]
        raise Report(422, "invalid", first.detail, first.remedy, field=first.field, **first.values) from error


def _edit_page(problem_id: int, refused: Problem | None = None) -> str:
    with here().database.read() as session:
        found = views.whole(session, visible.find(session, problem_id, principal()), language())
    return render_template(
        "knowledge/edit.html",
        found=found,
        parts=PARTS,
        problem=document(refused, "") if refused else None,
        given=request.form or {**found.texts.model_dump(), "tags": ", ".join(found.texts.tags)},
    )


@pages.post("/knowledge/<int:problem_id>/retire")
@access("review")
def retire(problem_id: int) -> Any:
    """Offer it no more, with a reason."""
    reason = request.form.get("reason", "")[:4000]
    return _turn(problem_id, lambda session, found, who: service.retire(session, found, reason, who))


@pages.post("/knowledge/<int:problem_id>/reinstate")
@access("review")
def reinstate(problem_id: int) -> Any:
    """Offer a retired one again."""
    return _turn(problem_id, lambda session, found, who: service.reinstate(session, found, who))


def _turn(problem_id: int, verb: Any) -> Any:
    try:
        api.changed(problem_id, verb)
    except Problem as refused:
        return _problem_page(problem_id, refused), refused.status
    return redirect(url_for("knowledge.problem", problem_id=problem_id), 303)


@pages.post("/knowledge/<int:problem_id>/judge")
@access("edit_task")
def judge(problem_id: int) -> Any:
    """Say on an incident's board whether a solved problem helped there."""
    number, helped = request.form.get("incident", ""), request.form.get("helped") == "1"
    api.changed(problem_id, lambda session, found, who: api.judged(session, found, number, helped, who))
    if "HX-Request" in request.headers:
        return _similar(number)
    return redirect(f"/incidents/{number}", 303)


@pages.get("/incidents/<number>/similar")
@access("read")
def similar(number: str) -> Any:
    """The solved problems most like an incident: a fragment for its board."""
    return _similar(number)


def _similar(number: str) -> str:
    with here().database.read() as session:
        found = api.offered_for(session, number, principal())
        said = _said(session, number)
        context = _names(session)
    return render_template(
        "knowledge/similar.html",
        likes=found,
        number=number,
        said=said,
        judging=may(principal(), "edit_task"),
        **context,
    )


def _said(session: Session, number: str) -> dict[int, bool]:
    """What whoever looks has said already, by solved problem."""
    incident = standing.find(session, number)
    query = select(SolvedFeedback.problem_id, SolvedFeedback.helped).where(
        SolvedFeedback.incident_id == incident.id, SolvedFeedback.person_id == principal().person_id
    )
    return dict(session.execute(query).tuples().all())


@pages.post("/knowledge/offered")
@access("report_incident")
def offered() -> Any:
    """The solved problems most like what is being typed on the report: a fragment."""
    with here().database.read() as session:
        found = views.likes(session, finding.like(session, _typed(session), principal()), language())
        context = _names(session)
    return render_template("knowledge/similar.html", likes=found, number="", said={}, judging=False, **context)


def _typed(session: Session) -> Picture:
    """What the report's form speaks of, as far as it can be read."""
    form = request.form
    text = "\n".join(form.get(name, "")[:4000] for name in ("summary", "feedback", "measures", "affected"))
    elements = alike.named_elements(session, text)
    kind = form.get("kind") or (preview.guess_kind(text) if text.strip() else "")
    return Picture(
        kind=kind or None,
        services=frozenset(form.getlist("services")) | alike.named_services(session, text),
        element_kinds=frozenset(e.kind for e in elements) | alike.named_element_kinds(text),
        words=alike.terms(text),
    )


def _names(session: Session) -> dict[str, Any]:
    which = 0 if language() == "zh" else 1
    return {
        "kinds": {kind: words[which] for kind, words in KIND_WORDS.items()},
        "service_names": {s.code: names.of(s, language()) for s in session.scalars(select(Service))},
    }
