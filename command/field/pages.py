"""The page behind the address in a page's SMS: what it is about, what to do next, what was done; without signing in, without scripts.

Everything is a plain form that answers 303, so a press whose answer got lost can be repeated: it changes nothing the second time."""

import gzip
import secrets
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import force_locale
from sqlalchemy.orm import Session

from command.core import clock, marks
from command.core.problems import N_, Conflict, Invalid, NotFound, Problem
from command.field import pictures, securing, service, store
from command.field.shown import shown
from command.oncall.models import Escalation, Page
from command.oncall.paging import links, responding
from command.oncall.paging import service as oncall
from command.oncall.paging.responses import Verb
from command.people.access import here, public
from command.people.language import HTML, LOCALES, language
from command.people.models import Person

pages = Blueprint("field", __name__)
MOST_UPLOADED = 32 * 1024 * 1024
"""Bytes of a form that are read, so that a photo too large is refused by name and what was typed beside it is not lost."""
SMALL = 200


@pages.url_value_preprocessor
def _admit_photos(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Only who holds a signed address may send a large form."""
    if request.method == "POST" and values and "token" in values:
        try:
            links.read(here(), values["token"])
        except NotFound:
            return
        request.max_content_length = MOST_UPLOADED


@pages.after_request
def _keep_to_themselves(response: Response) -> Response:
    """The address is the secret: no other page learns it, nothing keeps the page."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@pages.get("/p/<token>")
@public("the signed address is the secret: it opens one page for the person paged; looking changes nothing")
def page(token: str) -> Any:
    """What the page is about, and what can be said next."""
    return _page(token)


@pages.post("/p/<token>")
@public("the signed address is the secret, so a forged form cannot know it; it acts for the person paged, on one page")
def answer(token: str) -> Any:
    """Do what was pressed, then show how the page stands (also when somebody was faster)."""
    try:
        with here().database.read() as session:
            called, _, person = _opened(session, token)
        _do(called, person)
    except Conflict:
        pass  # The page shows who was faster, that it is over, or how far they are.
    except NotFound as problem:
        return _closed(problem)
    except Invalid as problem:
        return _page(token, problem)
    return redirect(url_for("field.page", token=token), 303)


def _do(called: Page, person: Person) -> None:
    """Carry out the form: its verb, or the note and photo in it."""
    asked = request.form.get("do", Verb.ACKNOWLEDGE)
    actor = f"person:{person.id}"
    said = service.checked(request.form.get("note", ""))
    if asked == "note":
        _report(called, actor, said)
        return
    if asked == "secure":
        here().database.write(lambda session: securing.secure(session, called, person, request.form), actor=actor)
        return
    here().database.write(lambda session: _say(session, asked, called.id, person.id, said), actor=actor)


def _say(session: Session, asked: str, page_id: int, person_id: int, said: str) -> None:
    match asked:
        case Verb.ACKNOWLEDGE:
            oncall.acknowledge(session, page_id, person_id, "link")
        case Verb.EN_ROUTE:
            responding.en_route(session, page_id, person_id, "link", _minutes())
        case Verb.ON_SCENE:
            responding.on_scene(session, page_id, person_id, "link")
        case Verb.DONE:
            responding.done(session, page_id, person_id, "link", said)
        case Verb.HELP:
            responding.ask_for_help(session, page_id, person_id, "link", said)
        case Verb.DECLINE:
            responding.decline(session, page_id, person_id, "link", said)
        case _:
            raise Invalid(N_("There is no such answer."), field="do", remedy=N_("Use the buttons of this page."))


def _minutes() -> int | None:
    typed = request.form.get("minutes", "").strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 6):
        raise Invalid(N_("This is no number of minutes."), field="minutes", remedy=N_("Give whole minutes."))
    return int(typed)


def _report(called: Page, actor: str, said: str) -> None:
    """A photo with what is written beside it, or a note alone."""
    sent = request.files.get("photo")
    data = sent.stream.read(pictures.MOST_BYTES + 1) if sent else b""
    if data:
        picture = pictures.clean(data)
        digest = store.keep(here().settings, picture)
        here().database.write(lambda s: service.add_photo(s, called, picture, digest, said), actor=actor)
        return
    key = request.form.get("key", "")[:64] or secrets.token_urlsafe(9)
    here().database.write(lambda s: service.add_note(s, called, said, key), actor=actor)


def _page(token: str, problem: Problem | None = None) -> Response:
    try:
        with here().database.read() as session:
            called, chain, person = _opened(session, token)
            seen = shown(session, called, chain, person)
            marks.of_exercise(called.exercise)
    except NotFound as closed:
        return _closed(closed)
    with force_locale(LOCALES[seen.language]):
        text = render_template(
            "field/page.html",
            seen=seen,
            problem=problem,
            key=secrets.token_urlsafe(9),
            typed=request.form.get("note", ""),
            given=request.form,
            asked=request.form.get("do", "") if problem else "",
            language=HTML[seen.language],
        )
    return _light(text, problem.status if problem else 200)


def _closed(problem: NotFound) -> Response:
    """A page that says what to do instead."""
    hotline = here().settings.centre_hotline or here().settings.hotline
    text = render_template("field/closed.html", problem=problem, hotline=hotline, language=HTML[language()])
    return _light(text, 404)


def _light(text: str, status: int) -> Response:
    """The page as a bad connection wants it: in few bytes."""
    response = Response(text, status=status, mimetype="text/html")
    if "gzip" in request.headers.get("Accept-Encoding", "") and len(text) > SMALL:
        response.data = gzip.compress(text.encode(), 9, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _opened(session: Session, token: str) -> tuple[Page, Escalation, Person]:
    """The page of an address, its chain and its person; raise NotFound where the address is forged, old, or the person has left."""
    found = session.get(Page, links.read(here(), token))
    person = session.get(Person, found.person_id) if found else None
    if found is None or person is None or not person.active:
        raise NotFound(N_("This link is not valid."), remedy=N_("Open it from the SMS again, or sign in."))
    links.require_fresh(found.created_at, clock.now(session))
    return found, session.get_one(Escalation, found.escalation_id), person
