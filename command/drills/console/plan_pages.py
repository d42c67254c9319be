"""Planning a drill: choose a scenario by its picture, then fill in when, where and who.

What should be known beforehand is said before it is kept; nothing that was typed is lost. Works without scripts."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_babel import force_locale, gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.documents import document, filled
from command.core.problems import Problem
from command.drills.console import plan_form, words
from command.drills.models import Part
from command.drills.programme import planning
from command.drills.scenarios import library
from command.network.models import Area
from command.oncall.escalation.target_choices import Choice, offered
from command.people.access import access, here, principal, unit
from command.people.language import LOCALES, language, zone, zone_name
from command.people.posts import DEPARTMENTS, POSTS
from playbooks.scenario import Scenario

pages = Blueprint("drill_plan", __name__)
LISTED = 2000
"""Areas listed at most."""


@pages.get("/drills/new")
@access("run_drill")
def new() -> Any:
    """The scenarios to choose from, or with `?scenario=` the form of a drill by that one."""
    code = request.args.get("scenario", "")
    with here().database.read() as session:
        if not code:
            return render_template("drills/choose.html", scenarios=library.every(session), words=words)
        scenario, who = library.find(session, code), principal()
        tongue = language()
        name = scenario.name.zh if tongue == "zh" else scenario.name.en
        given = plan_form.first(scenario, name, who.area_code or "", clock.now(session), zone(), zone_name())
        if request.args.get("fill"):
            given |= plan_form.proposed(session, scenario, who.person_id, _known(session))
        return _form(session, scenario, given, [str(each) for each in scenario.departments])


@pages.post("/drills/new")
@access("run_drill")
def plan() -> Any:
    """Keep a drill. `do=more` adds lines for people, `do=fill` proposes who fits; warnings are shown once, and `accept` takes them."""
    form, who = request.form, principal()
    with here().database.read() as session:
        scenario = library.find(session, form.get("scenario", ""))
        known = _known_in_both(session)
    chosen = form.getlist("departments")
    if form.get("do") in ("more", "fill"):
        given = form.to_dict()
        with here().database.read() as session:
            if form.get("do") == "fill":
                fits = plan_form.proposed(session, scenario, who.person_id, _known(session))
                given |= {name: value for name, value in fits.items() if not given.get(name, "").strip()}
            return _form(session, scenario, given, chosen)
    try:
        draft = plan_form.draft(form, scenario, known)
        with here().database.read() as session:
            warnings = planning.warnings(session, planning.prepared(session, draft, who.person_id))
            if warnings and not form.get("accept"):
                return _form(session, scenario, form.to_dict(), chosen, warnings=warnings)
        code = unit(lambda session: planning.plan(session, draft, who).code)
    except Problem as problem:
        with here().database.read() as session:
            return _form(session, scenario, form.to_dict(), chosen, problem), problem.status
    return redirect(f"/drills/{code}", 303)


@pages.get("/drills/new/people")
@access("run_drill")
def people() -> Any:
    """Whom what was typed may mean, as options of the box; with `?only=person` people alone."""
    only = request.args.get("only", "")
    with here().database.read() as session:
        known = [each for each in _known(session) if each.target.startswith(only)]
    return render_template("oncall/targets.html", choices=offered(request.args.get("q", "")[:200], known))


def _known(session: Session) -> list[Choice]:
    return plan_form.every(session, language(), gettext)


def _known_in_both(session: Session) -> list[Choice]:
    """Labels of both languages: a form that was opened in one may come back in the other."""
    found = []
    for tongue, locale in LOCALES.items():
        with force_locale(locale):
            found += plan_form.every(session, tongue, gettext)
    return found


def _form(
    session: Session,
    scenario: Scenario,
    given: dict[str, Any],
    departments: Sequence[str],
    problem: Problem | None = None,
    warnings: Sequence[planning.Warning] = (),
) -> str:
    tongue = language()
    areas = session.scalars(select(Area).order_by(Area.code).limit(LISTED)).all()
    roles = {role.id: role.name.zh if tongue == "zh" else role.name.en for role in scenario.roles}
    said = [
        (
            filled(each.detail, {**each.values, "role": roles.get(str(each.values.get("role")), "")}),
            gettext(each.remedy),
        )
        for each in warnings
    ]
    posts = {str(post): gettext(word) for post, word in POSTS.items()}
    parts = [(role.id, roles[role.id], [posts.get(post, post) for post in role.posts]) for role in scenario.roles]
    parts += [(str(part), gettext(words.PARTS[part]), []) for part in (Part.CONTROLLER, Part.EVALUATOR)]
    return render_template(
        "drills/new.html",
        scenario=scenario,
        given=given,
        chosen=departments,
        parts=parts,
        count=lambda part: max(plan_form.LINES, len(plan_form.lines(given, part)) + 1),
        areas=[(each.code, f"{names.of(each, tongue)} {each.code}") for each in areas],
        departments=DEPARTMENTS,
        choices=_known(session),
        words=words,
        warnings=said,
        problem=document(problem, "") if problem else None,
    )
