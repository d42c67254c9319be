"""The form behind the link in the SMS (R16): three questions and a note, without signing in, changeable until the survey closes."""

import unicodedata
from datetime import timedelta
from typing import Any

from flask import Blueprint, g, render_template, request
from flask_babel import force_locale
from sqlalchemy.orm import Session

from command.core.documents import document
from command.core.problems import N_, Invalid, Problem
from command.people import limits
from command.people.access import as_nobody, here, public
from command.people.language import LOCALES, language
from command.satisfaction import answering, links, words
from command.satisfaction.answering import Said
from command.satisfaction.models import Survey, SurveyAnswer, Via

pages = Blueprint("survey_form", __name__)
ACTOR = "system:customer"
LOOKS, ANSWERS, WINDOW = 3000, 20, timedelta(hours=1)
"""In a window: looks of one address (wide, for behind a proxy all visitors share one), and answers of one person."""
YES_NO = {"yes": True, "no": False}


@pages.get("/s/<token>")
@public("the signed address in the SMS is the secret: it shows the form of one person and nothing personal")
def form(token: str) -> Any:
    """The form, with what was ticked before; the words somebody wrote are not shown again."""
    as_nobody()
    try:
        _count_look()
        return _form(token)
    except Problem as problem:
        return _refused(problem)


@pages.post("/s/<token>")
@public("the signed address in the SMS is the secret: it changes the answer of one person until the survey closes")
def send(token: str) -> Any:
    """Take the answer. A refusal keeps what was typed."""
    as_nobody()
    try:
        _count_look()
        answer_id = links.read(here(), token)
        here().database.write(lambda session: limits.hit(session, f"survey:{answer_id}", ANSWERS, WINDOW), actor=ACTOR)
        _exists(token)
    except Problem as problem:
        return _refused(problem)
    try:
        said = _said()
        here().database.write(lambda session: answering.take(session, answer_id, said, Via.LINK).id, actor=ACTOR)
    except Problem as problem:
        return _form(token, problem)
    return _form(token, done=True)


def _said() -> Said:
    values = request.form
    text = unicodedata.normalize("NFC", values.get("words", "")).replace("\0", "").strip()
    restored = values.get("restored", "")
    if restored not in ("", *YES_NO):
        raise Invalid(N_("This value is not allowed."), field="restored", remedy=N_("Choose one of the answers."))
    return Said(YES_NO.get(restored), _grade("satisfaction"), _grade("first_response"), text)


def _grade(name: str) -> int | None:
    typed = request.form.get(name, "")
    if typed == "":
        return None
    if len(typed) != 1 or typed not in "12345":
        raise Invalid(N_("A grade is 1 to 5."), field=name, remedy=N_("5 is very satisfied, 1 very dissatisfied."))
    return int(typed)


def _count_look() -> None:
    index = here().keyring.index("survey address " + (request.remote_addr or "")).hex()
    here().database.write(lambda session: limits.hit(session, f"survey-look:{index}", LOOKS, WINDOW), actor=ACTOR)


def _found(session: Session, token: str) -> tuple[SurveyAnswer, Survey]:
    row = session.get(SurveyAnswer, links.read(here(), token))
    if row is None or row.exercise:
        raise links.unknown()
    return row, session.get_one(Survey, row.survey_id)


def _exists(token: str) -> None:
    with here().database.read() as session:
        _found(session, token)


def _form(token: str, problem: Problem | None = None, *, done: bool = False) -> Any:
    with here().database.read() as session:
        row, survey = _found(session, token)
        taking = answering.taking(session, survey)
        kept = {
            "restored": {True: "yes", False: "no", None: ""}[row.restored],
            "satisfaction": str(row.satisfaction or ""),
            "first_response": str(row.first_response or ""),
        }
        spoken = row.language
    if "lang" not in request.args:
        g.language = "zh" if spoken == "zh" else "en"
    shown = {**kept, **{name: request.form.get(name, "") for name in (*kept, "words")}} if problem else kept
    with force_locale(LOCALES[language()]):
        page = render_template(
            "public/survey.html",
            token=token,
            taking=taking,
            done=done,
            given=shown,
            words=words,
            problem=document(problem, "") if problem else None,
            hotline=here().settings.hotline,
        )
    return page, problem.status if problem else 200


def _refused(problem: Problem) -> Any:
    wait = problem.values.get("retry_after")
    page = render_template(
        "public/survey.html",
        token="",
        taking=False,
        done=False,
        given={},
        words=words,
        problem=document(problem, ""),
        hotline=here().settings.hotline,
    )
    return page, problem.status, {"Retry-After": str(wait)} if wait else {}
