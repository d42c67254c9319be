"""The overview page: six figures at the top, charts below, the same in a table beside each, every mark leading to its incidents."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from command.boards.words import WORDS
from command.core import clock
from command.core.documents import document
from command.core.problems import N_, Problem
from command.insights import charts, dashboards, filter_form, filters, funnel, rates, sheet_files, tabs
from command.insights.dashboards import Asked
from command.insights.filters import Filters
from command.insights.periods import Period, period
from command.people import language
from command.people.access import access, here, principal

pages = Blueprint("insights", __name__)

SPANS = {
    "detection": N_("Occurred → detected"),
    "acknowledgement": N_("Detected → acknowledged"),
    "response": N_("Report received → handling begins"),
    "restoration": N_("Occurred → restored"),
}
APART = {
    "underway": N_("under way, no receipt yet"),
    "waiting": N_("waiting to be sent"),
    "unknown": N_("unknown"),
    "undelivered": N_("undelivered"),
    "failed": N_("failed"),
    "expired": N_("expired"),
    "withdrawn": N_("withdrawn"),
    "suppressed": N_("suppressed"),
}
PERIODS = (7, 30, 90, 365)


@pages.get("/overview")
@access("read")
def overview() -> ResponseReturnValue:
    """The figures of a period; a filter that cannot be used is named, and what was typed stays in the form."""
    status, problem = 200, None
    with here().database.read(snapshot=True) as session:
        today = clock.now(session).astimezone(language.zone()).date()
        try:
            found = period(session, filters.read(request.args, today), language.zone(), principal())
        except Problem as wrong:
            status, problem = wrong.status, document(wrong, "")
            found = period(session, filters.read({}, today), language.zone(), principal())
        choices = filter_form.choices(session)
    shown = {} if problem else _figures(found)
    words = {"spans": SPANS, "apart": APART, "notice": WORDS["notice"], "tiers": charts.TIERS, "states": WORDS["kind"]}
    given: dict[str, Any] = {
        "given": _given(found.wanted, problem),
        "problem": problem,
        "links": _links(found.wanted, today),
    }
    views = tabs.tabs(dashboards.OVERVIEW, given["given"], Asked(found.wanted, {}))
    files = {"query": urlencode(given["given"]), "file_name": lambda chart: _file_name(found.wanted, chart)}
    return render_template(
        "insights/overview.html", p=found, charts=shown, words=words, tabs=views, **files, **given, **choices, **_ways()
    ), status


def _file_name(wanted: Filters, chart: str) -> str:
    return sheet_files.name(dashboards.OVERVIEW.code, chart, f"{wanted.first}", f"{wanted.last}")


def _figures(found: Period) -> dict[str, charts.Figure]:
    f, wanted = found.figures, found.wanted
    minutes = round(found.limit.total_seconds() / 60)
    return {
        "tiers": charts.tiers(f.bars, wanted, gettext),
        "users": charts.users(f.bars, wanted, gettext),
        "response": charts.response(f.bins, minutes, gettext),
        "rates": charts.rates(f.bars, wanted, gettext),
        "notices": charts.notices(funnel.together(found.funnels.values()), wanted, gettext),
    }


def _given(wanted: Filters, problem: Mapping[str, Any] | None) -> Mapping[str, str]:
    """What stands in the form: what was asked, completed where it could be read."""
    if problem:
        return {name: request.args.get(name, "") for name in filters.NAMES}
    return {"from": wanted.first.isoformat(), "to": wanted.last.isoformat(), "by": wanted.step, **wanted.chosen}


def _links(wanted: Filters, today: date) -> list[tuple[int, str, bool]]:
    """Periods at a click: days, query, and whether it is the one shown."""
    shown = (wanted.last - wanted.first).days + 1
    return [(days, wanted.over(days, today), wanted.last == today and shown == days) for days in PERIODS]


def _ways() -> dict[str, Any]:
    """How the template writes figures."""
    return {
        "rate": lambda tenths: gettext("n/a") if tenths is None else rates.words(tenths),
        "took": took,
        "together": funnel.together,
        "part": rates.part,
        "label": charts.span,
        "ends": charts.ends,
    }


def took(seconds: float | None) -> str:
    """4:05:09 for a span in seconds; n/a for none."""
    if seconds is None:
        return str(gettext("n/a"))
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
