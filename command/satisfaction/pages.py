"""Pages of surveys: the figures of a period with every survey and who is to be called back, and the survey of one incident. They work
without scripts."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from command.core import clock
from command.core.documents import document
from command.core.problems import Problem
from command.incidents.days import period
from command.people.access import access, here, may, principal, unit
from command.people.language import language, zone
from command.resources.forms import given, valid
from command.satisfaction import api, planning, reading, views, words
from command.satisfaction.asked import CalledIn, PhoneIn, ReasonIn

pages = Blueprint("satisfaction", __name__)
SHOWN = 200


@pages.get("/surveys")
@access("read")
def surveys() -> ResponseReturnValue:
    """The figures of a period, its surveys, and who waits to be called back."""
    return _list()


def _list(refused: Problem | None = None, doing: str = "") -> ResponseReturnValue:
    typed = {name: request.args.get(name, "") for name in ("from", "to", "void")}
    status, wrong = (refused.status, refused) if refused else (200, None)
    who, calling = principal(), may(principal(), "take_case")
    with here().database.read() as session:
        today = clock.now(session).astimezone(zone()).date()
        try:
            days = period(typed, today)
        except Problem as bad:
            status, wrong, days = bad.status, bad, period({}, today)
        span = days.instants(zone())
        rows = reading.listed(session, *span, who, SHOWN, void=typed["void"] == "1")
        waiting = reading.follow_ups(session, who, limit=SHOWN) if calling else ()
        shown = {
            "figures": views.figures_out(reading.figures(session, *span, who)),
            "surveys": views.surveys_out(session, rows),
            "follow_ups": views.follow_ups_out(session, here().keyring, waiting, language()),
        }
    if wrong is None or refused is not None:
        typed |= {"from": days.first.isoformat(), "to": days.last.isoformat()}
    page = render_template(
        "satisfaction/list.html",
        asked=typed,
        given=request.form,
        doing=doing,
        calling=calling,
        words=words,
        problem=document(wrong, "") if wrong else None,
        **shown,
    )
    return page, status


@pages.post("/surveys/follow-ups/<int:follow_up_id>")
@access("take_case")
def call_back(follow_up_id: int) -> ResponseReturnValue:
    """What a call back came to; a refusal keeps what was typed."""
    try:
        done = api.called(follow_up_id, valid(CalledIn, given(request.form, *CalledIn.model_fields)))
    except Problem as refused:
        if refused.status == 404:
            raise
        return _list(refused, f"call-{follow_up_id}")
    back = f"/incidents/{done.incident}/survey" if request.form.get("back") == "incident" else "/surveys"
    return redirect(f"{back}#follow-ups", 303)


@pages.get("/incidents/<number>/survey")
@access("read")
def of_incident(number: str) -> Any:
    """The survey of one incident, with the forms for those who may."""
    return _one(number)


def _one(number: str, refused: Problem | None = None, doing: str = "") -> str:
    found = api.one(number)
    return render_template(
        "satisfaction/incident.html",
        number=number,
        survey=found.survey,
        follow_ups=found.follow_ups,
        calling=may(principal(), "take_case"),
        managing=may(principal(), planning.ACT),
        words=words,
        doing=doing,
        given=request.form,
        problem=document(refused, "") if refused else None,
    )


@pages.post("/incidents/<number>/survey/cancel")
@access("settle")
def cancel(number: str) -> ResponseReturnValue:
    """Let nobody be asked."""
    who = principal()
    try:
        reason = valid(ReasonIn, given(request.form, "reason")).reason
        unit(lambda session: planning.cancel(session, number, reason, who).id)
    except Problem as refused:
        if refused.status == 404:
            raise
        return _one(number, refused, "cancel"), refused.status
    return redirect(f"/incidents/{number}/survey", 303)


@pages.post("/incidents/<number>/survey/answers")
@access("take_case")
def answer(number: str) -> ResponseReturnValue:
    """Put on record what a customer said by phone. A refusal keeps what was typed, but for the number's place in the address: it is in the
    form alone."""
    try:
        typed = given(request.form, *PhoneIn.model_fields)
        api.by_phone(number, valid(PhoneIn, {"number": "", **typed}))
    except Problem as refused:
        if refused.status == 404:
            raise
        return _one(number, refused, "phone"), refused.status
    return redirect(f"/incidents/{number}/survey", 303)
