"""The pages of one series: planning it, seeing what it would be before it is kept, changing it, calling it off. Work without scripts."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.documents import document, filled, validated
from command.core.problems import Problem
from command.drills.models import DrillProgramme
from command.drills.programme import asked, cast, log, planning, programmes, rhythms, seeing, words
from command.drills.scenarios import library
from command.network.models import Area
from command.oncall.phone_drill import groups
from command.people import language
from command.people.access import access, here, may, principal, unit
from command.people.models import Person
from command.people.posts import DEPARTMENTS
from playbooks.scenario import Scenario

pages = Blueprint("drill_series", __name__)
BLANK = {
    "announced": True,
    "window_days": 7,
    "grace_minutes": 15,
    "late": "miss",
    "on_closed": "move",
    "parts": {},
    "supervisors": [],
    "departments": [],
    "rhythm": "quarterly",
}


@pages.get("/drills/programme/new")
@access("run_drill")
def new() -> Any:
    """The form of a series: a scenario is chosen first, for its roles."""
    return _form(None, {**BLANK, "scenario": request.args.get("scenario", ""), "zone": language.zone_name()})


@pages.post("/drills/programme/new")
@access("run_drill")
def new_now() -> Any:
    """Show what a series would be (`do` preview), or keep it. A refusal keeps what was typed."""
    who = principal()
    given = _typed()
    try:
        draft = validated(asked.SeriesIn, _plain(given)).draft()
        if request.form.get("do") != "keep":
            return _form(None, given, draft=draft)
        made = unit(lambda session: programmes.keep(session, draft, who).id)
    except Problem as problem:
        return _form(None, given, problem)
    return redirect(f"/drills/programme/{made}", 303)


@pages.get("/drills/programme/<int:programme_id>")
@access("read")
def one(programme_id: int) -> Any:
    """A series: how it is held, its drills, its times ahead; who may run drills changes it here."""
    return _one(programme_id)


@pages.post("/drills/programme/<int:programme_id>")
@access("run_drill")
def one_now(programme_id: int) -> Any:
    """Show what the changed series would be (`do` preview), or keep it against the version that was read."""
    who = principal()
    given = _typed()
    try:
        wanted = validated(asked.ChangeIn, {**_plain(given), "version": given.get("version", "")})
        draft, version = wanted.draft(), wanted.version
        if request.form.get("do") != "keep":
            return _one(programme_id, given=given, draft=draft)
        unit(lambda session: programmes.change(session, programme_id, version, draft, who).id)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _one(programme_id, problem, given)
    return redirect(f"/drills/programme/{programme_id}", 303)


@pages.post("/drills/programme/<int:programme_id>/cancel")
@access("run_drill")
def cancel(programme_id: int) -> Any:
    """Call a series off."""
    who = principal()
    reason = request.form.get("reason", "")
    try:
        unit(lambda session: programmes.cancel(session, programme_id, reason, who).id)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _one(programme_id, problem)
    return redirect(f"/drills/programme/{programme_id}", 303)


def _typed() -> dict[str, Any]:
    given = asked.typed(request.form)
    given["rhythm"] = request.form.get("rhythm", "own")
    return given


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key not in ("rhythm", "version")}


def _one(
    programme_id: int,
    problem: Problem | None = None,
    given: dict[str, Any] | None = None,
    draft: programmes.SeriesDraft | None = None,
) -> Any:
    who = principal()
    with here().database.read() as session:
        row = seeing.find_series(session, programme_id, who.person_id)
        now = clock.now(session)
        shown = {
            "drills": programmes.drills(session, row),
            "ahead": programmes.ahead(session, row, now + timedelta(days=366)),
            "entries": log.told(session, row.id, language.language()),
            "supervisors": [session.get_one(Person, each) for each in row.supervisors],
            "trainer": session.get_one(Person, row.trainer_id),
            "area": session.get_one(Area, row.area_id),
        }
        typed = given or _kept(session, row)
    return _form(row, typed, problem, draft, **shown)


def _form(
    row: DrillProgramme | None,
    given: dict[str, Any],
    problem: Problem | None = None,
    draft: programmes.SeriesDraft | None = None,
    **shown: Any,
) -> Any:
    who, reading = principal(), language.language()
    laid = None
    with here().database.read() as session:
        scenarios = library.every(session)
        chosen = next((each for each in scenarios if each.code == given.get("scenario")), None)
        times: list[Any] = []
        warnings: list[tuple[str, str]] = []
        if draft is not None:
            try:
                laid, times = programmes.preview(session, draft, row.trainer_id if row else who.person_id)
                warnings = [
                    (filled(each.detail, dict(each.values)), filled(each.remedy, dict(each.values)))
                    for each in planning.warnings(session, laid)
                ]
            except Problem as caught:
                problem = caught
        areas = [(area.code, names.of(area, reading)) for area in session.scalars(select(Area).order_by(Area.code))]
        targets = groups.choices(session, reading, gettext)
        people = session.scalars(select(Person).where(Person.active).order_by(Person.username).limit(1000)).all()
        tomorrow = clock.now(session).astimezone(language.zone()) + timedelta(days=14)
    return render_template(
        "drills/programme/series.html",
        row=row,
        given={"starts": f"{tomorrow:%Y-%m-%dT10:00}", **given, "parts": given.get("parts") or _usual(chosen)},
        scenarios=scenarios,
        scenario=chosen,
        roles=_roles(chosen, reading),
        own_name=chosen.name.zh if chosen and reading == "zh" else chosen.name.en if chosen else "",
        times=times,
        previewed=laid is not None,
        warnings=warnings,
        areas=areas,
        targets=targets,
        people=[(each.username, f"{names.of(each, reading)} ({each.username})") for each in people],
        departments=DEPARTMENTS,
        rhythms=[(each, gettext(word)) for each, word in rhythms.WORDS.items()],
        words=words,
        reading=reading,
        planner=may(who, planning.ACT),
        zone_of=ZoneInfo,
        problem=document(problem, "") if problem else None,
        **shown,
    ), problem.status if problem else 200


def _usual(scenario: Scenario | None) -> dict[str, list[str]]:
    """Who plays a role usually: whoever holds the first post that the scenario wants for it."""
    return {role.id: [f"post:{role.posts[0]}"] for role in scenario.roles} if scenario is not None else {}


def _roles(scenario: Scenario | None, reading: str) -> list[tuple[str, str]]:
    """The parts that targets are chosen for: roles of the scenario, then controllers and evaluators."""
    if scenario is None:
        return []
    roles = [(role.id, role.name.zh if reading == "zh" else role.name.en) for role in scenario.roles]
    return roles + [(str(part), gettext(words.PARTS[part])) for part in cast.OTHERS]


def _kept(session: Session, row: DrillProgramme) -> dict[str, Any]:
    """A series as its form shows it."""
    plain = ("name", "scenario", "mode", "zone", "starts", "rule", "on_closed", "late", "departments", "announced")
    numbers = ("duration_minutes", "window_days", "grace_minutes", "version")
    return {
        **{key: getattr(row, key) for key in (*plain, *numbers)},
        "area": programmes.area_code(session, row),
        "parts": {key: [groups.written(session, each) for each in targets] for key, targets in row.parts.items()},
        "supervisors": [session.get_one(Person, each).username for each in row.supervisors],
        "rhythm": rhythms.rhythm_of(row.rule, row.starts),
    }
