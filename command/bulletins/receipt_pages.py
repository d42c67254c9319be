"""What a recipient opens from the mail: the bulletin as they may see it, its PDF, and the button that says that they have it."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, g, redirect, render_template, request
from flask_babel import force_locale
from sqlalchemy.orm import Session

from command.bulletins import api, sending, views
from command.bulletins.models import BulletinCopy
from command.core import marks
from command.core.documents import document
from command.core.problems import Problem
from command.incidents.standing import lock
from command.people import limits
from command.people.access import as_nobody, here, public
from command.people.language import HTML, LOCALES, language

pages = Blueprint("bulletin_receipts", __name__)
ACTOR = "system:bulletin_link"
PER_LINK, WINDOW = 3000, timedelta(hours=1)
"""Looks at links in a window, of one address: wide, for behind a proxy all visitors share one."""


@pages.get("/b/<token>")
@public(
    "the signed address in the mail is the secret: it shows one bulletin as its recipient may see it; looking changes nothing"
)
def page(token: str) -> Any:
    """The bulletin, its PDF and the button."""
    as_nobody()
    try:
        _count()
        with here().database.read() as session:
            copy, row = sending.by_link(session, here(), token)
            marks.of_exercise(row.exercise)
            return _shown(session, copy, row, token)
    except Problem as problem:
        return _closed(problem)


@pages.post("/b/<token>/received")
@public(
    "the signed address is the secret, so a forged form cannot know it; it says that one recipient has one bulletin"
)
def received(token: str) -> Any:
    """Note that the recipient has it; a second time changes nothing."""
    as_nobody()

    def work(session: Session) -> None:
        copy, row = sending.by_link(session, here(), token)
        incident = lock(session, row.incident_id)
        sending.receive(session, incident, row, session.get_one(BulletinCopy, copy.id, populate_existing=True), "link")

    try:
        _count()
        here().database.write(work, actor=ACTOR)
    except Problem as problem:
        return _closed(problem)
    return redirect(f"/b/{token}", 303)


@pages.get("/b/<token>/pdf")
@public("the signed address in the mail is the secret: it gives one bulletin as its recipient may see it")
def as_pdf(token: str) -> Any:
    """The bulletin as PDF."""
    as_nobody()
    try:
        _count()
        with here().database.read() as session:
            copy, row = sending.by_link(session, here(), token)
            marks.of_exercise(row.exercise)
            return api.file(views.pdf_of(session, row, copy.language, copy.sees), row)
    except Problem as problem:
        return _closed(problem)


def _count() -> None:
    address = here().keyring.index("bulletin address " + (request.remote_addr or "")).hex()
    here().database.write(
        lambda session: limits.hit(session, f"bulletin-link:{address}", PER_LINK, WINDOW), actor=ACTOR
    )


def _shown(session: Session, copy: BulletinCopy, row: Any, token: str) -> str:
    """In the language asked for, else in the recipient's; the text stays in theirs."""
    if "lang" not in request.args:
        g.language = copy.language
    with force_locale(LOCALES[language()]):
        return render_template(
            "bulletins/received.html",
            found=views.partner_out(session, row, copy),
            token=token,
            language=HTML[language()],
            hotline=sending.hotline(session),
        )


def _closed(problem: Problem) -> Any:
    with here().database.read() as session:
        number = sending.hotline(session)
    page = render_template(
        "bulletins/closed.html", problem=document(problem, ""), hotline=number, language=HTML[language()]
    )
    return page, problem.status
