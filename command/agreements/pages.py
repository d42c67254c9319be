"""Pages of service levels: the register with its attainment and a file of it, and the breaches of one incident. They work without
scripts."""

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from command.agreements import api, asked, reading, views, words
from command.agreements.asked import DecideIn
from command.core import clock
from command.core.documents import document
from command.core.problems import Problem
from command.incidents import house, standing, visibility
from command.incidents.days import period
from command.people.access import access, here, may, principal
from command.people.language import language, zone
from command.resources.forms import given, valid

pages = Blueprint("agreements", __name__)
SHOWN, MOST_ROWS = 200, 10_000
NAMES = ("from", "to", "stands", "class")
COLUMNS = (
    *("incident", "clock", "sla_class", "tier", "due_at", "met_at", "late_minutes", "users", "customers"),
    *("liability", "dispute", "penalty", "currency"),
)


@pages.get("/agreements")
@access("read")
def register() -> ResponseReturnValue:
    """The attainment of a period by class, and its breaches. A filter that cannot be used is named, and what was typed stays."""
    status, problem = 200, None
    typed: Mapping[str, str] = {name: request.args.get(name, "") for name in NAMES}
    with here().database.read() as session:
        today = clock.now(session).astimezone(zone()).date()
        try:
            days = period(typed, today)
            wanted = asked.read(typed, days, zone())
        except Problem as wrong:
            status, problem = wrong.status, document(wrong, "")
            days = period({}, today)
            wanted = asked.read({}, days, zone())
        rows = reading.breaches(session, wanted, principal(), SHOWN + 1)
        found = views.figures_out(reading.figures(session, *days.instants(zone()), principal()), language())
        breaches = views.shown(session, rows[:SHOWN], language())
    shown = typed if problem else {**typed, "from": days.first.isoformat(), "to": days.last.isoformat()}
    page = render_template(
        "agreements/register.html",
        given=shown,
        problem=problem,
        figures=found,
        breaches=breaches,
        more=len(rows) > SHOWN,
        query=urlencode({name: value for name, value in shown.items() if value}),
        classes=[(each.id, getattr(each.name, language())) for each in house.clocks().sla_classes],
        words=words,
    )
    return page, status


@pages.get("/agreements.csv")
@access("read")
def file() -> Response:
    """The breaches of the same filters as a file: a row each, the latest first."""
    typed: Mapping[str, str] = {name: request.args.get(name, "") for name in NAMES}
    with here().database.read() as session:
        days = period(typed, clock.now(session).astimezone(zone()).date())
        rows = reading.breaches(session, asked.read(typed, days, zone()), principal(), MOST_ROWS)
        shown = views.shown(session, rows, language())
    out = StringIO()
    written = csv.writer(out)
    written.writerow(COLUMNS)
    for each in shown:
        fields = each.model_dump(mode="json")
        written.writerow(["" if fields[name] is None else fields[name] for name in COLUMNS])
    headers = {"Content-Disposition": 'attachment; filename="agreements.csv"', "Cache-Control": "no-store"}
    return Response("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


@pages.get("/incidents/<number>/agreements")
@access("read")
def of_incident(number: str) -> Any:
    """The breaches of one incident, with the forms for those who may decide on them."""
    return _page(number)


def _page(number: str, refused: Problem | None = None, doing: str = "") -> str:
    who = principal()
    with here().database.read() as session:
        incident = visibility.seen_by(session, standing.find(session, number), who)
        breaches = views.shown(session, reading.of_incident(session, incident), language())
    return render_template(
        "agreements/incident.html",
        number=incident.number,
        breaches=breaches,
        managing=may(who, "settle"),
        words=words,
        doing=doing,
        given=request.form,
        problem=document(refused, "") if refused else None,
    )


@pages.post("/incidents/<number>/agreements/<code>")
@access("settle")
def decide(number: str, code: str) -> ResponseReturnValue:
    """Decide on a breach; a refusal keeps what was typed."""
    try:
        api.done(number, code, valid(DecideIn, given(request.form, *DecideIn.model_fields)))
    except Problem as refused:
        if refused.status == 404:
            raise
        return _page(number, refused, code), refused.status
    return redirect(f"/incidents/{number}/agreements#{code}", 303)
