"""What a customer sees of their own case (R15): by the address in the SMS, or by case number and the last digits of the phone."""

import hmac
import unicodedata
from datetime import timedelta
from typing import Any

from flask import Blueprint, g, redirect, render_template, request
from flask_babel import force_locale
from sqlalchemy.orm import Session

from command.complaints import links, progress, service, words
from command.complaints.models import Case
from command.core import clock
from command.core.documents import document
from command.core.keys import Keyring
from command.core.problems import N_, NotFound, Problem
from command.people import limits
from command.people.access import as_nobody, here, public
from command.people.language import LOCALES, language

pages = Blueprint("customer", __name__)

PER_ADDRESS, PER_CASE, PER_LINK = 200, 8, 3000
WINDOW = timedelta(hours=1)
"""Tries in a window: of one address (wide, for behind a proxy all visitors share one), of one case number (10,000 endings are a
thousand hours of tries), and looks at links."""
ACTOR = "system:customer"
_NOBODY = "+8612000000000"


@pages.get("/c/<token>")
@public("the signed address in the SMS is the secret: it shows the progress of one case and nothing personal")
def by_link(token: str) -> Any:
    """One case by its signed address."""
    as_nobody()
    try:
        _count(f"case-link:{address_index()}", PER_LINK)
        with here().database.read() as session:
            case = session.get(Case, links.read(here(), token))
            if case is None or case.exercise:
                raise links.unknown()
            links.require_fresh(case.opened_at, clock.now(session))
            return _shown(progress.of(session, case))
    except Problem as problem:
        return _form(problem)


@pages.get("/case")
@public("customers look up their own case; the form itself tells nothing")
def form() -> Any:
    """Where to type the case number and the last four digits."""
    as_nobody()
    return _form()


@pages.post("/case")
@public(
    "customers look up their own case: case number and digits of the phone must fit, tries are limited, nothing is changed"
)
def look_up() -> Any:
    """One case by its number and the last four digits of the phone; a wrong number and wrong digits get one answer."""
    as_nobody()
    reference = unicodedata.normalize("NFKC", request.form.get("case", "")[:64]).replace(" ", "").upper()
    digits = unicodedata.normalize("NFKC", request.form.get("digits", "")[:16]).strip()
    try:
        _count(f"case-look-up:{address_index()}", PER_ADDRESS)
        if service.REFERENCE.fullmatch(reference):
            _count(f"case-look-up:{reference}", PER_CASE)
        with here().database.read() as session:
            case = _case(session, here().keyring, reference, digits)
            if clock.now(session) - case.opened_at < links.VALID:
                return redirect(links.path(here(), case.id) + _language_asked(), 303)
            return _shown(progress.of(session, case))
    except Problem as problem:
        return _form(problem)


def _case(session: Session, keyring: Keyring, reference: str, digits: str) -> Case:
    """The case both belong to. The work is the same whether or not there is one: so is the time it takes."""
    case = progress.find(session, reference)
    held = case.number if case else None
    number = keyring.decrypt(held or keyring.encrypt(_NOBODY))
    fits = hmac.compare_digest(number[-4:].encode(), digits.encode("utf-8", "replace"))
    if case is None or held is None or not fits:
        raise NotFound(
            N_("No case with this number and these digits."),
            remedy=N_("Check both against the SMS, or call the hotline."),
        )
    return case


def _language_asked() -> str:
    """The language somebody chose on the form goes on with them."""
    return f"?lang={request.args['lang']}" if request.args.get("lang") in LOCALES else ""


def _count(key: str, most: int) -> None:
    here().database.write(lambda session: limits.hit(session, key, most, WINDOW), actor=ACTOR)


def address_index() -> str:
    """The visitor's address as a keyed index: it is counted, not kept."""
    return here().keyring.index("case address " + (request.remote_addr or "")).hex()


def _shown(found: progress.Progress) -> str:
    """The page in the language asked for, else in the one the case was taken in."""
    if "lang" not in request.args:
        g.language = "zh" if found.language == "zh" else "en"
    with force_locale(LOCALES[language()]):
        return render_template("public/case.html", found=found, words=words, hotline=here().settings.hotline)


def _form(problem: Problem | None = None) -> Any:
    shown = document(problem, "") if problem else None
    wait = problem.values.get("retry_after") if problem else None
    page = render_template(
        "public/case_form.html",
        problem=shown,
        typed=request.form.get("case", "")[:64],
        hotline=here().settings.hotline,
    )
    return page, problem.status if problem else 200, {"Retry-After": str(wait)} if wait else {}
