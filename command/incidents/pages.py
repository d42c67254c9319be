"""The page on which somebody reports an incident by hand, on whatever channel they heard of it (R13)."""

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request
from pydantic import ValidationError
from sqlalchemy import select

from command.core.documents import Report, document, items
from command.core.problems import N_, Invalid, Problem
from command.incidents import intake
from command.incidents.activation import KIND_WORDS
from command.incidents.api import ReportIn, report_from
from command.network.models import Area, Service
from command.people.access import access, here, principal, unit
from command.people.language import language

pages = Blueprint("incidents", __name__)


@pages.get("/incidents/report")
@access("report_incident")
def report_form() -> Any:
    """The form."""
    return _page()


@pages.post("/incidents/report")
@access("report_incident")
def report_now() -> Any:
    """Take the report; a refusal keeps what was typed and says what to mend."""
    who = principal()
    try:
        given = report_from(_body(), request.form.get("key") or None)
        number = unit(lambda session: intake.report(session, given, who).number)
    except Problem as problem:
        return _page(problem), problem.status
    return redirect(f"/incidents/{number}", 303)


def _body() -> ReportIn:
    form = request.form
    values: dict[str, Any] = {
        "kind": form.get("kind", ""),
        "area": form.get("area", ""),
        **{name: form.get(name, "") for name in ("summary", "feedback", "measures")},
        **{name: _time(name) for name in ("occurred_at", "detected_at")},
        "elements": form.get("elements", "").split(),
        "services": form.getlist("services"),
        "users": form.get("users") or None,
        "exercise": "exercise" in form,
    }
    try:
        return ReportIn.model_validate(values)
    except ValidationError as error:
        first = items(error.errors(include_url=False))[0]
        raise Report(422, "invalid", first.detail, first.remedy, field=first.field, **first.values) from error


def _time(name: str) -> datetime | None:
    """A time from the form, which is on the operator's wall clock."""
    typed = request.form.get(name, "")
    if not typed:
        return None
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        raise Invalid(N_("This is not a time."), field=name, remedy=N_("Choose day and time.")) from None
    return at if at.tzinfo else at.replace(tzinfo=here().settings.tz)


def _page(problem: Problem | None = None) -> str:
    with here().database.read() as session:
        areas = session.scalars(select(Area).order_by(Area.code)).all()
        services = session.scalars(select(Service).order_by(Service.bit)).all()
    which = 0 if language() == "zh" else 1
    return render_template(
        "incidents/report.html",
        areas=areas,
        services=services,
        kinds={kind: words[which] for kind, words in KIND_WORDS.items()},
        trainer="trainer" in principal().posts,
        problem=document(problem, "") if problem else None,
        given=request.form,
    )
