"""The page on which somebody reports an incident by hand, on whatever channel they heard of it (R13): what reporting it would bring is
shown while they type, and an open incident like it is offered first."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.documents import document, validated
from command.core.problems import N_, Invalid, Problem
from command.incidents import additions, alike, intake, preview, report_api, standing, visibility
from command.incidents import report_form as typed_in
from command.incidents.activation import KIND_WORDS
from command.incidents.api import ReportIn, report_from
from command.incidents.intake import Report
from command.incidents.preview import Preview
from command.network.models import Area, Service
from command.people.access import access, here, principal, unit
from command.people.language import language

pages = Blueprint("incidents", __name__)

TYPED = timedelta(minutes=30)
"""How long ago the first word may have been typed to count as the first sign; an older one is of a form left open."""
LISTED = 400
"""Areas listed for browsers without scripts."""


@pages.get("/incidents/report")
@access("report_incident")
def report_form() -> Any:
    """The form."""
    return _page()


@pages.post("/incidents/report")
@access("report_incident")
def report_now() -> Any:
    """Take the report; a refusal keeps what was typed and says what to mend. Where the page has no scripts and could not show an open
    incident that is clearly the same, it is shown now, and a second press reports it all the same."""
    who = principal()
    try:
        with here().database.read() as session:
            given, guessed = _read(session)
            _says_something(given)
            if "unseen" in request.form:
                found = preview.preview(session, given, who, guessed_kind=guessed)
                if any(each.score >= alike.CLEAR for each in found.similar):
                    return _page(found=found, seen=True)
        given = replace(given, request_key=request.form.get("key") or None)
        number = unit(lambda session: intake.report(session, given, who).number)
    except Problem as problem:
        return _page(problem), problem.status
    return redirect(f"/incidents/{number}", 303)


@pages.post("/incidents/report/preview")
@access("report_incident")
def report_preview() -> Any:
    """What the report would bring: a fragment for the page while somebody types, the whole page where there are no scripts."""
    whole = "HX-Request" not in request.headers
    try:
        with here().database.read() as session:
            given, guessed = _read(session)
            found = preview.preview(session, given, principal(), guessed_kind=guessed)
            return _page(found=found, seen=True) if whole else _fragment(session, found)
    except Problem as problem:
        if whole:
            return _page(problem), problem.status
        # What was shown stays while a word is half typed; only the line in the bar says what is not understood yet.
        return render_template("incidents/preview.html", hint=document(problem, ""), live=True), {"HX-Reswap": "none"}


@pages.get("/incidents/report/areas")
@access("report_incident")
def report_areas() -> Any:
    """Areas that what was typed may mean, as options of the box."""
    with here().database.read() as session:
        areas = typed_in.found(session.scalars(select(Area)), request.args.get("q", ""))[: typed_in.OFFERED]
        above = {a.id: a for a in session.scalars(select(Area).where(Area.id.in_({a.parent_id for a in areas})))}
    return render_template("incidents/areas.html", areas=areas, above=above)


@pages.post("/incidents/<number>/reports")
@access("report_incident")
def add_report(number: str) -> Any:
    """Add what was typed to an incident that is there; its first-contact owner stays (R14)."""
    who = principal()
    try:
        with here().database.read() as session:
            given, _ = _read(session)

        def work(session: Session) -> None:
            incident = visibility.seen_by(session, standing.lock(session, number), who)
            additions.add_report(session, incident, given, who)

        unit(work)
    except Problem as problem:
        return _page(problem), problem.status
    return redirect(f"/incidents/{number}", 303)


def _read(session: Session) -> tuple[Report, bool]:
    """The report that the form holds, and whether its kind was guessed; raise Invalid naming the field."""
    form, zone, now = request.form, here().settings.tz, clock.now(session)
    hit = typed_in.hit(form.get("affected", ""))
    typed = form.get("kind", "")
    words = "\n".join(form.get(name, "") for name in ("summary", "feedback", "measures"))
    area = form.get("area", "") or _own_area() or ""
    values: dict[str, Any] = {
        "kind": typed or preview.guess_kind(words, hit.elements),
        "area": typed_in.area_meant(session, area),
        "occurred_at": typed_in.since(form.get("ago", ""), form.get("occurred_at", ""), now, zone),
        "detected_at": typed_in.moment(form.get("detected_at", ""), "detected_at", zone) or _first_word(now),
        "elements": hit.elements,
        "users": hit.users,
        "services": form.getlist("services"),
        "exercise": "exercise" in form,
        **{name: form.get(name, "") for name in ("summary", "feedback", "measures")},
        **{name: form.get(name) or 0 for name in ("records_leaked", "complaints")},
        "restricted": {"yes": True, "no": False}.get(form.get("restricted", "")),
    }
    return report_from(validated(ReportIn, values), None), not typed


def _says_something(given: Report) -> None:
    """Raise Invalid for a report of nothing: kind, area and time have defaults, so a form that arrived empty would be an incident."""
    if not (given.summary or given.feedback or given.measures or given.elements or given.users):
        raise Invalid(
            N_("The report says nothing yet."),
            field="summary",
            remedy=N_("Say in a sentence what happened, or name elements or users affected."),
        )


def _own_area() -> str | None:
    return principal().area_code


def _first_word(now: datetime) -> datetime | None:
    """When the reporter began to type: for the command centre the first known sign."""
    try:
        at = datetime.fromisoformat(request.form.get("began_at", ""))
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if now - TYPED <= at <= now else None


def _fragment(session: Session, found: Preview) -> str:
    tongue = language()
    return render_template(
        "incidents/preview.html",
        live=True,
        found=report_api.shown(session, found, tongue),
        plan=found.plan,
        spoken_of=found.spoken_of,
        **_names(session),
    )


def _names(session: Session) -> dict[str, Any]:
    which = 0 if language() == "zh" else 1
    return {
        "kinds": {kind: words[which] for kind, words in KIND_WORDS.items()},
        "service_names": {s.code: names.of(s, language()) for s in session.scalars(select(Service))},
    }


def _page(problem: Problem | None = None, *, found: Preview | None = None, seen: bool = False) -> str:
    form = request.form
    with here().database.read() as session:
        areas = session.scalars(select(Area).order_by(Area.code).limit(LISTED)).all()
        own = session.scalar(select(Area).where(Area.code == _own_area()))
        services = session.scalars(select(Service).order_by(Service.bit)).all()
        shown = report_api.shown(session, found, language()) if found else None
        context = _names(session)
        now = clock.now(session)
    return render_template(
        "incidents/report.html",
        areas=areas,
        own=own,
        services=services,
        trainer="trainer" in principal().posts,
        problem=document(problem, "") if problem else None,
        given=form,
        fresh=not form,
        ago=typed_in.AGO,
        key=form.get("key") or secrets.token_urlsafe(12),
        found=shown,
        plan=found.plan if found else None,
        spoken_of=(),
        seen=seen,
        now=now,
        **context,
    )
