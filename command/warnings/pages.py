"""Pages of warnings: the live ones drawn by area and time, one with its work and history, and the forms. All work without scripts."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.documents import document
from command.core.marks import of_exercise
from command.core.problems import N_, Invalid, NotFound, Problem
from command.network.models import Area
from command.people.access import access, here, may, principal, unit
from command.people.language import language
from command.people.models import Person
from command.people.posts import DEPARTMENTS
from command.resources.forms import given, instant, valid
from command.warnings import api, doing, picture, reading, service, views, words
from command.warnings.asked import ChangeIn, IssueIn
from command.warnings.colours import ORDER, graver, lighter
from command.warnings.flags import parents
from command.warnings.models import Source, Warning
from command.warnings.table import table
from command.warnings.xml_tree import LARGEST
from playbooks.schema import Kind

pages = Blueprint("warning_pages", __name__)
TYPED = ("issuer", "reference", "event", "colour", "headline_zh", "headline_en", "text_zh", "text_en", "risk", "key")
AREAS_LISTED = 400
"""Areas offered to a browser's list."""


@pages.get("/warnings", endpoint="listed")
@access("read")
def listed() -> Any:
    """Live warnings by area and time, then those of the last thirty days; `?exercise=1`: those of exercises."""
    return list_page()


def list_page(refused: Problem | None = None, taken: api.TakenOut | None = None) -> str:
    """The list, with a refusal, or with what became of a CAP file."""
    drills = request.args.get("exercise") == "1"
    of_exercise(drills)
    with here().database.read() as session:
        live = reading.warnings(session, "live", exercise=drills)
        over = reading.lately_over(session, exercise=drills)
        tongue = language()
        shown = [views.warning_out(session, row, tongue) for row in live]
        past = [views.warning_out(session, row, tongue) for row in over]
        groups = picture.tiles(_spots(session), parents(session), [(row.areas, row.colour) for row in live])
        bars = picture.bars([(row.from_at, row.until_at) for row in live], clock.now(session))
        feeds = reading.polled(session)
    return render_template(
        "warnings/list.html",
        live=list(zip(shown, bars, strict=True)),
        past=past,
        groups=groups,
        feeds=feeds,
        drills=drills,
        taken=taken,
        words=words,
        width=picture.WIDTH,
        issuing=may(principal(), doing.ACT),
        **_problem(refused),
    )


def _spots(session: Session) -> dict[str, picture.Spot]:
    rows = session.scalars(select(Area))
    return {area.code: picture.Spot(area.code, area.level, names.of(area, language())) for area in rows}


@pages.get("/warnings/new")
@access("issue_warning")
def new() -> Any:
    """The form; `?risk=CODE` begins with what the register says of a risk."""
    begun: dict[str, str] = {"key": secrets.token_urlsafe(12)}
    if risk := request.args.get("risk", "").strip()[:64]:
        with here().database.read() as session:
            for each in doing.prefilled:
                begun |= each(session, risk)
    return _form(begun)


@pages.post("/warnings/new")
@access("issue_warning")
def issue() -> Any:
    """Issue a warning; a refusal keeps what was typed."""
    who = principal()
    try:
        asked = valid(IssueIn, _typed(*TYPED) | {name: name in request.form for name in ("exercise", "confirm")})
        override = request.form.get("override", "")
        code = unit(lambda session: doing.issue(session, asked, Source.HAND, who, override).code)
    except Problem as refused:
        return _form(request.form, refused), refused.status
    return redirect(f"/warnings/{code}", 303)


@pages.get("/warnings/<code>/edit")
@access("issue_warning")
def edit(code: str) -> Any:
    """The form with what the warning says."""
    with here().database.read() as session:
        row = service.find(session, code)
        of_exercise(row.exercise)
        said = _said(row)
    return _form(said, code=code)


@pages.post("/warnings/<code>/edit")
@access("issue_warning")
def change(code: str) -> Any:
    """Say it anew, with a reason; a refusal keeps what was typed."""
    try:
        names_ = [name for name in TYPED if name in ChangeIn.model_fields]
        typed: dict[str, Any] = dict.fromkeys(("reference", "text_zh", "text_en", "headline_zh", "headline_en"), "")
        typed |= _typed(*names_, "reason", "version") | {"confirm": "confirm" in request.form}
        api.done(code, api.changing(valid(ChangeIn, typed)), request.form.get("override", ""))
    except NotFound:
        raise
    except Problem as refused:
        return _form(request.form, refused, code), refused.status
    return redirect(f"/warnings/{code}", 303)


