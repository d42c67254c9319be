"""The tables of the dashboards as JSON: the same rows as on the pages and in the files."""

from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel

from command.core import clock
from command.core.problems import N_, Invalid, NotFound
from command.insights import addresses, comparison, dashboards, filters, sheets
from command.insights.dashboard_pages import reader
from command.insights.dashboards import BEHIND, DASHBOARDS
from command.insights.sheets import Plate
from command.people import language
from command.people.access import access, here

api = APIBlueprint("dashboards_api", __name__, url_prefix="/api/v1/insights", tag="Insights")

KNOWN = {*filters.NAMES, *comparison.NAMES, *addresses.NARROWING, "measure", "sort", "lang"}
SERVED = {board.code: board for board in (*DASHBOARDS, BEHIND)}


class ColumnOut(BaseModel):
    """`kind`: count, minutes (user-minutes), share (percent), took (minutes), decimal, moment or text."""

    code: str
    words: str
    kind: str


class TableOut(BaseModel):
    """`rows` by the codes of the columns; null where nothing is known."""

    code: str
    title: str
    said: list[str]
    columns: list[ColumnOut]
    rows: list[dict[str, Any]]


class DashboardOut(BaseModel):
    """`asked` are the parameters as they were understood; `said` are the sentences of the page."""

    code: str
    asked: dict[str, str]
    said: list[str]
    tables: list[TableOut]


@api.get("/<code>")
@api.output(DashboardOut)
@access("read")
def dashboard(code: str) -> Any:
    """The tables of one dashboard: causes, weak-points, areas, calendar, restoration, compare, or the incidents behind a mark."""
    if code not in SERVED:
        names = ", ".join(SERVED)
        raise NotFound(N_("There is no such view."), remedy=N_("Use one of: %(expected)s."), expected=names)
    for name in request.args:
        if name not in KNOWN:
            raise Invalid(N_("This field is not known."), field=name, remedy=N_("Leave it out."))
    board = SERVED[code]
    with here().database.read() as session:
        today = clock.now(session).astimezone(language.zone()).date()
        asked = dashboards.read(board, request.args, today, whole=True)
        found = board.draw(session, asked, reader())
    return DashboardOut(
        code=code, asked=asked.given, said=list(found.said), tables=[table(plate) for plate in found.plates]
    )


def table(plate: Plate) -> TableOut:
    """A plate for programs."""
    columns = [ColumnOut(code=each.code, words=each.words, kind=each.kind) for each in plate.columns]
    return TableOut(
        code=plate.code, title=plate.title, said=list(plate.said), columns=columns, rows=sheets.records(plate)
    )
