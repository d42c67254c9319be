"""The report of a drill as a page: read, settled, signed, taken away, and turned into improvement actions."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from command.core import clock
from command.core.documents import document
from command.core.problems import N_, Invalid, Problem
from command.drills.evaluation import copies, improving, report, sections, settling, words
from command.drills.evaluation.copies import Copy, Form
from command.drills.evaluation.improving import Wanted
from command.drills.evaluation.proposals import RATINGS, TONES
from command.drills.evaluation.report import Report
from command.drills.models import GOING_ON, State
from command.improvement import owners
from command.people.access import Principal, access, here, may, principal, unit
from command.people.language import LOCALES, language, zone

pages = Blueprint("drill_report", __name__)
IN_DAYS = 30
"""After how many days an action is due unless somebody says otherwise."""


@pages.get("/drills/<code>/report", endpoint="report")
@access("read")
def shown(code: str) -> ResponseReturnValue:
    """The report as it stands; `of` opens the form of an improvement action with what it is made of."""
    return _report(code, request.args.to_dict())


@pages.post("/drills/<code>/report/settle")
@access("read")
def settle(code: str) -> ResponseReturnValue:
    """Settle the rating of an objective, with a reason."""
    who, form = principal(), request.form
    objective, chosen, reason = (form.get(name, "") for name in ("objective", "rating", "reason"))
    try:
        unit(lambda session: settling.settle(session, code, who, objective, chosen, reason).id)
    except Problem as problem:
        return _report(code, form.to_dict(), problem)
    return redirect(f"/drills/{code}/report#objectives", 303)


@pages.post("/drills/<code>/report/sign")
@access("read")
def sign(code: str) -> ResponseReturnValue:
    """Sign the evaluation."""
    who, said = principal(), request.form.get("words", "")
    try:
        unit(lambda session: settling.sign(session, code, who, said).drill_id)
    except Problem as problem:
        return _report(code, request.form.to_dict(), problem)
    return redirect(f"/drills/{code}/report", 303)


@pages.post("/drills/<code>/report/action")
@access("improve")
def act(code: str) -> ResponseReturnValue:
    """Make an improvement action of what was found."""
    who, form = principal(), request.form
    title, owner, due_on, of, clause = (form.get(name, "") for name in ("title", "owner", "due_on", "of", "clause"))
    wanted = Wanted(title, owner, due_on, of, clause)
    try:
        unit(lambda session: improving.give(session, code, who, wanted).id)
    except Problem as problem:
        return _report(code, form.to_dict(), problem)
    return redirect(f"/drills/{code}/report#actions", 303)


@pages.post("/drills/<code>/report/export")
@access("export")
def export(code: str) -> ResponseReturnValue:
    """The report as PDF or DOCX in one of the two languages; on record before it leaves."""
    try:
        copy = taken(code, principal(), request.form.get("form", ""), request.form.get("language", ""))
    except Problem as problem:
        return _report(code, request.form.to_dict(), problem)
    return answer(copy)


def taken(code: str, who: Principal, form: str, tongue: str) -> Copy:
    """A copy that is on record; raise Invalid for a form or a language that there is not."""
    if form not in [each.value for each in Form]:
        raise Invalid(N_("There is no such form."), field="form", remedy=N_("Choose PDF or DOCX."))
    if tongue not in LOCALES:
        raise Invalid(N_("There is no such language."), field="language", remedy=N_("Choose zh or en."))
    here_zone = zone()
    return unit(lambda session: copies.take(session, code, who, Form(form), tongue, here_zone))


def answer(copy: Copy) -> Response:
    """A copy as a file."""
    made = Response(copy.written(), content_type=copies.CONTENT_TYPES[copy.form])
    made.headers["Content-Disposition"] = f'attachment; filename="{copy.file_name}"'
    return made


def _report(code: str, given: dict[str, str], problem: Problem | None = None) -> ResponseReturnValue:
    who = principal()
    with here().database.read() as session:
        drill = report.find(session, code, who)
        found = report.assemble(session, drill, who, language())
        actions = copies.actions(session, drill, who, language())
        page = render_template(
            "drills/evaluation/report.html",
            found=found,
            drill=drill,
            sections=sections.sections(found, actions, language(), zone()),
            settles=settling.settles(session, drill, who) and drill.state != State.EVALUATED,
            on=drill.state in GOING_ON,
            given=given,
            problem=document(problem, "") if problem else None,
            ratings=RATINGS,
            tones=TONES,
            rated=sections.rated,
            words=words,
            **_improving(session, found, who),
        )
    return page, problem.status if problem else 200


def _improving(session: Session, found: Report, who: Principal) -> dict[str, Any]:
    """What the form of an improvement action offers: what it may be made of, who may own it, when it is due unless somebody says
    otherwise."""
    if not may(who, "improve"):
        return {"improves": False}
    remarks = [*found.notes, *(each for said in found.hotwash.values() for each in said)]
    return {
        "improves": found.drill.state not in GOING_ON,
        "owners": owners.choices(session),
        "due_on": f"{(clock.now(session).astimezone(zone()) + timedelta(days=IN_DAYS)).date()}",
        "of": [
            *((f"objective:{each.objective.id}", f"{each.number}. {each.text}"[:90]) for each in found.objectives),
            *((f"remark:{each.id}", each.text[:90]) for each in remarks),
        ],
    }
