"""The page on an observer's phone. It works without scripts; with one a note waits on the phone for the network."""

import secrets
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from command.core import clock
from command.core.documents import document
from command.core.problems import Problem
from command.drills import kept
from command.drills.evaluation import measuring, observing, report, settling, timeline, words
from command.drills.evaluation.observing import Noted
from command.drills.evaluation.proposals import RATINGS, TONES
from command.drills.models import GOING_ON, HELD, InjectState, State
from command.drills.runs import injects, taking_part
from command.people.access import access, here, principal, unit
from command.people.language import language

pages = Blueprint("drill_observing", __name__)
COMES = (InjectState.DELIVERED, InjectState.ANSWERED)


@pages.get("/drills/<code>/observe")
@access("read")
def observe(code: str) -> ResponseReturnValue:
    """Objectives with their guides, injects as they come, one's notes and ratings."""
    return _observe(code, {})


@pages.get("/drills/<code>/observe/part")
@access("read")
def part(code: str) -> ResponseReturnValue:
    """What changes while one looks: exercise time, injects, proposals. What is being typed is not touched."""
    with here().database.read() as session:
        return render_template("drills/evaluation/observe_part.html", swapped=True, **_shown(session, code))


@pages.post("/drills/<code>/observe/note")
@access("read")
def note(code: str) -> ResponseReturnValue:
    """Keep a note; a refusal keeps what was typed."""
    who, form = principal(), request.form
    inject = form.get("inject", "")
    noted = Noted(
        objective=form.get("objective", ""),
        text=form.get("text", ""),
        key=form.get("key", ""),
        inject=int(inject) if inject.isdigit() and len(inject) < 5 else None,
    )
    try:
        unit(lambda session: observing.note(session, code, who, noted).id)
    except Problem as problem:
        return _observe(code, form.to_dict(), problem)
    return redirect(f"/drills/{code}/observe#objective-{noted.objective}", 303)


@pages.post("/drills/<code>/observe/rating")
@access("read")
def rating(code: str) -> ResponseReturnValue:
    """Rate an objective; a refusal keeps what was typed."""
    who, form = principal(), request.form
    objective, chosen, said = (form.get(name, "") for name in ("objective", "rating", "words"))
    try:
        unit(lambda session: observing.rate(session, code, who, objective, chosen, said).id)
    except Problem as problem:
        return _observe(code, form.to_dict(), problem)
    return redirect(f"/drills/{code}/observe#objective-{objective}", 303)


def _observe(code: str, given: dict[str, str], problem: Problem | None = None) -> ResponseReturnValue:
    with here().database.read() as session:
        shown = _shown(session, code)
        page = render_template(
            "drills/evaluation/observe.html",
            given=given,
            problem=document(problem, "") if problem else None,
            field=problem.field if problem else "",
            key=secrets.token_hex(12),
            ratings=RATINGS,
            **shown,
        )
    return page, problem.status if problem else 200


def _shown(session: Session, code: str) -> dict[str, Any]:
    who = principal()
    drill = taking_part.find(session, code, who)
    observes = observing.observes(session, drill, who)
    if not observes and not settling.settles(session, drill, who):
        observing.must_observe(session, drill, who)
    figures = measuring.figures(session, drill)
    rows = injects.of(session, drill)
    people = report.people_of(session, drill, language())
    scenario = kept.scenario_of(session, drill)
    return {
        "drill": drill,
        "name": words.said(scenario.name, language()),
        "stands": words.STATES[State(drill.state)],
        "on": drill.state in GOING_ON,
        "open": observes and (drill.state in GOING_ON or (drill.state in HELD and drill.state != State.EVALUATED)),
        "second": words.exercise_time(kept.ticking(drill).at(clock.now(session))),
        "objectives": report.judged(session, drill, figures, language()),
        "lines": {each.id: [_line(row) for row in rows if _about(row, each.id)] for each in scenario.objectives},
        "newest": [_line(row) for row in sorted(rows, key=_when, reverse=True) if row.state in COMES][:3],
        "notes": report.notes(session, drill, people),
        "me": people.get(who.person_id, ""),
        "my_id": who.person_id,
        "tones": TONES,
        "exercise_time": words.exercise_time,
    }


def _about(row: Any, objective: str) -> bool:
    return bool(injects.read(row).objective == objective)


def _when(row: Any) -> float:
    return float(row.delivered_s or -1)


def _line(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "said": timeline.content(row, language()),
        "expected": timeline.expected(row, language()),
        "state": row.state,
        "objective": injects.read(row).objective,
        "second": words.exercise_time(row.delivered_s if row.delivered_s is not None else row.at_s),
        "answered": words.exercise_time(row.answered_s),
        "came": row.state in COMES,
    }
