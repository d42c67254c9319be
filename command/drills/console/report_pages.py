"""The two reports that a drill leads to: of its own incident, by its players; and of something real, which stops it.

The page of what is real carries no mark of an exercise and nothing of the drill's story: whoever opens it must not doubt it."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.alarms import intake as alarms
from command.core import clock, marks, names
from command.core.documents import document
from command.core.problems import N_, Invalid, Problem
from command.drills.console import words
from command.drills.runs import ending, reporting, taking_part, views
from command.incidents import preview
from command.incidents import report_form as typed_in
from command.incidents.activation import KIND_WORDS
from command.incidents.api import ReportIn, report_from
from command.incidents.intake import Report
from command.network.models import Area, Service
from command.people.access import access, here, principal, require, unit
from command.people.language import language
from command.resources.forms import valid

pages = Blueprint("drill_incident_report", __name__)
LISTED = 2000
"""Areas listed at most."""


@pages.get("/drills/<code>/report-incident")
@access("read")
def incident(code: str) -> Any:
    """The form by which players report the incident of their drill, filled with what the scenario says."""
    with here().database.read() as session:
        drill = taking_part.find(session, code, principal())
        given = _prefilled(reporting.prefilled(session, drill))
    return _form(code, given, real=False)


@pages.post("/drills/<code>/report-incident")
@access("read")
def report_incident(code: str) -> Any:
    """Report it, as an exercise."""
    who = principal()

    def work(session: Session) -> str:
        drill = taking_part.find(session, code, who, lock=True)
        return reporting.report(session, drill, who, _read(session)).number

    try:
        number = unit(work)
    except Problem as problem:
        return _refused(code, problem, real=False)
    return redirect(f"/incidents/{number}", 303)


@pages.get("/drills/<code>/real")
@access("read")
def real(code: str) -> Any:
    """Confirm that something real has happened, and say what."""
    with here().database.read() as session:
        drill = taking_part.find(session, code, principal())
        ending.may_stop(session, drill, principal())
        area = session.get_one(Area, drill.area_id).code
    return _form(code, {"area": area}, real=True)


@pages.post("/drills/<code>/real")
@access("read")
def real_now(code: str) -> Any:
    """Stop the drill and open a clean live incident; to whoever may not report, or has no time to, the drill stops all the same."""
    who, form = principal(), request.form
    if form.get("do") == "stop":
        unit(lambda session: _stop(session, code))
        return redirect(f"/drills/{code}", 303)

    def work(session: Session) -> str:
        alarms.lock(session)
        drill = taking_part.find(session, code, who, lock=True)
        return ending.real_event(session, drill, who, _read(session)).number

    try:
        require("report_incident")
        number = unit(work)
    except Problem as problem:
        return _refused(code, problem, real=True)
    return redirect(f"/incidents/{number}", 303)


def _stop(session: Session, code: str) -> None:
    alarms.lock(session)
    drill = taking_part.find(session, code, principal(), lock=True)
    ending.stop(session, drill, principal(), "real_event")


def _prefilled(report: Report) -> dict[str, Any]:
    affected = [str(report.users)] if report.users else []
    return {
        "kind": report.kind,
        "area": report.area,
        "summary": report.summary,
        "affected": " ".join((*affected, *report.elements)),
        "services": list(report.services),
        "records_leaked": report.records_leaked or "",
        "complaints": report.complaints or "",
    }


def _read(session: Session) -> Report:
    """What was typed; raise Invalid naming the field."""
    form = request.form
    hit, summary = typed_in.hit(form.get("affected", "")), form.get("summary", "").strip()
    if not (summary or hit.users or hit.elements):
        raise Invalid(
            N_("The report says nothing yet."),
            field="summary",
            remedy=N_("Say in a sentence what happened, or name elements or users affected."),
        )
    values = {
        "kind": form.get("kind") or preview.guess_kind(summary, hit.elements),
        "area": typed_in.area_meant(session, form.get("area", "")),
        "summary": summary,
        "elements": list(hit.elements),
        "users": hit.users,
        "services": form.getlist("services"),
        **{name: form[name] for name in ("records_leaked", "complaints") if form.get(name, "").strip()},
        "detected_at": clock.now(session),
    }
    return report_from(valid(ReportIn, values), form.get("key") or None)


def _refused(code: str, problem: Problem, *, real: bool) -> Any:
    if problem.status == 404:
        raise problem
    given = {**request.form.to_dict(), "services": request.form.getlist("services")}
    return _form(code, given, real=real, problem=problem), problem.status


def _form(code: str, given: Mapping[str, Any], *, real: bool, problem: Problem | None = None) -> str:
    if real:
        marks.of_real()
    which = 0 if language() == "zh" else 1
    with here().database.read() as session:
        view = views.one(session, code, principal())
        areas = session.scalars(select(Area).order_by(Area.code).limit(LISTED)).all()
        services = session.scalars(select(Service).order_by(Service.bit)).all()
        return render_template(
            "drills/real.html" if real else "drills/report.html",
            view=view,
            areas=[(each.code, f"{names.of(each, language())} {each.code}") for each in areas],
            services=services,
            kinds=[(kind, said[which]) for kind, said in KIND_WORDS.items()],
            given=given,
            key=given.get("key") or secrets.token_urlsafe(12),
            words=words,
            problem=document(problem, "") if problem else None,
        )
