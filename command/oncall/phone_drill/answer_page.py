"""The page behind the address in a drill's message: says that it is a drill, and has one button. Looking answers nothing, for some
phones open every address they are sent."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, NotFound
from command.oncall.paging import links
from command.oncall.phone_drill import calling, drill_answers
from command.oncall.phone_drill.drill_models import PhoneDrill, PhoneDrillCall, PhoneDrillRun
from command.people.access import here, public
from command.people.language import HTML, LOCALES, language
from command.people.models import Person

pages = Blueprint("phone_drill_answer", __name__)
Opened = tuple[PhoneDrillCall, PhoneDrillRun, PhoneDrill, Person]


@pages.after_request
def _keep_to_themselves(response: Response) -> Response:
    """The address is the secret: no other page learns it, nothing keeps the page."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@pages.get("/d/<token>")
@public("the signed address is the secret: it opens one call of a drill for the person called; looking changes nothing")
def page(token: str) -> Any:
    """What it is, and the button that answers."""
    try:
        with here().database.read() as session:
            call, run, drill, person = _opened(session, token)
    except NotFound as problem:
        return _closed(problem)
    spoken = "zh" if person.language == "zh" else "en"
    with force_locale(LOCALES[spoken]):
        return render_template("oncall/drill_answer.html", call=call, run=run, drill=drill, language=HTML[spoken])


@pages.post("/d/<token>")
@public(
    "the signed address is the secret, so a forged form cannot know it; it answers for the person called, one call of a drill"
)
def answer(token: str) -> Any:
    """Answer, then show how it stands."""
    try:
        with here().database.read() as session:
            call, _, _, person = _opened(session, token)
        here().database.write(
            lambda session: drill_answers.take(session, call.id, person.id, "link"), actor=f"person:{person.id}"
        )
    except NotFound as problem:
        return _closed(problem)
    return redirect(request.path, 303)


def _opened(session: Session, token: str) -> Opened:
    call_id = links.read(here(), token, links.DRILL)
    query = (
        select(PhoneDrillCall, PhoneDrillRun, PhoneDrill, Person)
        .join(PhoneDrillRun, PhoneDrillRun.id == PhoneDrillCall.run_id)
        .join(PhoneDrill, PhoneDrill.id == PhoneDrillRun.drill_id)
        .join(Person, Person.id == PhoneDrillCall.person_id)
        .where(PhoneDrillCall.id == call_id, Person.active)
    )
    found = session.execute(query).tuples().first()
    if found is None:
        raise NotFound(N_("This link is not valid."), remedy=N_("Open it from the SMS again, or sign in."))
    if clock.now(session) > found[1].until + calling.LATE:
        raise NotFound(N_("This drill is over."), remedy=N_("Nothing is left for you to do."))
    return found


def _closed(problem: NotFound) -> tuple[str, int]:
    hotline = here().settings.centre_hotline or here().settings.hotline
    return render_template("field/closed.html", problem=problem, hotline=hotline, language=HTML[language()]), 404
