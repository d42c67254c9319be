"""What becomes of every error: a problem document for programs, a page for people, never a stack trace."""

from typing import Any
from urllib.parse import quote

import structlog
from apiflask.exceptions import HTTPError
from flask import Flask, Response, current_app, g, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from pydantic import ValidationError
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from command.core.documents import Report, document, items
from command.core.problems import N_, Problem, Unauthenticated

logger = structlog.get_logger("web")
PROBLEM_JSON = "application/problem+json"
UNAVAILABLE = "unavailable"
GONE = (OperationalError, InterfaceError, NoConnectionFree)
"""What a database that is gone raises, and one that has no connection left."""
FORGET = "tocsin.forget"
"""Called before an answer that says the database is away: from then on nothing about whoever asks is looked up there, so that the answer
itself does not fail for the same reason."""

_HTTP = {
    400: ("malformed", N_("The request cannot be read."), N_("Send valid JSON in UTF-8, without NUL characters.")),
    404: (
        "not-found",
        N_("There is nothing at this address."),
        N_("Check the address; /api/v1/openapi.json lists them."),
    ),
    405: (
        "method-not-allowed",
        N_("This address does not take this method."),
        N_("Use one of those in the Allow header."),
    ),
    413: ("too-large", N_("The request is larger than %(limit)d bytes."), N_("Send it in several smaller ones.")),
    415: ("unsupported-type", N_("The body has a type that is not read here."), N_("Send JSON as application/json.")),
}
_UNREADABLE = N_("The request cannot be handled.")
_AGAIN = N_("Correct the request and try again.")
_OURS = N_("The error is recorded under %(trace)s.")
_LOST = N_("Check the address, or find the page by its name and an incident by its number.")
_TELL = N_("Try again; if it stays, tell the administrator this id.")


def install(app: Flask) -> None:
    """Handle every error of an application."""
    for kind in (Problem, HTTPError, HTTPException, CSRFError, Exception):
        app.register_error_handler(kind, handle)


def handle(error: Exception) -> Answer:
    """The answer to an error."""
    problem = as_problem(error)
    try:
        response = _answer(problem)
    except GONE as gone:  # whoever asks was looked up for the answer's language
        problem = as_problem(gone)
        response = _answer(problem)
    response.headers.update(_headers(error, problem))
    return response


def _answer(problem: Problem) -> Answer:
    if problem.code == UNAVAILABLE:
        current_app.extensions.get(FORGET, lambda: None)()
    return _for_program(problem) if for_programs() else _for_person(problem)


def _for_program(problem: Problem) -> Answer:
    text = current_app.json.dumps(document(problem, g.get("trace", "")))
    return Response(text, status=problem.status, mimetype=PROBLEM_JSON)


def for_programs() -> bool:
    """Whether whoever asks reads problem documents."""
    return request.path.startswith(("/api/", "/hooks/"))


def _headers(error: Exception, problem: Problem) -> dict[str, str]:
    headers = {}
    if "retry_after" in problem.values:
        headers["Retry-After"] = str(problem.values["retry_after"])
    if problem.status == 401 and for_programs():
        headers["WWW-Authenticate"] = 'Bearer realm="tocsin"'
    if problem.status == 405 and isinstance(error, HTTPException):
        headers.update({name: value for name, value in error.get_headers() if name == "Allow"})
    return headers


def _for_person(problem: Problem) -> Answer:
    """A page for people; those not signed in are taken to the sign-in page and back."""
    if isinstance(problem, Unauthenticated) and request.endpoint != "people.sign_in":
        target = f"/sign-in?next={_here()}"
        if "HX-Request" in request.headers:
            return Response(status=401, headers={"HX-Redirect": "/sign-in"})
        if request.method in ("GET", "HEAD"):
            return redirect(target)
    template = "problem_fragment.html" if "HX-Request" in request.headers else "problem.html"
    return Response(render_template(template, problem=document(problem, g.get("trace", ""))), status=problem.status)


def _here() -> str:
    return quote(request.full_path.rstrip("?"), safe="/")


def as_problem(error: Exception) -> Problem:
    """Any error as a problem that can be shown; those nobody expected are logged with the request's trace."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPError):
        return _of_input(error)
    if isinstance(error, CSRFError):
        return Report(
            400,
            "csrf",
            N_("The page is too old to be trusted."),
            N_("Reload the page and try again, or send X-CSRFToken."),
        )
    if isinstance(error, HTTPException):
        return _of_http(error.code or 500)
    return _of_database(error) or _unexpected(error)


def _of_input(error: HTTPError) -> Problem:
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return _of_http(error.status_code)
    found = items(cause.errors(include_url=False))
    first = found[0]
    return Report(422, "invalid", first.detail, first.remedy, items=found, field=first.field, **first.values)


def _of_http(status: int) -> Problem:
    code, detail, remedy = _HTTP.get(status, ("refused", _UNREADABLE, _AGAIN))
    if status == 404 and not for_programs():
        remedy = _LOST
    values: dict[str, Any] = {"limit": request.max_content_length} if status == 413 else {}
    return Report(status, code, detail, remedy, **values)


def _of_database(error: Exception) -> Problem | None:
    cause = error.orig if type(error) is StatementError else error
    if isinstance(cause, DataError | OverflowError | UnicodeEncodeError):
        logger.warning("value out of range", error=type(error).__name__)
        return Report(422, "out-of-range", N_("A value is out of range."), _AGAIN)
    if isinstance(error, IntegrityError):
        logger.warning("conflict in the database", error=str(error.orig)[:200])
        return Report(
            409,
            "conflict",
            N_("Something else has changed what this rests on."),
            N_("Look again, then repeat it if still needed."),
        )
    if isinstance(error, GONE):
        logger.error("database unavailable", error=type(error).__name__)
        return Report(
            503, UNAVAILABLE, N_("The database does not answer."), N_("Try again in a few seconds."), retry_after=5
        )
    return None


def _unexpected(error: Exception) -> Problem:
    trace = g.get("trace", "")
    logger.error("unexpected error", exc_info=error, route=request.url_rule.rule if request.url_rule else None)
    return Report(500, "unexpected", _OURS, _TELL, trace=trace)
