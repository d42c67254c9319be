"""Pages of agreements of confidentiality; they work without scripts."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from command.core.documents import document
from command.core.problems import Problem
from command.people.access import access, here, principal, unit
from command.resources.forms import given, valid
from command.security import agreements, views
from command.security.asked import AgreementIn

pages = Blueprint("confidentiality", __name__)


@pages.get("/confidentiality")
@access("keep_evidence")
def confidentiality() -> Any:
    """Agreements of confidentiality, and the form for a new one."""
    return _agreements()


def _agreements(refused: Problem | None = None) -> str:
    with here().database.read() as session:
        rows = [views.agreement(session, each) for each in agreements.listed(session)]
    problem = document(refused, "") if refused else None
    return render_template("security/agreements.html", rows=rows, given=request.form, problem=problem)


@pages.post("/confidentiality")
@access("keep_evidence")
def keep_agreement() -> Any:
    """Put an agreement on record."""
    who = principal()
    try:
        signed = valid(AgreementIn, given(request.form, *AgreementIn.model_fields)).signed()
        unit(lambda session: agreements.keep(session, signed, who))
    except Problem as refused:
        return _agreements(refused), refused.status
    return redirect("/confidentiality", 303)


@pages.post("/confidentiality/<int:agreement_id>/end")
@access("keep_evidence")
def end_agreement(agreement_id: int) -> Any:
    """An agreement holds no more."""
    who = principal()
    try:
        unit(lambda session: agreements.end(session, agreement_id, who))
    except Problem as refused:
        return _agreements(refused), refused.status
    return redirect("/confidentiality", 303)