@pages.post("/warnings/cap")
@access("issue_warning")
def upload() -> Any:
    """Take a CAP file in; what became of it is shown on the list."""
    try:
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid(N_("No file was chosen."), field="file", remedy=N_("Choose a CAP 1.2 file (.xml)."))
        body = file.stream.read(LARGEST + 1)
        taken = api.taken(body, Source.CAP, confirmed="confirm" in request.form)
    except Problem as refused:
        return list_page(refused), refused.status
    return list_page(taken=taken)


def _typed(*plain: str) -> dict[str, Any]:
    """What was typed, as the addresses take it: areas with ; between, times on the operator's clock."""
    form, zone = request.form, here().settings.tz
    typed: dict[str, Any] = given(form, *plain)
    text = form.get("areas", "")[:20_000].replace("；", ";").replace("\n", ";").replace(",", ";").replace("，", ";")
    typed["areas"] = [part.strip() for part in text.split(";") if part.strip()]
    for name in ("from_at", "until_at"):
        if (at := instant(form, name, zone)) is not None:
            typed[name] = at
    return typed


def _said(row: Warning) -> dict[str, str]:
    """What a warning says, as the form shows it."""
    zone = here().settings.tz
    said = {name: str(getattr(row, name)) for name in TYPED if name not in ("key", "colour")}
    said |= {name: f"{getattr(row, name).astimezone(zone):%Y-%m-%dT%H:%M}" for name in ("from_at", "until_at")}
    return said | {"areas": "; ".join(row.areas), "version": str(row.version), "colour": row.colour}


def _form(typed: Mapping[str, str], refused: Problem | None = None, code: str = "") -> str:
    with here().database.read() as session:
        areas = session.scalars(select(Area).order_by(Area.code).limit(AREAS_LISTED))
        known = [(area.code, names.of(area, language())) for area in areas]
        of_exercise(bool(code) and service.find(session, code).exercise)
    which = "zh" if language() == "zh" else "en"
    return render_template(
        "warnings/form.html",
        given=typed,
        code=code,
        areas=known,
        events=[(each, getattr(event.name, which)) for each, event in table().known()],
        colours=ORDER,
        words=words,
        **_problem(refused),
    )


@pages.get("/warnings/<code>")
@access("read")
def one(code: str) -> Any:
    """One warning: what it asks for, what is prepared, who stands by, what subscribers are told, what came of it, and its history."""
    return page_of(code)


def page_of(code: str, refused: Problem | None = None, doing_: str = "") -> str:
    """The page, with a refusal beside the form it belongs to."""
    found = api.shown(code)
    of_exercise(found.exercise)
    who = principal()
    with here().database.read() as session:
        bar = picture.bars([(found.from_at, found.until_at)], clock.now(session))[0]
        me = session.get_one(Person, who.person_id)
        colleagues = session.scalars(
            select(Person).where(Person.active, Person.department.is_not(None)).order_by(Person.username)
        )
        people = [(each.username, names.of(each, language())) for each in colleagues]
        suggested = views.suggested(session, service.find(session, code))
        department = me.department
    standing = {one.id for each in found.standby for one in each.confirmed}
    asked = {one.id for each in found.standby for one in each.asked}
    return render_template(
        "warnings/warning.html",
        found=found,
        bar=bar,
        width=picture.WIDTH,
        doing=doing_,
        given=request.form,
        key=request.form.get("key") or secrets.token_urlsafe(12),
        raising=graver(found.colour),
        lowering=lighter(found.colour),
        words=words,
        deliveries=words.DELIVERIES,
        departments=DEPARTMENTS,
        kinds=list(Kind),
        kind=views.kind_of(found.event),
        people=people,
        suggested=suggested,
        stands=who.person_id in standing,
        was_asked=who.person_id in asked,
        department=department,
        issuing=may(who, doing.ACT),
        **_problem(refused),
    )


def _problem(refused: Problem | None) -> dict[str, Any]:
    return {"problem": document(refused, "") if refused else None}
