"""Pages of capability: the list with its trend, one assessment, the forms to begin and to rate, the standard. All work without scripts."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request

from command.capability import api, assessing, drawing, reading, scoring, views, words
from command.capability.asked import BeginIn, ExportIn, ImproveIn, RatingIn, ReasonIn
from command.capability.copies import counted
from command.capability.models import Sort, State
from command.capability.views import AssessmentOut, WholeOut
from command.core import clock, names
from command.core.documents import document
from command.core.problems import N_, NotFound, Problem
from command.improvement import owners
from command.incidents import house
from command.people.access import access, here, may, principal
from command.people.language import language
from command.resources.forms import given, valid
from command.security import agreements

pages = Blueprint("capability", __name__)


@pages.get("/capability")
@access("read_capability")
def listed() -> Any:
    """Every assessment, the trend of the finished ones, and the domains of the newest."""
    with here().database.read() as session:
        found = [views.assessment_out(session, row, language()) for row in reading.listed(session)]
    finished = [each for each in found if each.state == State.FINISHED]
    newest = finished[0] if finished else None
    return render_template(
        "capability/list.html",
        assessments=found,
        finished=finished,
        trend=_trend(finished),
        newest=newest,
        words=words,
        assessing=may(principal(), assessing.ACT),
    )


def _trend(finished: list[AssessmentOut]) -> drawing.Trend:
    return drawing.trend([(each.sort, each.last_on, each.score or 0.0) for each in finished])


@pages.get("/capability/standard")
@access("read_capability")
def standard() -> Any:
    """The standard of today, with every level described."""
    return render_template("capability/standard.html", standard=api.standard_out())


@pages.get("/capability/new")
@access("assess_capability")
def new() -> Any:
    """The form."""
    today = _today()
    return _form({"first_on": f"{today.year}-01-01", "last_on": f"{today.year}-12-31", "sort": "self"})


@pages.post("/capability/new")
@access("assess_capability")
def begin() -> Any:
    """Begin an assessment; a refusal keeps what was typed."""
    try:
        assessment_id = api.begun(valid(BeginIn, given(request.form, *BeginIn.model_fields)))
    except Problem as refused:
        return _form(request.form, refused), refused.status
    return redirect(f"/capability/{assessment_id}", 303)


def _today() -> Any:
    with here().database.read() as session:
        return house.today(session, clock.now(session))


def _form(typed: Mapping[str, str], refused: Problem | None = None) -> str:
    with here().database.read() as session:
        signed = [
            (str(row.id), f"{row.party} · {row.person}")
            for row in agreements.listed(session)
            if agreements.holds(session, row)
        ]
    return render_template(
        "capability/form.html", given=typed, agreements=signed, words=words, sorts=list(Sort), **_problem(refused)
    )


@pages.get("/capability/<int:assessment_id>")
@access("read_capability")
def one(assessment_id: int) -> Any:
    """One assessment: its score, its domains drawn, each item with evidence and figures, and its history."""
    return _one(assessment_id)


def _one(assessment_id: int, refused: Problem | None = None, doing: str = "") -> str:
    found = api.shown(assessment_id)
    able = may(principal(), assessing.ACT)
    people: list[tuple[str, str]] = []
    if able:
        with here().database.read() as session:
            people = [(each.username, names.of(each, language())) for each in owners.choices(session)]
    return render_template(
        "capability/one.html",
        found=found,
        web=_web(found),
        by_code={item.code: item for item in found.items},
        counted=counted,
        words=words,
        doing=doing,
        given=request.form,
        assessing=able and found.state == State.DRAFT,
        improving=able and found.state != State.DROPPED and may(principal(), "improve"),
        reading=may(principal(), "read"),
        people=people,
        today=_today(),
        weak_level=scoring.WEAK,
        **_problem(refused),
    )


def _web(found: WholeOut) -> drawing.Web:
    return drawing.web([each.score for each in found.domains], [each.before for each in found.domains])


@pages.get("/capability/<int:assessment_id>/rate/<domain>")
@access("assess_capability")
def rating(assessment_id: int, domain: str) -> Any:
    """The form for the items of a domain."""
    return _rating(assessment_id, domain, {})


@pages.post("/capability/<int:assessment_id>/rate/<domain>")
@access("assess_capability")
def rate(assessment_id: int, domain: str) -> Any:
    """Rate the items of a domain, then go to the next; a refusal keeps what was typed."""
    with here().database.read() as session:
        domains = {each.code: each for each in reading.standard_of(reading.find(session, assessment_id)).domains}
    if domain not in domains:
        raise _no_domain()
    try:
        ratings = [_typed(item.code).rating() for item in domains[domain].items]
        api.act(assessment_id, lambda session, row, who: assessing.rate(session, row, ratings, who))
    except NotFound:
        raise
    except Problem as refused:
        return _rating(assessment_id, domain, request.form, refused), refused.status
    order = list(domains)
    after = order[order.index(domain) + 1 :]
    return redirect(f"/capability/{assessment_id}" + (f"/rate/{after[0]}" if after else ""), 303)


def _no_domain() -> NotFound:
    return NotFound(N_("The standard has no such domain."), remedy=N_("Look at the page of the assessment."))


def _typed(code: str) -> RatingIn:
    """What was typed for an item; a fault names the field of the form."""
    form = request.form
    level = form.get(f"level-{code}", "")
    links = form.get(f"links-{code}", "").replace(";", "\n").replace("；", "\n").splitlines()
    fields = {"item": code, "applies": level != "none", "words": form.get(f"words-{code}", "").strip()}
    fields |= {"links": [link.strip() for link in links if link.strip()]}
    if level not in ("", "none"):
        fields["level"] = level
    if form.get(f"version-{code}", ""):
        fields["version"] = form[f"version-{code}"]
    try:
        return valid(RatingIn, fields)
    except Problem as wrong:
        wrong.field = f"{wrong.field.partition('.')[0]}-{code}"
        raise


def _rating(assessment_id: int, domain: str, typed: Mapping[str, str], refused: Problem | None = None) -> str:
    found = api.shown(assessment_id)
    chosen = next((each for each in found.domains if each.code == domain), None)
    if chosen is None:
        raise _no_domain()
    return render_template(
        "capability/rate.html",
        found=found,
        domain=chosen,
        items=[item for item in found.items if item.domain == domain],
        given=typed,
        counted=counted,
        words=words,
        **_problem(refused),
    )


@pages.post("/capability/<int:assessment_id>/<verb>")
@access("assess_capability")
def do(assessment_id: int, verb: str) -> Any:
    """Read a file, finish, or give up; a refusal keeps what was typed."""
    try:
        match verb:
            case "import":
                api.bring_sent(assessment_id)
            case "finish":
                api.act(assessment_id, assessing.finish)
            case "drop":
                reason = valid(ReasonIn, {"reason": request.form.get("reason", "")}).reason
                api.act(assessment_id, lambda session, row, who: assessing.drop(session, row, reason, who))
            case _:
                raise NotFound(N_("There is nothing at this address."), remedy=N_("Go back and use the buttons."))
    except NotFound:
        raise
    except Problem as refused:
        return _one(assessment_id, refused, verb), refused.status
    return redirect(f"/capability/{assessment_id}", 303)


@pages.post("/capability/<int:assessment_id>/items/<item>/improve")
@access("assess_capability")
def improve(assessment_id: int, item: str) -> Any:
    """Give an improvement action for an item; a refusal keeps what was typed."""
    try:
        wanted = valid(ImproveIn, given(request.form, *ImproveIn.model_fields)).draft()
        api.act(assessment_id, lambda session, row, who: assessing.improve(session, row, item, wanted, who))
    except NotFound:
        raise
    except Problem as refused:
        return _one(assessment_id, refused, f"improve-{item}"), refused.status
    return redirect(f"/capability/{assessment_id}#{item}", 303)


@pages.get("/capability/<int:assessment_id>/export/<form>")
@access("read_capability")
def export(assessment_id: int, form: str) -> Any:
    """A copy as CSV or PDF in the reader's language; that it was taken is on record."""
    asked = valid(ExportIn, given(request.args, "language"))
    return api.copy(assessment_id, form, asked.language or language())


@pages.get("/capability/<int:assessment_id>/file")
@access("read_capability")
def file(assessment_id: int) -> Any:
    """The third party's file as it was read."""
    return api.kept_file(assessment_id)


def _problem(refused: Problem | None) -> dict[str, Any]:
    return {"problem": document(refused, "") if refused else None}
