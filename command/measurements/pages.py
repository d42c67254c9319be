"""Pages of measurements: the list, one series with its chart, the form, and the part of the incident board. All work without scripts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.documents import document
from command.core.problems import NotFound, Problem
from command.incidents import house, standing, visibility
from command.incidents.guards import BEFORE_RESTORATION
from command.measurements import api, chart, reading, series, ties, views, words
from command.measurements.asked import AddIn, AsideIn, ChangeIn, DecideIn, PointsIn, SeriesIn, TieIn
from command.measurements.chart import Drawing
from command.measurements.course import Measured
from command.measurements.models import Series
from command.network.models import Area, Service
from command.people.access import access, here, may, principal, unit
from command.people.language import language
from command.resources.forms import given, valid

pages = Blueprint("measurements", __name__)
HOURS = (1, 6, 24, 168)
SHOWN = 50
"""Points in the table beside a chart."""


@dataclass(frozen=True, slots=True)
class Course:
    """A chart with the newest of its points."""

    drawing: Drawing
    points: tuple[Measured, ...]
    hours: int


@pages.get("/measurements", endpoint="listed")
@access("read")
def listed() -> ResponseReturnValue:
    """Every series as it stands, bad ones first; what waits to be decided stands above."""
    return list_page()


def list_page(refused: Problem | None = None, imported: object = None) -> str:
    """The list, with a refusal, or with what became of a file."""
    with here().database.read() as session:
        found = views.listed(session, principal(), language())
        waiting = [views.proposal_out(session, *each, language()) for each in reading.proposals(session)]
    return render_template(
        "measurements/list.html",
        found=found,
        proposals=waiting,
        words=words,
        managing=may(principal(), series.ACT),
        imported=imported,
        given=request.form,
        **_surroundings(refused),
    )


@pages.get("/measurements/new")
@access(series.ACT)
def new() -> ResponseReturnValue:
    """The form."""
    return _form({"bad_when": "below", "bad_minutes": "5", "recover_minutes": "15", "gap_minutes": "5", "active": "1"})


@pages.post("/measurements/new")
@access(series.ACT)
def add() -> ResponseReturnValue:
    """Set up a series; a refusal keeps what was typed."""
    try:
        made = api.added(valid(AddIn, _typed("code")))
    except Problem as refused:
        return _form(request.form, refused), refused.status
    return redirect(f"/measurements/{made.code}", 303)


@pages.get("/measurements/<code>/edit")
@access(series.ACT)
def edit(code: str) -> ResponseReturnValue:
    """The form with what is said."""
    said = api.shown(code).model_dump()
    said |= {"service": said["service"]["code"], "area": said["area"]["code"], "active": "1" if said["active"] else ""}
    return _form({name: "" if value is None else str(value) for name, value in said.items()}, code=code)


@pages.post("/measurements/<code>/edit")
@access(series.ACT)
def change(code: str) -> ResponseReturnValue:
    """Say all of it anew; a refusal keeps what was typed."""
    try:
        api.changed(code, valid(ChangeIn, _typed("version")))
    except NotFound:
        raise
    except Problem as refused:
        return _form(request.form, refused, code), refused.status
    return redirect(f"/measurements/{code}", 303)


def _typed(*more: str) -> dict[str, Any]:
    plain = [name for name in SeriesIn.model_fields if name != "active"]
    return {**given(request.form, *plain, *more), "active": "active" in request.form}


def _form(typed: Mapping[str, str], refused: Problem | None = None, code: str = "") -> str:
    with here().database.read() as session:
        areas = [(a.code, names.of(a, language())) for a in session.scalars(select(Area).order_by(Area.code))]
        offered = [(s.code, names.of(s, language())) for s in session.scalars(select(Service).order_by(Service.bit))]
    return render_template(
        "measurements/form.html",
        given=typed,
        code=code,
        areas=areas,
        services=offered,
        words=words,
        **_surroundings(refused),
    )


@pages.get("/measurements/<code>")
@access("read")
def one(code: str) -> ResponseReturnValue:
    """One series: how it stands, its chart with the thresholds, the newest points, what it proposes."""
    return _one(code)


def _one(code: str, refused: Problem | None = None) -> str:
    asked = valid(PointsIn, given(request.args, "hours"))
    with here().database.read() as session:
        row = series.find(session, code)
        found = views.one(session, row, principal(), language())
        course = _course(session, row, asked.hours)
        waiting = [views.proposal_out(session, *each, language()) for each in reading.proposals(session)]
    return render_template(
        "measurements/series.html",
        found=found,
        course=course,
        hours=HOURS,
        proposal=next((each for each in waiting if each.series == code), None),
        words=words,
        managing=may(principal(), series.ACT),
        given=request.form,
        **_surroundings(refused),
    )


@pages.post("/measurements/<code>/decide")
@access(series.ACT)
def decide(code: str) -> ResponseReturnValue:
    """Open an incident for what the series proposes, or dismiss it."""
    try:
        number = api.decided(code, valid(DecideIn, given(request.form, "outcome", "reason")))
    except NotFound:
        raise
    except Problem as refused:
        return _one(code, refused), refused.status
    return redirect(f"/incidents/{number}" if number else f"/measurements/{code}", 303)


@pages.get("/incidents/<number>/measurements")
@access("read")
def of_incident(number: str) -> ResponseReturnValue:
    """What is measured for an incident: the part of its board that is fetched, or with `?page` a page of its own."""
    return _of_incident(number)


@pages.post("/incidents/<number>/measurements")
@access("assess")
def tie(number: str) -> ResponseReturnValue:
    """Let a series count, or set one aside; a refusal keeps what was typed."""
    try:
        if "reason" in request.form:
            asked = valid(AsideIn, {"reason": "", **given(request.form, "series", "reason")})
            _act(number, lambda s, i: ties.set_aside(s, i, asked.series, asked.reason, principal()))
        else:
            wanted = valid(TieIn, given(request.form, "series"))
            _act(number, lambda s, i: ties.tie_by_hand(s, i, wanted.series, principal()))
    except NotFound:
        raise
    except Problem as refused:
        return _of_incident(number, refused), refused.status
    return redirect(f"/incidents/{number}/measurements?page=1", 303)


def _act(number: str, verb: Any) -> None:
    def work(session: Session) -> None:
        verb(session, visibility.seen_by(session, standing.lock(session, number), principal()))

    unit(work)


def _of_incident(number: str, refused: Problem | None = None) -> str:
    with here().database.read() as session:
        incident = visibility.seen_by(session, standing.find(session, number), principal())
        rows = ties.of(session, incident.id)
        found = [(views.tie_out(session, *row, principal(), language()), _course(session, row[1], 6)) for row in rows]
        counted = {tied.series.code for tied, _ in found if not tied.set_aside}
        open_ = incident.state in BEFORE_RESTORATION and not incident.exercise
        others = [
            (s.code, names.of(s, language())) for s in reading.all_series(session) if s.active and s.code not in counted
        ]
    whole = "page" in request.args or request.method == "POST"
    return render_template(
        "measurements/incident_page.html" if whole else "measurements/incident.html",
        number=number,
        found=found,
        others=others if open_ else [],
        words=words,
        acting=open_ and may(principal(), "assess"),
        given=request.form,
        **_surroundings(refused),
    )


def _course(session: Session, row: Series, hours: int) -> Course:
    now = clock.now(session)
    first = reading.before(now, hours)
    points = reading.between(session, row.id, first, reading.ahead(now))
    last = max([now, *(point.at for point in points)])
    zone = house.settings(session).tz
    local = [Measured(point.at.astimezone(zone), point.value) for point in points]
    drawing = chart.draw(local, series.rule(row), first.astimezone(zone), last.astimezone(zone))
    return Course(drawing, tuple(reversed(local[-SHOWN:])), hours)


def _surroundings(refused: Problem | None) -> dict[str, Any]:
    return {"problem": document(refused, "") if refused else None, "size": (chart.WIDTH, chart.HEIGHT), "show": figure}


def figure(value: float | datetime) -> str:
    """A value as pages show it: no more digits than it needs."""
    return f"{value:%m-%d %H:%M}" if isinstance(value, datetime) else f"{value:g}"
