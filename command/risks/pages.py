"""Pages of the risk register: the matrix and the list, one risk, and the form. All work without scripts."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.documents import document
from command.core.problems import N_, NotFound, Problem
from command.incidents import house
from command.network.models import Area
from command.people.access import access, here, may, principal, require
from command.people.language import language
from command.people.models import Person
from command.resources.forms import given, valid
from command.risks import api, rating, reading, register, views, words
from command.risks.asked import AddIn, ChangeIn, FactsIn, ListIn, SaidIn, TurnIn, facts, wanted
from command.risks.facts import measures_as, measures_from
from command.risks.models import Risk, State
from command.risks.rating import SCALE
from command.risks.register import TURNS
from command.risks.views import RiskOut

pages = Blueprint("risks", __name__)
FILTERS = tuple(ListIn.model_fields)
LISTS = ("areas", "elements", "scenarios")
Cells = dict[tuple[int, int], list[RiskOut]]


@pages.get("/risks", endpoint="register")
@access("read")
def listed() -> Any:
    """The matrix, then the list, the greatest first. `?with_measures=1` draws the matrix with the measures done."""
    return register_page()


def register_page(refused: Problem | None = None, imported: object = None) -> str:
    """The register, with a refusal, or with what became of a file that was brought in."""
    asked = {name: request.args.get(name, "") for name in FILTERS}
    try:
        filters = valid(ListIn, given(request.args, *FILTERS))
    except Problem as problem:
        filters, refused = ListIn(), problem
    with here().database.read() as session:
        found = [views.risk_out(session, row, language()) for row in reading.risks(session, wanted(filters))]
        figures, areas = reading.figures(session), _areas(session)
    done = request.args.get("with_measures") == "1"
    return render_template(
        "risks/register.html",
        risks=found,
        cells=_cells(found, done),
        with_measures=done,
        figures=figures,
        areas=areas,
        asked=asked,
        scale=SCALE,
        level=rating.level,
        words=words,
        managing=may(principal(), "manage_risks"),
        imported=imported,
        **_problem(refused),
    )


def _cells(found: list[RiskOut], with_measures: bool) -> Cells:
    """Risks by likelihood and impact."""
    cells: Cells = {}
    for each in found:
        measured = (each.residual_likelihood, each.residual_impact)
        cells.setdefault(measured if with_measures else (each.likelihood, each.impact), []).append(each)
    return cells


@pages.get("/risks/new")
@access("manage_risks")
def new() -> Any:
    """The form."""
    return _form({"review_months": "12", "drill_months": "12"})


@pages.post("/risks/new")
@access("manage_risks")
def add() -> Any:
    """Put a risk into the register; a refusal keeps what was typed."""
    try:
        found = api.added(valid(AddIn, _typed("code")))
    except Problem as refused:
        return _form(request.form, refused), refused.status
    return redirect(f"/risks/{found.code}", 303)


@pages.get("/risks/<code>/edit")
@access("manage_risks")
def edit(code: str) -> Any:
    """The form with what is said."""
    with here().database.read() as session:
        said = _said(session, register.find(session, code))
    return _form(said, code=code)


@pages.post("/risks/<code>/edit")
@access("manage_risks")
def change(code: str) -> Any:
    """Say all of it anew; a refusal keeps what was typed."""
    try:
        asked = valid(ChangeIn, _typed("version"))
        api.done(code, lambda session, risk: register.change(session, risk, facts(asked), asked.version))
    except NotFound:
        raise
    except Problem as refused:
        return _form(request.form, refused, code), refused.status
    return redirect(f"/risks/{code}", 303)


def _typed(*more: str) -> dict[str, Any]:
    """What was typed, as the addresses take it: lists with ; between, measures one a line, no months for what is not drilled."""
    form = request.form
    plain = [name for name in FactsIn.model_fields if name not in (*LISTS, "measures")]
    typed: dict[str, Any] = {"drill_months": None} | given(form, *plain, *more)
    for name in LISTS:
        text = form.get(name, "").replace("；", ";").replace("\n", ";")
        typed[name] = [part.strip() for part in text.split(";") if part.strip()]
    measures = measures_from(form.get("measures", "")[:20_000])
    typed["measures"] = [{name: getattr(each, name) for name in each.__slots__} for each in measures]
    return typed


def _said(session: Session, risk: Risk) -> dict[str, str]:
    """What is said of a risk, as the form shows it."""
    plain = [name for name in FactsIn.model_fields if name not in (*LISTS, "measures", "owner")]
    said = {name: "" if (value := getattr(risk, name)) is None else str(value) for name in (*plain, "version")}
    said |= {name: "; ".join(getattr(risk, name)) for name in LISTS}
    owner = session.get_one(Person, risk.owner_id).username
    return said | {"owner": owner, "measures": measures_as(risk.measures)}


def _form(typed: Mapping[str, str], refused: Problem | None = None, code: str = "") -> str:
    with here().database.read() as session:
        people = session.scalars(select(Person).where(Person.active).order_by(Person.username))
        owners = [(each.username, names.of(each, language())) for each in people]
        plans = [(plan, getattr(title, language())) for plan, title in house.plan_titles(session).items()]
        areas = _areas(session)
    return render_template(
        "risks/form.html",
        given=typed,
        code=code,
        owners=owners,
        plans=plans,
        areas=areas,
        scale=SCALE,
        words=words,
        **_problem(refused),
    )


@pages.get("/risks/<code>")
@access("read")
def one(code: str) -> Any:
    """One risk: how great it is, its sign, what is done against it, and its history."""
    return _one(code)


def _one(code: str, refused: Problem | None = None, doing: str = "") -> str:
    found = api.shown(code)
    return render_template(
        "risks/risk.html",
        found=found,
        doing=doing,
        given=request.form,
        turns=[state for state in TURNS[found.state] if state != State.OCCURRED],
        occurring=State.OCCURRED in TURNS[found.state],
        scale=SCALE,
        level=rating.level,
        words=words,
        managing=may(principal(), "manage_risks"),
        seeing=may(principal(), "report_incident"),
        improving=may(principal(), "improve"),
        **_problem(refused),
    )


@pages.post("/risks/<code>/<verb>")
@access("report_incident")
def do(code: str, verb: str) -> Any:
    """Review, the sign is there or gone, or another state; a refusal keeps what was typed."""
    try:
        api.done(code, _verb(verb))
    except NotFound:
        raise
    except Problem as refused:
        return _one(code, refused, verb), refused.status
    return redirect(f"/risks/{code}", 303)


def _verb(verb: str) -> api.Verb:
    """What a form of the page asks for; whoever may report may say that the sign is there, the rest is for those who keep the register."""
    who = principal()
    if verb == "sign":
        seen = valid(SaidIn, given(request.form, "words")).words
        return lambda session, risk: register.sign(session, risk, seen)
    require("manage_risks")
    match verb:
        case "review" | "calm":
            said = valid(SaidIn, given(request.form, "words")).words
            act = register.review if verb == "review" else register.calm
            return lambda session, risk: act(session, risk, said)
        case "turn":
            asked = valid(TurnIn, given(request.form, *TurnIn.model_fields))
            return lambda session, risk: api.turned(session, risk, asked, who)
    raise NotFound(N_("There is nothing at this address."), remedy=N_("Go back to the risk and use its buttons."))


def _areas(session: Session) -> list[tuple[str, str]]:
    return [(area.code, names.of(area, language())) for area in session.scalars(select(Area).order_by(Area.code))]


def _problem(refused: Problem | None) -> dict[str, Any]:
    return {"problem": document(refused, "") if refused else None}
