"""Surges with their rate against what is usual, and the decision; what is said in public about an incident."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy.orm import Session

from command.complaints import charts, complaint_api, opinions, reading, rules, surges, words
from command.complaints.complaint_api import DecisionIn
from command.complaints.desk_pages import colleagues
from command.complaints.models import SENTIMENTS
from command.core.documents import document, validated
from command.core.problems import Problem
from command.incidents import standing
from command.incidents.visibility import seen_by
from command.people.access import access, here, principal, unit
from command.people.language import language

pages = Blueprint("surges", __name__)


@pages.get("/complaints/surges")
@access("read")
def listed() -> Any:
    """Surges: those that wait for a decision first, each with its rate against its baseline."""
    return _listed()


def _listed(problem: Problem | None = None, at: int | None = None) -> str:
    with here().database.read() as session:
        rows, past = reading.all_surges(session, principal()), charts.past(session)
        shown = [
            (reading.surge(session, row, language()), charts.drawn(past, surges.key_of(row), row.threshold))
            for row in rows
        ]
    return render_template(
        "complaints/surges.html",
        shown=shown,
        rule=rules.current().surge,
        words=words,
        given=request.form,
        at=at,
        problem=document(problem, "") if problem else None,
    )


@pages.post("/complaints/surges/<int:surge_id>/<decision>")
@access("report_incident")
def decide(surge_id: int, decision: str) -> Any:
    """Decide about a surge; accepted or attached leads to the incident."""
    given = {name: request.form.get(name, "") for name in ("incident", "reason")}

    def work(session: Session) -> str | None:
        row = surges.get(session, surge_id, principal())
        complaint_api.settle(session, row, decision, validated(DecisionIn, given))
        return reading.surge(session, row, language()).incident

    try:
        number = unit(work)
    except Problem as problem:
        return _listed(problem, surge_id), problem.status
    return redirect(f"/incidents/{number}" if number else "/complaints/surges", 303)


@pages.get("/incidents/<number>/opinions")
@access("read")
def said(number: str) -> Any:
    """What is said in public about an incident, and who answers."""
    return _said(number)


def _said(number: str, problem: Problem | None = None) -> str:
    with here().database.read() as session:
        incident = seen_by(session, standing.find(session, number), principal())
        shown = [reading.opinion(session, row) for row in opinions.of(session, incident)]
        people = colleagues(session)
    return render_template(
        "complaints/opinions.html",
        number=incident.number,
        shown=shown,
        people=people,
        sentiments=SENTIMENTS,
        words=words,
        given=request.form,
        problem=document(problem, "") if problem else None,
    )


@pages.post("/incidents/<number>/opinions")
@access("take_case")
def keep(number: str) -> Any:
    """Put something said in public on record; a refusal keeps what was typed."""
    form = request.form
    plain: dict[str, Any] = {name: form.get(name, "") for name in ("link", "sentiment", "owner", "note")}
    reach = form.get("reach", "").strip() or "0"

    def work(session: Session) -> None:
        given = validated(complaint_api.OpinionIn, {**plain, "reach": reach})
        incident = seen_by(session, standing.lock(session, number), principal())
        opinions.keep(session, incident, opinions.Said(**given.model_dump()), principal())

    return _done(number, work)


@pages.post("/incidents/<number>/opinions/<int:opinion_id>/answer")
@access("take_case")
def answer(number: str, opinion_id: int) -> Any:
    """Say that it was answered, and how."""

    def work(session: Session) -> None:
        incident = seen_by(session, standing.lock(session, number), principal())
        opinions.answered(session, incident, opinion_id, request.form.get("answer", "")[:4000], principal())

    return _done(number, work)


def _done(number: str, work: Any) -> Any:
    try:
        unit(work)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _said(number, problem), problem.status
    return redirect(f"/incidents/{number}/opinions", 303)
