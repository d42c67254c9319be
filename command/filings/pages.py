"""Pages of reports to the regulator: the part of an incident's bulletins, the form of one report, all that is owed and was submitted."""

import csv
from io import StringIO
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.documents import document, validated
from command.core.problems import N_, NotFound, Problem
from command.filings import api, listing, service, submitting, typed, views, words
from command.filings.asked import CopyIn, EditionIn, ListIn
from command.filings.regulators import table
from command.filings.submitting import Submission
from command.incidents import house
from command.people.access import access, here, may, principal
from command.people.language import language, zone
from command.people.models import Person
from command.resources.export import harmless
from command.resources.forms import given, instant

pages = Blueprint("filings", __name__)
FILTERS = ("from", "to", "profile", "report", "incident", "late")
COLUMNS = (
    *("incident", "exercise", "profile", "report", "title", "edition", "state"),
    *("due_at", "submitted_at", "late", "reference", "digest"),
)
MOST = 1000


@pages.get("/filings")
@access("read")
def every() -> Any:
    """What is owed, late ones first; drafts; what was submitted, with filters; the rules of the profile with their sources."""
    asked = {name: request.args.get(name, "") for name in FILTERS}
    refused: Problem | None = None
    with here().database.read() as session:
        try:
            found = api.all_of(session, validated(ListIn, given(request.args, *FILTERS)), principal(), language())
        except Problem as problem:
            refused, found = problem, api.all_of(session, ListIn(), principal(), language())
        now = clock.now(session)
    return render_template(
        "filings/list.html",
        found=found,
        asked=asked,
        now=now,
        reports=[
            (each.id, views.said(each.title, language())) for one in table().profiles.values() for each in one.reports
        ],
        words=words,
        problem=document(refused, "") if refused else None,
    )


@pages.get("/filings/export.csv")
@access("read")
def exported() -> Any:
    """What was submitted, with the same filters, as CSV."""
    asked = validated(ListIn, {"limit": MOST, **given(request.args, *FILTERS)})
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    with here().database.read() as session:
        wanted = views.wanted(asked, house.settings(session).tz)
        for row in listing.submitted(session, principal(), wanted, asked.limit):
            cells = views.submitted_out(row, language()).model_dump(mode="json")
            writer.writerow([harmless("" if cells[name] is None else str(cells[name])) for name in COLUMNS])
    response = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="reports-to-the-regulator.csv")
    return response


@pages.get("/incidents/<number>/filings/part")
@access("read")
def part(number: str) -> Any:
    """The reports of an incident with due, state and what is late: a part of its page of bulletins."""
    with here().database.read() as session:
        found = views.of_incident(session, api.seen(session, number), language())
        return render_template("filings/part.html", found=found, now=clock.now(session), words=words)


@pages.get("/incidents/<number>/filings/<report>")
@access("read")
def one(number: str, report: str) -> Any:
    """One report: its fields with what the incident gives beside, what is missing, and what can be done."""
    return _one(number, report)


@pages.get("/incidents/<number>/filings/<report>/copy")
@access("read")
def copy(number: str, report: str) -> Any:
    """The report as PDF or DOCX."""
    fields = given(request.args, "form", "language", "edition")
    return api.file(number, report, validated(CopyIn, {"language": language(), **fields}))


@pages.post("/incidents/<number>/filings/<report>/<verb>")
@access("read")
def do(number: str, report: str, verb: str) -> Any:
    """Save, refresh, submit or correct; a refusal keeps what was typed."""
    try:
        api.acted(number, report, _verb(report, verb))
    except Problem as refused:
        return _one(number, report, refused, verb), refused.status
    return redirect(f"/incidents/{number}/filings/{report}", 303)


def _verb(report: str, verb: str) -> api.Verb:
    form = request.form
    version = _version(form.get("version", ""))
    match verb:
        case "save":
            there = _typed()
            return lambda session, incident, who: service.write(session, incident, report, who, version, there)
        case "refresh":
            return lambda session, incident, who: service.refresh(session, incident, report, who, version)
        case "correct":
            why = form.get("reason", "")
            return lambda session, incident, who: service.correct(session, incident, report, who, why)
        case "submit" | "override":
            submission = Submission(
                version,
                form.get("reference", ""),
                instant(form, "at", zone()),
                override=verb == "override",
                reason=form.get("reason", ""),
            )
            return lambda session, incident, who: submitting.submit(session, incident, report, submission, who)
    raise NotFound(N_("There is nothing at this address."), remedy=N_("Go back to the report and use its buttons."))


def _typed() -> dict[str, str]:
    """What stands in the fields of the form, by key."""
    return {name.removeprefix("f-"): text for name, text in request.form.items() if name.startswith("f-")}


def _version(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _one(number: str, report: str, refused: Problem | None = None, doing: str = "") -> str:
    who = principal()
    with here().database.read() as session:
        incident = api.seen(session, number)
        edition = validated(EditionIn, given(request.args, "edition")).edition
        found = views.filing_out(session, incident, report, language(), zone(), edition)
        newest = not found.editions or found.edition == max(each.edition for each in found.editions)
        able, overriding = views.possible(session, incident, report, who) if newest else (False, False)
        kept = {field.key: words.editable(field.written, field.source, zone()) for field in found.fields}
        shown = document(refused, "") if refused else None
        return render_template(
            "filings/one.html",
            found=found,
            now=clock.now(session),
            typed=kept | _typed() if doing == "save" else kept,
            kept=kept,
            newest=newest,
            writing=newest and may(who, service.WRITE),
            able=able,
            overriding=overriding,
            people={each: _actor(session, each) for each in (found.drafted_by, found.edited_by, found.submitted_by)},
            times=typed.TIMES,
            figures=typed.FIGURES,
            given=request.form,
            doing=doing,
            words=words,
            problem=shown,
            errors={each["field"]: each for each in shown.get("errors", [])} if shown else {},
        )


def _actor(session: Session, actor: str | None) -> str:
    """Who did it, by name; nothing for what happened by itself."""
    kind, _, rest = (actor or "").partition(":")
    person = session.get(Person, int(rest)) if kind == "person" and rest.isdigit() else None
    return names.of(person, language()) if person else ""
