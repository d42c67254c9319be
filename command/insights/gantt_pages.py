"""The Gantt chart of an incident, and the tables of its charts as files and as JSON."""

from typing import Any

from apiflask import APIBlueprint
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from command.boards import store
from command.boards.access import OF_INCIDENT, may_see
from command.boards.projection import Seen
from command.core import clock
from command.core.problems import N_
from command.incidents.models import Incident
from command.insights import curve, curve_pages, gantt, marks, sheet_files
from command.insights.dashboard_api import TableOut, table
from command.insights.dashboard_pages import cell, handed
from command.insights.gantt_rows import Rows
from command.insights.sheets import Board, Column, Line, Plate
from command.people import language
from command.people.access import access, here, principal

pages = Blueprint("gantt", __name__)
api = APIBlueprint("gantt_api", __name__, url_prefix="/api/v1", tag="Insights")


@pages.get("/incidents/<number>/gantt")
@access("read")
def of_incident(number: str) -> ResponseReturnValue:
    """Phases, clocks, tasks, pages, notices and resources of an incident on one axis of time, the affected users below."""
    plate = drawn(number, all_of_it=bool(request.args.get("whole")))
    return render_template(
        "insights/gantt.html", number=number, plate=plate, cell=cell, file_name=_file(number, "gantt")
    )


@pages.get("/incidents/<number>/gantt/export/<chart>.<form>")
@access("read")
def export(number: str, chart: str, form: str) -> ResponseReturnValue:
    """The table of the chart (`gantt`), or that of the affected users (`curve`), as CSV or XLSX."""
    plate = curve_plate(number) if chart == "curve" else drawn(number, all_of_it=True)
    return handed(Board((plate,)), chart, form, _file(number, chart))


@api.get("/incidents/<number>/gantt")
@api.output(TableOut)
@access("read")
def as_json(number: str) -> Any:
    """The bars of an incident as rows: what they are, from when to when, when they were due."""
    return table(drawn(number, all_of_it=True))


def drawn(number: str, *, all_of_it: bool) -> Plate:
    """The chart for whoever asks. Raise NotFound for an incident that is not there, or that they may not know of."""
    name, zone, say = OF_INCIDENT + number, language.zone(), gettext
    with here().database.read() as session:
        may_see(session, principal(), name)
        now = clock.now(session)
        incident = session.scalars(select(Incident).where(Incident.number == number)).one()
        entries = list(store.seen(session, name, 0))
        bars = Rows(session, incident, entries, zone, language.language(), say, now).bars()
        restored = incident.restored_at.astimezone(zone) if incident.restored_at else None
        minutes = curve.counted_minutes(entries, now)
    at = now.astimezone(zone)
    shown = gantt.window(bars, restored, at, all_of_it=all_of_it)
    local = [Seen(entry.seq, entry.at.astimezone(zone), entry.actor, entry.kind, entry.data) for entry in entries]
    steps = curve.steps(local)
    below = curve.draw(steps, min(at, shown.end), marks.marks(local), None, say) if steps else None
    said = [
        say(N_("User-minutes: %(minutes)s, the area under the curve.")) % {"minutes": language.users(round(minutes))}
    ]
    if shown.cut:
        said.append(say(N_("What came long after the restoration lies beyond the right edge; the table has it.")))
    title = say(N_("Course of %(number)s")) % {"number": number}
    return gantt.plate(bars, gantt.draw(bars, below, shown, at, say), title, tuple(said), say)


def curve_plate(number: str) -> Plate:
    """The table of the affected users, newest first, as the curve's page has it."""
    columns = (
        Column("time", gettext("Time"), "moment"),
        Column("users", gettext("Affected users")),
        Column("mark", gettext("Mark"), "text"),
    )
    rows = curve_pages.shown(number)["rows"]
    return Plate(
        "curve", gettext("Affected users"), columns, tuple(Line((at, users, words)) for at, users, words in rows)
    )


def _file(number: str, chart: str) -> str:
    return sheet_files.name(number, chart)
