"""The page of figures: each with its target, verdict, definition and the period before; what is left out; and the same as a file."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from command.core import clock
from command.core.documents import document
from command.core.problems import N_, NotFound, Problem
from command.insights import (
    charts,
    excluded,
    figure_addresses,
    figure_file,
    figure_words,
    filter_form,
    filters,
    missed_rows,
    period_figures,
)
from command.insights.defined.shape import GROUPS
from command.insights.defined.table import DEFINITIONS
from command.insights.filters import Filters
from command.insights.overview_pages import PERIODS
from command.people import language
from command.people.access import access, here, principal

pages = Blueprint("figures", __name__)


@pages.get("/figures")
@access("read")
def figures() -> ResponseReturnValue:
    """The figures of a period; a filter that cannot be used is named, and what was typed stays in the form."""
    problem: Problem | None = None
    shown: dict[str, Any] = {}
    with here().database.read() as session:
        today = _today(session)
        wanted = filters.read({}, today)
        try:
            wanted = filters.read(request.args, today)
            shown = _shown(session, wanted)
        except Problem as wrong:
            problem = wrong
        choices = filter_form.choices(session)
    return render_template(
        "insights/figures.html",
        problem=document(problem, "") if problem else None,
        given=_typed() if problem else _given(wanted),
        links=_links(wanted, today),
        earlier=period_figures.before(wanted),
        query=figure_addresses.query(wanted),
        wanted=wanted,
        groups=GROUPS,
        ways=figure_words,
        where=figure_addresses,
        **shown,
        **choices,
    ), problem.status if problem else 200


@pages.get("/figures.csv")
@access("read")
def csv() -> ResponseReturnValue:
    """The table of the page as a file."""
    with here().database.read() as session:
        wanted = filters.read(request.args, _today(session))
        found = period_figures.figures(session, wanted, language.zone(), principal())
        labels = figure_words.labels(session, found.lines, language.language())
    answer = Response(figure_file.written(found, labels), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{figure_file.name(found)}"'
    return answer


@pages.get("/figures/<code>")
@access("read")
def missed(code: str) -> ResponseReturnValue:
    """The incidents of a period that missed one figure (`key`: those of one class)."""
    definition = DEFINITIONS.get(code)
    if definition is None or not definition.missed:
        raise NotFound(N_("There is no such list."), remedy=N_("Choose a figure on the page of figures."))
    key = request.args.get("key", "")[:64]
    with here().database.read() as session:
        wanted = filters.read(request.args, _today(session))
        asked = period_figures.asked_for(session, wanted, language.zone(), principal())
        listed = missed_rows.missed(session, asked, code, key)
        label = figure_words.key_name(session, code, key, language.language())
    return render_template(
        "insights/missed.html",
        its=definition,
        label=label,
        listed=listed,
        wanted=wanted,
        back=f"/figures?{figure_addresses.query(wanted)}",
        ways=figure_words,
        tiers=charts.TIERS,
    )


def _shown(session: Session, wanted: Filters) -> dict[str, Any]:
    zone, who = language.zone(), principal()
    found = period_figures.figures(session, wanted, zone, who)
    return {
        "found": found,
        "labels": figure_words.labels(session, found.lines, language.language()),
        "left": excluded.excluded(session, wanted, zone, who),
        "reasons": excluded.REASONS,
    }


def _today(session: Session) -> date:
    return clock.now(session).astimezone(language.zone()).date()


def _typed() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in filters.NAMES}


def _given(wanted: Filters) -> dict[str, str]:
    return {"from": wanted.first.isoformat(), "to": wanted.last.isoformat(), **wanted.chosen}


def _links(wanted: Filters, today: date) -> list[tuple[int, str, bool]]:
    """Periods at a click: days, query, and whether it is the one shown."""
    shown = (wanted.last - wanted.first).days + 1
    return [(days, wanted.over(days, today), wanted.last == today and shown == days) for days in PERIODS]
