"""The pages of the dashboards, and the tables of their charts as files."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from command.core import clock, marks
from command.core.documents import document
from command.core.problems import N_, NotFound, Problem
from command.insights import addresses, area_board, dashboards, filter_form, sheet_files, tabs, weak_points
from command.insights.dashboards import BY_CODE, Asked, Dashboard, Reader
from command.insights.overview_pages import took
from command.insights.rates import words
from command.insights.sheets import Board, Kind
from command.people import language
from command.people.access import access, here, principal

pages = Blueprint("dashboards", __name__)


@pages.get("/insights/<code>")
@access("read")
def dashboard(code: str) -> ResponseReturnValue:
    """One dashboard; a filter that cannot be used is named, and what was typed stays in the form."""
    board, status, problem, drawn = _named(code), 200, None, None
    with here().database.read() as session:
        asked = dashboards.read(board, {}, _today(session))
        try:
            asked = dashboards.read(board, request.args, _today(session))
            drawn = board.draw(session, asked, reader())
        except Problem as wrong:
            status, problem = wrong.status, document(wrong, "")
        choices = filter_form.choices(session)
    given = asked.given if problem is None else _typed()
    shown = {
        "board": board,
        "drawn": drawn,
        "asked": asked,
        "given": given,
        "problem": problem,
        "measures": _measures(),
    }
    return render_template(
        "insights/dashboard.html",
        tabs=tabs.tabs(board, given, asked),
        sorts=_sorts(board, asked),
        query=urlencode(given),
        cell=cell,
        sorted_by=asked.options.get("sort", ""),
        file_name=file_name,
        **shown,
        **choices,
    ), status


@pages.get("/insights/<code>/export/<chart>.<form>")
@access("read")
def export(code: str, chart: str, form: str) -> ResponseReturnValue:
    """The table of a chart as CSV or XLSX, under the filters of its page."""
    board = _named(code)
    with here().database.read() as session:
        asked = dashboards.read(board, request.args, _today(session), whole=True)
        drawn = board.draw(session, asked, reader())
    return handed(drawn, chart, form, file_name(board, asked, chart))


def handed(drawn: Board, chart: str, form: str, name: str) -> Response:
    """The file of one of the charts; raise NotFound for a chart or a form that is none. One of an
    exercise says so in its head."""
    plate = drawn.plate(chart)
    if plate is None or form not in sheet_files.FORMS:
        raise NotFound(
            N_("There is no such file."),
            remedy=N_("Take one of those that the page offers: CSV or XLSX of each chart."),
        )
    if marks.exercise():
        first, *others = plate.columns
        words = f"{gettext('[DRILL]')} {first.words}"
        plate = replace(plate, columns=(replace(first, words=words), *others))
    answer = Response(sheet_files.written(plate, form, gettext), mimetype=sheet_files.FORMS[form].split(";")[0])
    answer.headers["Content-Type"] = sheet_files.FORMS[form]
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def file_name(board: Dashboard, asked: Asked, chart: str) -> str:
    """tocsin-causes-pareto-2026-11-01-2026-11-30: which chart, of which period."""
    days = tuple(asked.periods.query.values()) if asked.periods else (f"{asked.wanted.first}", f"{asked.wanted.last}")
    return sheet_files.name(board.code, chart, *days)


def cell(kind: Kind, value: Any) -> Any:
    """A cell as the page writes it, in the reader's number form."""
    if value is None:
        return gettext("n/a")
    if kind == "share":
        return words(value) if value >= 0 else f"−{words(-value)}"
    if kind == "took":
        return took(value)
    if kind == "moment":
        return language.when(value)
    return str(value) if kind == "text" else language.users(round(value, 1) if kind == "decimal" else round(value))


def reader() -> Reader:
    """Whoever asks, with their zone and language."""
    return Reader(principal(), language.zone(), language.language(), gettext)


def _named(code: str) -> Dashboard:
    if code not in BY_CODE:
        raise NotFound(N_("There is no such view."), remedy=N_("Choose one of the tabs of the overview."))
    return BY_CODE[code]


def _today(session: Session) -> Any:
    return clock.now(session).astimezone(language.zone()).date()


def _typed() -> dict[str, str]:
    names = (*filter_form.NAMES, *addresses.NARROWING, "measure", "sort")
    return {name: request.args.get(name, "") for name in names}


def _measures() -> list[tuple[str, str]]:
    return [(code, gettext(words)) for code, words in area_board.MEASURES.items()]


def _sorts(board: Dashboard, asked: Asked) -> dict[str, str]:
    """The address that sorts the tables by each column that they can be sorted by."""
    if "sort" not in board.options:
        return {}
    plain = {name: value for name, value in asked.given.items() if name != "sort"}
    return {name: f"?{urlencode({**plain, 'sort': name})}" for name in weak_points.SORTS}
