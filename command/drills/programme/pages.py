"""The page of the drill programme: how departments stand, the year, its series and freezes; a calendar address. Works without scripts."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask_babel import format_date, gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.documents import document, validated
from command.core.journal import Note
from command.core.problems import N_, Problem
from command.drills.programme import asked, drawing, feed, freezes, freezing, moving, planning, seeing, words, year
from command.incidents import house
from command.network.models import Area
from command.people import language
from command.people.access import access, here, may, principal, public, unit
from command.people.models import Person
from command.people.posts import DEPARTMENTS
from playbooks.scenario import Mode, Subject

pages = Blueprint("drill_programme", __name__)
FREEZE = ("from_at", "until_at", "zone", "reason")
TOLD = {
    "moved": N_("Drills of series that were moved: %(count)s."),
    "cancelled": N_("Drills of series that were called off: %(count)s."),
    "left": N_("Drills still inside it, which you have to move: %(count)s."),
}
"""What a freeze that was just set did."""


@pages.get("/drills/programme")
@access("read")
def page() -> Any:
    """The programme of a year."""
    return _page()


@pages.post("/drills/programme/freezes")
@access("run_drill")
def freeze() -> Any:
    """Set a freeze; what was typed stays where it is refused."""
    who = principal()
    given: dict[str, Any] = {key: request.form.get(key, "").strip() for key in FREEZE}
    given["areas"] = [each for each in request.form.getlist("areas") if each]
    try:
        draft = validated(asked.FreezeIn, given).draft()
        done = unit(lambda session: freezing.freeze(session, draft, who))
    except Problem as problem:
        return _page(problem=problem, given=given)
    return redirect(f"/drills/programme?moved={done.moved}&cancelled={done.cancelled}&left={done.left}#freezes", 303)


@pages.post("/drills/programme/freezes/<int:freeze_id>/lift")
@access("run_drill")
def lift(freeze_id: int) -> Any:
    """Let a freeze count no more."""
    who = principal()
    try:
        unit(lambda session: freezing.lift(session, freeze_id, who))
    except Problem as problem:
        return _page(problem=problem)
    return redirect("/drills/programme#freezes", 303)


@pages.post("/drills/programme/feed")
@access("read")
def new_feed() -> Any:
    """A new calendar address of drills; shown this once."""
    text = unit(lambda session: feed.create(session, session.get_one(Person, principal().person_id)))
    return _page(feed=f"{here().settings.origin}/drills/feed/{text}.ics", status=201)


@pages.get("/drills/feed/<text>.ics")
@public(
    "the address is the secret: a calendar program has no way to sign in; it tells drills its owner may know of, holidays, freezes"
)
def calendar(text: str) -> Any:
    """The calendar behind a private address."""
    with here().database.read() as session:
        made = feed.read(session, text, here().settings.origin)
    return Response(made, mimetype="text/calendar", headers={"Cache-Control": "private, max-age=300"})


@pages.get("/drills/<code>/when")
@access("run_drill")
def when(code: str) -> Any:
    """Move a drill that is ahead, or call it off."""
    return _when(code)


@pages.post("/drills/<code>/when")
@access("run_drill")
def when_now(code: str) -> Any:
    """Move it (`do` move) or call it off."""
    who = principal()
    given: dict[str, Any] = {key: request.form.get(key, "").strip() for key in ("due_at", "zone", "reason")}
    try:
        if request.form.get("do") == "cancel":
            unit(lambda session: moving.cancel(session, code, given["reason"], who))
        else:
            wanted = validated(asked.MoveIn, given)
            args = (wanted.due_at, wanted.zone, wanted.reason)
            unit(lambda session: moving.move(session, code, *args, who))
    except Problem as problem:
        if problem.status == 404:
            raise
        return _when(code, problem, given)
    return redirect("/drills/programme", 303)


def _when(code: str, problem: Problem | None = None, given: dict[str, Any] | None = None) -> Any:
    with here().database.read() as session:
        row = seeing.find(session, code, principal().person_id)
    zone = language.zone()
    typed = given or {"due_at": f"{row.due_at.astimezone(zone):%Y-%m-%dT%H:%M}", "zone": language.zone_name()}
    return render_template(
        "drills/programme/when.html",
        drill=row,
        given=typed,
        words=words,
        problem=document(problem, "") if problem else None,
    ), problem.status if problem else 200


def _page(
    *, problem: Problem | None = None, given: dict[str, Any] | None = None, feed: str = "", status: int = 200
) -> Any:
    who = principal()
    with here().database.read() as session:
        now = clock.now(session).astimezone(house.settings(session).tz)
        wanted = _year(now.year)
        found = year.of(session, wanted, who.person_id)
        series = year.series(session, who.person_id)
        marks = year.marks(found, house.settings(session).tz)
        areas = session.scalars(select(Area).order_by(Area.code)).all()
        held = [(row, _reason(session, row.note_id)) for row in freezes.from_then_on(session, now)]
    starts = now + timedelta(days=1)
    blank = {"from_at": f"{starts:%Y-%m-%dT00:00}", "until_at": f"{starts + timedelta(days=7):%Y-%m-%dT00:00}"}
    return render_template(
        "drills/programme/page.html",
        found=found,
        grid={(cell.department, cell.subject, cell.mode): cell for cell in found.cells},
        counts=found.counts(),
        months=drawing.months(wanted, marks, now.date()),
        month_name=lambda day: format_date(day, "LLLL"),
        series=series,
        freezes=held,
        areas=areas,
        area_of={area.id: area for area in areas},
        departments=DEPARTMENTS,
        subjects=(*Subject, None),
        modes=(*Mode, None),
        words=words,
        told=_told(),
        given=given or {**blank, "zone": language.zone_name(), "areas": []},
        planner=may(who, planning.ACT),
        feed=feed,
        problem=document(problem, "") if problem else None,
    ), problem.status if problem else status


def _year(this: int) -> int:
    """The year asked for; this one where it cannot be read."""
    text = request.args.get("year", "")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else this
    return wanted if year.FIRST <= wanted <= year.LAST else this


def _told() -> list[str]:
    """What a freeze that was just set did, from the address."""
    found = []
    for key, said in TOLD.items():
        text = request.args.get(key, "")
        if text.isascii() and text.isdigit() and int(text[:4]):
            found.append(gettext(said) % {"count": int(text[:4])})
    return found


def _reason(session: Session, note_id: int) -> str:
    note = session.get(Note, note_id)
    return (note.body if note is not None else None) or gettext("erased")
