"""The form by which customers complain without calling anybody (R28): no session, limits in rows, an answer that tells nothing about who
is a subscriber. No SMS leaves for it: whoever types a number need not own it."""

import secrets
import unicodedata
from typing import Any

from flask import Blueprint, redirect, render_template, request

from command.complaints import caller, intake, links, rules
from command.complaints.customer_pages import ACTOR, WINDOW, address_index
from command.complaints.intake import Complaint
from command.core.documents import document
from command.core.problems import N_, Invalid, Problem
from command.people import limits
from command.people.access import as_nobody, here, public
from command.people.language import LOCALES, language

pages = Blueprint("complaint_form", __name__)
PER_ADDRESS, PER_NUMBER = 60, 5
"""Complaints in an hour: of one address (wide, for behind a proxy all visitors share one), and of one number."""
LEAST, LONGEST = 2, 2000
"""Characters a complaint has."""


@pages.get("/complaints/new")
@public("customers complain by themselves; the form itself tells nothing")
def form() -> Any:
    """Where a customer complains."""
    as_nobody()
    return _form()


@pages.post("/complaints/new")
@public("customers complain by themselves: it adds one case, tries are limited, and the answer is that case's own page")
def send() -> Any:
    """Take it and lead to the case's page, which shows its number."""
    as_nobody()
    try:
        given = _given()
        _count(given)
        found = here().database.write(
            lambda session: intake.take_all(session, here(), [given], None)[0].case.id, actor=ACTOR
        )
    except Problem as problem:
        return _form(problem)
    asked = request.args.get("lang", "")
    return redirect(links.path(here(), found) + (f"?lang={asked}" if asked in LOCALES else ""), 303)


def _given() -> Complaint:
    values = request.form
    text = unicodedata.normalize("NFC", values.get("text", "")).replace("\0", "").strip()
    if not LEAST <= len(text) <= LONGEST:
        raise Invalid(
            N_("Say in a few words what is wrong."),
            field="text",
            remedy=N_("Write up to 2,000 characters."),
        )
    key = values.get("key", "")
    return Complaint(
        channel="self_service",
        kind=values.get("kind", "")[:64],
        text=text,
        number=caller.read(values.get("number", "")),
        language="zh" if language() == "zh" else "en",
        source="form",
        reference=key if len(key) == 32 and key.isascii() and key.isalnum() else secrets.token_hex(16),
    )


def _count(given: Complaint) -> None:
    """Count a try of the address and of the number; raise TooMany."""
    number = here().keyring.index(given.number).hex()
    database = here().database
    database.write(lambda s: limits.hit(s, f"complain:{address_index()}", PER_ADDRESS, WINDOW), actor=ACTOR)
    database.write(lambda s: limits.hit(s, f"complain:{number}", PER_NUMBER, WINDOW), actor=ACTOR)


def _form(problem: Problem | None = None) -> Any:
    wait = problem.values.get("retry_after") if problem else None
    page = render_template(
        "public/complaint_form.html",
        problem=document(problem, "") if problem else None,
        kinds=[(kind.code, getattr(kind.name, language())) for kind in rules.current().kinds],
        given=request.form,
        key=request.form.get("key") or secrets.token_hex(16),
        hotline=here().settings.hotline,
    )
    return page, problem.status if problem else 200, {"Retry-After": str(wait)} if wait else {}
