"""The agent's desk: a caller's number in, what to say out, the call on record, an SMS on its way."""

import secrets
from typing import Any, get_args

from flask import Blueprint, redirect, render_template, request
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.complaints import caller, listing, lookup, saying, service, wording, words
from command.complaints import rules as rules_of_complaints
from command.complaints.api import CaseIn, Language, call_of
from command.complaints.lookup import Found
from command.complaints.models import CHANNELS, CLASSES
from command.core import clock
from command.core.documents import Report, document, items
from command.core.log import mask
from command.core.problems import Problem
from command.incidents.activation import KIND_WORDS
from command.network.models import Area
from command.people.access import access, here, principal, rules, unit
from command.people.language import language
from command.people.models import Person, PersonPost

pages = Blueprint("desk", __name__)


@pages.get("/desk")
@access("take_case")
def desk() -> Any:
    """The desk with nobody on the line."""
    return _desk()


@pages.post("/desk/look-up")
@access("take_case")
def look_up() -> Any:
    """Who calls? The number comes in the body and goes no further: the page shows it masked and carries it sealed."""
    try:
        number = caller.read(request.form.get("number", ""))
        found, said = unit(lambda session: _looked_up(session, number))
    except Problem as problem:
        return _desk(problem=problem), problem.status, _retry(problem)
    return _answer(number, found, said)


def _looked_up(session: Session, number: str) -> tuple[Found, saying.Saying]:
    found = service.look_up(session, here(), number, principal())
    return found, saying.to_caller(session, found)


def _retry(problem: Problem) -> dict[str, str]:
    wait = problem.values.get("retry_after")
    return {"Retry-After": str(wait)} if wait else {}


@pages.post("/desk/cases")
@access("take_case")
def take() -> Any:
    """Record the call; a refusal keeps what was typed."""
    who = principal()
    try:
        with here().database.read() as session:
            now = clock.now(session)
        number = caller.unseal(here().keyring, request.form.get("caller", ""), who.person_id, now)
    except Problem as problem:
        return _desk(problem=problem), problem.status
    try:
        given = _body(number)
        key = request.form.get("key", "")[:64] or None
        reference = unit(lambda session: service.take(session, here(), call_of(given, key), who).reference)
    except Problem as problem:
        with here().database.read() as session:
            found = lookup.find(session, here().keyring.index(number), who)
            said = saying.to_caller(session, found)
        return _answer(number, found, said, problem), problem.status
    return redirect(f"/desk?case={reference}", 303)


def _body(number: str) -> CaseIn:
    form = request.form
    plain = {
        name: form.get(name, "")
        for name in ("incident", "channel", "service_class", "note", "language", "area", "kind")
    }
    values = {**plain, "number": number, "complaint": "complaint" in form, "tell": "tell" in form}
    try:
        return CaseIn.model_validate(values)
    except ValidationError as error:
        first = items(error.errors(include_url=False))[0]
        raise Report(422, "invalid", first.detail, first.remedy, field=first.field, **first.values) from error


@pages.post("/desk/cases/<reference>/close")
@access("take_case")
def close(reference: str) -> Any:
    """Close a case with its result."""
    return _change(reference, lambda session, case: service.close(session, case, _typed("result"), principal()))


@pages.post("/desk/cases/<reference>/hand-over")
@access("take_case")
def hand_over(reference: str) -> Any:
    """Give a case to a colleague, with the reason."""

    def work(session: Session, case: Any) -> None:
        service.hand_over(session, case, _typed("to"), _typed("reason"), principal())

    return _change(reference, work)


def _typed(name: str) -> str:
    return request.form.get(name, "")[:4000]


def _change(reference: str, work: Any) -> Any:
    try:
        unit(lambda session: work(session, service.lock(session, reference, principal())))
    except Problem as problem:
        return _desk(problem=problem), problem.status
    return redirect(f"/desk?done={reference}" if service.REFERENCE.fullmatch(reference) else "/desk", 303)


def _answer(number: str, found: Found, said: saying.Saying, problem: Problem | None = None) -> str:
    """The answer about one caller: a fragment for the page that is open, or the whole page."""
    who = principal()
    with here().database.read() as session:
        now = clock.now(session)
        areas = [] if found.subscriber else session.scalars(select(Area).order_by(Area.code)).all()
    which = 0 if language() == "zh" else 1
    shown: dict[str, Any] = {
        "masked": mask(number),
        "sealed": caller.seal(here().keyring, number, who.person_id, now),
        "key": secrets.token_hex(8),
        "found": found,
        "said": said,
        "areas": areas,
        "complaint_kinds": {kind.code: getattr(kind.name, language()) for kind in rules_of_complaints.current().kinds},
        "kinds": {kind: pair[which] for kind, pair in KIND_WORDS.items()},
        "channels": CHANNELS,
        "classes": CLASSES,
        "languages": get_args(Language),
        "words": words,
        "checks": wording.CHECKS,
        "given": request.form,
        "problem": document(problem, "") if problem else None,
    }
    if "HX-Request" in request.headers:
        return render_template("desk/answer.html", **shown)
    return _desk(**shown)


def _desk(problem: Problem | None = None, **shown: Any) -> str:
    who = principal()
    if isinstance(problem, Problem):
        shown["problem"] = document(problem, "")
        if "HX-Request" in request.headers:
            return render_template("problem_fragment.html", problem=shown["problem"])
    elif problem is not None:
        shown["problem"] = problem
    with here().database.read() as session:
        mine = listing.mine(session, here().keyring, who, language())
        others = [person for person in colleagues(session) if person.id != who.person_id]
    taken = next((case for case in mine if case.case == request.args.get("case")), None)
    done = request.args.get("done", "")
    return render_template(
        "desk/desk.html",
        mine=mine,
        colleagues=others,
        taken=taken,
        done=done if service.REFERENCE.fullmatch(done) else "",
        typed=request.form if problem else {},
        **{"words": words, "found": None, "problem": None, **shown},
    )


def colleagues(session: Session) -> list[Person]:
    """Everybody who answers callers."""
    able = {post for row in rules().rows if row.act == "take_case" for post in row.who_may()}
    query = select(Person).join(PersonPost).where(Person.active, PersonPost.post.in_(able)).distinct()
    return list(session.scalars(query.order_by(Person.id).limit(500)))
