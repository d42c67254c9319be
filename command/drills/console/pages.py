"""The pages of drills: which there are, one of them, the trainer's console and what its players see. All of it works without scripts."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from sqlalchemy.orm import Session

from command.core.documents import document
from command.core.problems import N_, Denied, Problem
from command.drills import kept
from command.drills.console import acts, shown, words
from command.drills.models import AHEAD, GOING_ON, HELD, Drill, Part
from command.drills.runs import taking_part, views
from command.drills.runs.views import DrillView
from command.incidents.action_words import ROLES
from command.incidents.guards import NAMES, State
from command.oncall.paging import links
from command.people.access import access, here, may, principal, unit
from command.people.language import language, zone

pages = Blueprint("drills", __name__)
FIELDS = ("override", "speed", "number", "choice", "words", "sender", "content", "expected", "to", "method", "word")
"""What the forms of these pages hold; their problems are shown beside them."""


@pages.get("/drills")
@access("read")
def listed() -> Any:
    """The drills that whoever asks may know of."""
    who = principal()
    with here().database.read() as session:
        found = views.listed(session, who)
    groups = {
        "running": [each for each in found if each.state in GOING_ON],
        "ahead": [each for each in found if each.state in AHEAD],
        "held": [each for each in found if each.state in HELD],
    }
    groups["other"] = [each for each in found if not any(each in group for group in groups.values())]
    return render_template("drills/list.html", groups=groups, planner=may(who, "run_drill"), words=words, shown=shown)


@pages.get("/drills/<code>")
@access("read")
def one(code: str) -> Any:
    """What a drill is, when, who takes part and what one's own part is."""
    return _one(code)


@pages.post("/drills/<code>")
@access("read")
def act_on_one(code: str) -> Any:
    """Agree to it, take note of one's part, or begin it."""
    return _done(code, f"/drills/{code}", _one)


def _one(code: str, problem: Problem | None = None) -> Any:
    with here().database.read() as session:
        view = views.one(session, code, principal())
        drill = kept.find(session, code)
        scenario = kept.scenario_of(session, drill)
        mine = [row for row in view.people if row.person_id == principal().person_id]
    return render_template(
        "drills/one.html", view=view, mine=mine, scenario=scenario, **_context(problem)
    ), problem.status if problem else 200


@pages.get("/drills/<code>/console")
@access("read")
def console(code: str) -> Any:
    """Where a drill is run: the exercise clock, its injects, what the players do, and everything that may be done to it."""
    return _console(code)


@pages.post("/drills/<code>/console")
@access("read")
def act_on_console(code: str) -> Any:
    """Do what was pressed; a refusal keeps what was typed."""
    return _done(code, f"/drills/{code}/console", _console)


@pages.get("/drills/<code>/console/part")
@access("read")
def console_part(code: str) -> Any:
    """What changes by itself; nothing (204) while it is what `seen` names."""
    return _part(code, "drills/console_live.html")


def _console(code: str, problem: Problem | None = None) -> Any:
    shown_now = _of_console(code)
    with here().database.read() as session:
        scenario = kept.scenario_of(session, kept.find(session, code))
    given = {name: request.values.get(name, "") for name in (*FIELDS, "objective", "at_minutes")}
    return render_template(
        "drills/console.html",
        scenario=scenario,
        given=given,
        extra_methods=acts.EXTRA,
        **shown_now,
        **_context(problem),
    ), problem.status if problem else 200


def _of_console(code: str) -> dict[str, Any]:
    with here().database.read() as session:
        view = _seen(session, code)
        if not view.sees_all:
            raise Denied(
                N_("The console is for those who run or evaluate this drill."),
                remedy=N_("Open your own page of the drill instead."),
            )
        played = shown.played(session, view, language())
    return {"view": view, "played": played, "mark": shown.mark(view, played)}


@pages.get("/drills/<code>/play")
@access("read")
def play(code: str) -> Any:
    """What a player is told, the newest first, and where they act."""
    return _play(code)


@pages.post("/drills/<code>/play")
@access("read")
def act_on_play(code: str) -> Any:
    """Answer, take note, or stop the drill; a refusal keeps what was typed."""
    return _done(code, f"/drills/{code}/play", _play)


@pages.get("/drills/<code>/play/part")
@access("read")
def play_part(code: str) -> Any:
    """What changes by itself; nothing (204) while it is what `seen` names."""
    return _part(code, "drills/play_live.html")


def _play(code: str, problem: Problem | None = None) -> Any:
    given = {name: request.form.get(name, "") for name in FIELDS}
    return render_template("drills/play.html", given=given, **_of_play(code), **_context(problem)), (
        problem.status if problem else 200
    )


def _of_play(code: str) -> dict[str, Any]:
    with here().database.read() as session:
        view = _seen(session, code)
        taking_part.player(session, kept.find(session, code), principal())
        view = as_player(view)
        called = shown.called(session, view, principal().person_id) if view.state in GOING_ON else []
    return {
        "view": view,
        "called": [(each, _page_of(each.page_id)) for each in called],
        "mark": shown.mark(view, called=called),
    }


def _page_of(page_id: int) -> str:
    """The address of the page by which somebody answers a call; signed, as the one in their SMS."""
    return links.maker(here())(page_id).removeprefix(here().settings.origin)


def as_player(view: DrillView) -> DrillView:
    """A drill as its players see it, also those who run it besides: what was put to their roles and nothing else."""
    mine = tuple(each for each in view.injects if each.mine and each.delivered_s is not None)
    return shown.without_expected(view, mine)


def _part(code: str, template: str) -> Any:
    found = _of_console(code) if "console" in template else _of_play(code)
    if request.args.get("seen") == found["mark"]:
        return Response(status=204)
    return render_template(template, given={}, **found, **_context(None))


def _seen(session: Session, code: str) -> DrillView:
    return views.one(session, code, principal())


def _done(code: str, back: str, page: Any) -> Any:
    """Do what the form says and go back; what was typed stays where it is refused. To htmx the part that changed is answered."""
    who, form = principal(), request.form

    def work(session: Session) -> Drill:
        return acts.perform(session, code, who, form.get("do", ""), form)

    try:
        unit(work)
    except Problem as problem:
        if problem.status == 404 and "number" not in (problem.field or ""):
            raise
        if "HX-Request" in request.headers:
            return render_template("problem_fragment.html", problem=document(problem, "")), problem.status
        return page(code, problem)
    if "HX-Request" in request.headers:
        return _part(code, f"drills/{back.rsplit('/', 1)[1]}_live.html")
    return redirect(back, 303)


def _context(problem: Problem | None) -> dict[str, Any]:
    return {
        "words": words,
        "shown": shown,
        "states": {str(state): NAMES[state] for state in State},
        "roles": ROLES,
        "Part": Part,
        "fields": FIELDS,
        "zone": zone(),
        "problem": document(problem, "") if problem else None,
    }
