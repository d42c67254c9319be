"""Sign-in, one's own page, and the list of people."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask import session as cookie
from flask_login import current_user, login_user, logout_user
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.documents import Report, document, items
from command.core.problems import N_, Invalid, Problem
from command.people import choices, directory, limits, passwords, service, tokens
from command.people.access import ALL, access, here, may, principal, public, unit, visitor
from command.people.api import PersonOut, TokenIn, TokenOut, new_token, person_out
from command.people.authority import Act
from command.people.gate import protect
from command.people.identity import Visitor
from command.people.models import Person
from command.people.places import inside
from command.people.posts import DEPARTMENTS, POSTS
from command.people.signin import LOCK, PER_NAME, WINDOW, authenticate

pages = Blueprint("people", __name__)

DEMO_SHOWN = 6


@pages.get("/sign-in")
@public("whoever is not signed in must be able to")
def sign_in() -> Any:
    if visitor() is not None:
        return redirect(inside(request.args.get("next", "/")))
    return _sign_in_page()


@pages.post("/sign-in")
@public("whoever is not signed in must be able to")
def sign_in_now() -> Any:
    protect()
    username, password = request.form.get("username", ""), request.form.get("password", "")
    try:
        found = authenticate(here(), username, password, request.remote_addr or "")
    except Problem as problem:
        wait = problem.values.get("retry_after")
        return _sign_in_page(problem, username), problem.status, {"Retry-After": str(wait)} if wait else {}
    cookie.clear()
    cookie.permanent = True
    login_user(found)
    return redirect(inside(request.args.get("next", "/")), 303)


def _sign_in_page(problem: Problem | None = None, username: str = "") -> str:
    shown = document(problem, "") if problem else None
    return render_template(
        "people/sign_in.html",
        problem=shown,
        username=username,
        demo=_demo_people(),
        demo_password=passwords.OF_DEMO,
        posts=POSTS,
    )


def _demo_people() -> list[PersonOut]:
    """Some demo people with different posts, to try; none in production."""
    if not here().settings.demo_allowed:
        return []
    with here().database.read() as session:
        everybody = session.scalars(select(Person).where(Person.demo, Person.active).order_by(Person.id).limit(100))
        people = [person_out(person, here().keyring) for person in everybody]
    by_post = {person.posts[0]: person for person in reversed(people) if person.posts}
    return sorted(by_post.values(), key=lambda person: person.id)[:DEMO_SHOWN]


@pages.post("/sign-out")
@public("it ends nothing but the session that asks, after the CSRF check")
def sign_out() -> Any:
    protect()
    found = current_user._get_current_object()
    if isinstance(found, Visitor):
        everywhere = request.form.get("everywhere") == "yes"
        here().database.write(lambda session: _end(session, found, everywhere), actor=found.principal.actor)
    logout_user()
    cookie.clear()
    return redirect("/sign-in", 303)


def _end(session: Session, found: Visitor, everywhere: bool) -> None:
    if everywhere:
        service.sign_out_everywhere(session, service.find(session, found.principal.person_id))
    else:
        service.sign_out(session, found.key)


@pages.get("/me")
@access("read")
def me() -> Any:
    return _my_page()


def _my_page(problem: Problem | None = None, token: str = "", given: dict[str, str] | None = None) -> str:
    who = principal()
    with here().database.read() as session:
        person = person_out(session.get_one(Person, who.person_id), here().keyring)
        mine = [
            TokenOut.model_validate(each, from_attributes=True) for each in tokens.tokens_of(session, who.person_id)
        ]
    return render_template(
        "people/me.html",
        person=person,
        posts=POSTS,
        departments=DEPARTMENTS,
        tokens=mine,
        scopes=[ALL, *(act for act in Act if may(who, act))],
        shortest=passwords.SHORTEST,
        new_token=token,
        problem=document(problem, "") if problem else None,
        given=given or {},
        zones=choices.zones(datetime.now(UTC)),
        operator_zone=here().settings.zone,
    )


@pages.post("/me/tokens")
@access("read")
def create_token() -> Any:
    given = {"name": request.form.get("name", ""), "days": request.form.get("days", "")}
    try:
        wanted = _token_in(given)
        _, text = unit(lambda session: new_token(session, wanted, principal()))
    except Problem as problem:
        return _my_page(problem, given=given), problem.status
    return _my_page(token=text), 201


def _token_in(given: dict[str, str]) -> TokenIn:
    scopes = request.form.getlist("scopes")
    try:
        return TokenIn.model_validate({"name": given["name"], "scopes": scopes, "expires_in_days": given["days"]})
    except ValidationError as error:
        first = items(error.errors(include_url=False))[0]
        raise Report(422, "invalid", first.detail, first.remedy, field=first.field, **first.values) from error


@pages.post("/me/tokens/<int:token_id>/revoke")
@access("read")
def revoke_token(token_id: int) -> Any:
    unit(lambda session: tokens.revoke_token(session, token_id, principal()))
    return redirect("/me", 303)


@pages.post("/me/password")
@access("read")
def change_password() -> Any:
    """A new password; every session ends, so that whoever knew the old one is out. Guesses of the old one, at a desk somebody
    left, are limited as those of the sign-in."""
    who = principal()
    guesses = f"password:{who.person_id}"
    with here().database.read() as session:
        stored = session.get_one(Person, who.person_id).password_hash
    try:
        here().database.write(
            lambda session: limits.hit(session, guesses, PER_NAME, WINDOW, lock=LOCK), actor=who.actor
        )
        if not passwords.matches(stored, request.form.get("old", "")):
            raise Invalid(N_("The present password is wrong."), field="old", remedy=N_("Correct it."))
        fresh = passwords.hashed(request.form.get("password", ""), who.username)
    except Problem as problem:
        return _my_page(problem), problem.status

    def work(session: Session) -> None:
        limits.clear(session, guesses)
        service.set_password(session, service.find(session, who.person_id), fresh)

    unit(work)
    return redirect("/sign-in", 303)


@pages.get("/people")
@access("read")
def people() -> Any:
    """Everybody, under their departments or (`by=group`) emergency groups; `q` looks for some."""
    asked, by = request.args.get("q", "").strip()[:100], request.args.get("by", "department")
    with here().database.read() as session:
        everybody = directory.found(session, here().keyring, asked)
        groups = directory.by_group(session, everybody) if by == "group" else directory.by_department(everybody)
    by = "group" if by == "group" else "department"
    return render_template("people/people.html", groups=groups, count=len(everybody), q=asked, by=by, posts=POSTS)
