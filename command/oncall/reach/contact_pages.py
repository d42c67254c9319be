"""How I am reached: one's own methods, their codes and tests, their order, quiet hours. Works without JavaScript."""

from collections.abc import Callable
from datetime import time
from typing import Any

from flask import Blueprint, redirect, render_template, request

from command.core.documents import document
from command.core.problems import N_, Invalid, Problem
from command.oncall.reach import addresses, contact_api, contacts
from command.people import language
from command.people.access import access, here, principal, unit

pages = Blueprint("contact_pages", __name__)

HOME = "/me/contacts"
KINDS = {"sms": N_("SMS"), "voice": N_("Voice call"), "email": N_("E-mail"), "chat": N_("Chat")}
TOLD = {
    "added": N_("A code was sent there. Until you enter it, this way is not used."),
    "verified": N_("Verified. Pages can reach you this way now."),
    "code": N_("A new code was sent. The one before it is no longer valid."),
    "test": N_("A test message is on its way."),
    "saved": N_("Saved."),
    "removed": N_("Removed."),
}


@pages.get(HOME)
@access("read")
def mine() -> Any:
    return _page()


@pages.post(HOME)
@access("read")
def add() -> Any:
    """A new method; what was typed is kept where it is refused."""

    def work() -> str:
        given = contact_api.ContactIn.model_construct(
            kind=_kind(),
            address=request.form.get("address", ""),
            label=request.form.get("label", ""),
            wait_minutes=_minutes("wait_minutes"),
        )
        return f"added&at={contact_api.add_mine(given).id}"

    return _done(work)


@pages.post("/me/contacts/<int:contact_id>/confirm")
@access("read")
def confirm(contact_id: int) -> Any:
    def work() -> str:
        contact_api.confirm_mine(contact_id, request.form.get("code", "")[:40])
        return "verified"

    return _done(work, contact_id)


@pages.post("/me/contacts/<int:contact_id>/code")
@access("read")
def code(contact_id: int) -> Any:
    return _done(lambda: _with(contact_id, contacts.send_code, "code"), contact_id)


@pages.post("/me/contacts/<int:contact_id>/test")
@access("read")
def test(contact_id: int) -> Any:
    return _done(lambda: _with(contact_id, contacts.test, "test"), contact_id)


@pages.post("/me/contacts/<int:contact_id>/move")
@access("read")
def move(contact_id: int) -> Any:
    by = -1 if request.form.get("to") == "up" else 1
    return _done(
        lambda: _with(contact_id, lambda session, _, person, one: contacts.move(session, person, one, by), "saved"),
        contact_id,
    )


@pages.post("/me/contacts/<int:contact_id>/wait")
@access("read")
def wait(contact_id: int) -> Any:
    return _done(
        lambda: _with(contact_id, lambda *given: contacts.set_wait(given[3], _minutes("minutes")), "saved"), contact_id
    )


@pages.post("/me/contacts/<int:contact_id>/remove")
@access("read")
def remove(contact_id: int) -> Any:
    def work() -> str:
        contact_api.remove_mine(contact_id)
        return "removed"

    return _done(work, contact_id)


@pages.post("/me/quiet-hours")
@access("read")
def quiet_hours() -> Any:
    def work() -> str:
        start, end = _time("start"), _time("end")
        unit(lambda session: contacts.set_quiet(session, principal().person_id, start, end))
        return "saved"

    return _done(work)


def _with(contact_id: int, work: contact_api.Work, told: str) -> str:
    contact_api.with_mine(contact_id, work)
    return told


def _done(work: Callable[[], str], contact_id: int | None = None) -> Any:
    """Do it and show the page again, with what was done, or with what is wrong beside what was typed."""
    try:
        told = work()
    except Problem as problem:
        return _page(problem, contact_id), problem.status
    return redirect(f"{HOME}?told={told}", 303)


def _page(problem: Problem | None = None, at: int | None = None) -> str:
    with here().database.read() as session:
        found = contact_api.everything(session)
    return render_template(
        "oncall/contacts.html",
        ways=found.items,
        kinds=[(kind, KINDS[kind]) for kind in found.kinds],
        words=KINDS,
        quiet=found.quiet,
        zone=language.zone_name(),
        problem=document(problem, "") if problem else None,
        at=at if at is not None else request.args.get("at", type=int),
        given=request.form if problem and at is None else {},
        told=TOLD.get(request.args.get("told", "")) if problem is None else None,
        longest=contacts.LONGEST_WAIT,
        schemes=[f"{scheme}://" for scheme in contact_api.house_of(here()).rules.schemes],
    )


def _kind() -> Any:
    kind = request.form.get("kind", "")
    if kind not in addresses.KINDS:
        raise Invalid(N_("Choose how you are reached."), field="kind", remedy=N_("Choose one of the list."))
    return kind


def _minutes(name: str) -> int:
    text = request.form.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise Invalid(
            N_("The wait is 1 to %(most)d minutes."),
            field=name,
            remedy=N_("Give whole minutes."),
            most=contacts.LONGEST_WAIT,
        )
    return int(text)


def _time(name: str) -> time | None:
    text = request.form.get(name, "").strip()
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(N_("This is no time of day."), field=name, remedy=N_("Give one such as 22:00.")) from None
