"""The page of retention: the rule in words, holds and their forms, what is removed now, and the certificates."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from command.core.documents import document
from command.core.problems import Problem
from command.people.access import Principal, access, here, may, principal, unit
from command.resources.forms import given, valid
from command.retention import holding, views
from command.retention.api import AskedIn, HoldIn
from command.retention.rules import rule

pages = Blueprint("retention_pages", __name__)


@pages.get("/retention", endpoint="page")
@access("read")
def stands() -> ResponseReturnValue:
    """What is kept how long, what is held, and what was removed."""
    return _page(before=valid(AskedIn, given(request.args, "before")).before)


@pages.post("/retention/holds")
@access(holding.ACT)
def hold() -> ResponseReturnValue:
    """Hold the records of an incident."""
    return _done(holding.hold)


@pages.post("/retention/holds/release")
@access(holding.ACT)
def release() -> ResponseReturnValue:
    """Release them, with a reason."""
    return _done(holding.release)


def _done(act: Callable[[Session, str, str, Principal], object]) -> ResponseReturnValue:
    """Do it to the incident of the form; a refusal keeps what was typed."""
    try:
        asked, who = valid(HoldIn, {"number": "", "reason": "", **given(request.form, "number", "reason")}), principal()
        unit(lambda session: act(session, asked.number, asked.reason, who))
    except Problem as refused:
        return _page(refused), refused.status
    return redirect("/retention", 303)


def _page(refused: Problem | None = None, *, before: int | None = None) -> str:
    with here().database.read() as session:
        found = views.certificates(session, principal(), before=before)
        return render_template(
            "retention/page.html",
            rule=rule(),
            holds=views.holds(session, principal()),
            certificates=found,
            older=found[-1].notice_id if len(found) == views.PAGE else None,
            may_hold=may(principal(), holding.ACT),
            given=request.form,
            problem=document(refused, "") if refused else None,
            tz=here().settings.tz,
        )
