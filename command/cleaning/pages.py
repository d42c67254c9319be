"""The page of marked numbers: what they are by reason, road and area, the list, the export, and marks cleared and set again. It works
without scripts."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from command.cleaning import api, clearing, listing, words
from command.cleaning import asked as reading
from command.cleaning.api import ClearAllIn, ClearingIn
from command.cleaning.asked import FIELDS, FilterIn, PageIn, ReasonIn
from command.cleaning.listing import Filter
from command.core.documents import document
from command.core.problems import N_, NotFound, Problem
from command.messages import policy
from command.people.access import access, here, may, principal, unit
from command.people.language import language
from command.resources.forms import given, valid

pages = Blueprint("bad_numbers", __name__)


@pages.get("/numbers/bad", endpoint="listed")
@access("read")
def listed() -> ResponseReturnValue:
    """Numbers that ordinary notices leave out. A filter that cannot be used names its field."""
    try:
        return _page(valid(PageIn, given(request.args, *FIELDS, "after")))
    except NotFound:
        raise
    except Problem as refused:
        return _page(PageIn(), refused), refused.status


@pages.post("/numbers/bad/export")
@access("export")
def exported() -> ResponseReturnValue:
    """The operator's references as CSV."""
    return _done("export", lambda: api.file(valid(FilterIn, given(request.form, *FIELDS))))


@pages.post("/numbers/bad/clear")
@access(clearing.ACT)
def clear_all() -> ResponseReturnValue:
    """Clear all that the filter shows."""
    typed = {"why": "", **given(request.form, *FIELDS, "count", "why")}
    return _done("all", lambda: _to_clearing(api.cleared(valid(ClearAllIn, typed))))


@pages.post("/numbers/bad/undo")
@access(clearing.ACT)
def undo() -> ResponseReturnValue:
    """Undo a clearing."""

    def work() -> ResponseReturnValue:
        asked = valid(ClearingIn, given(request.form, "clearing"))
        unit(lambda session: clearing.undo_all(session, asked.clearing))
        return redirect("/numbers/bad", 303)

    return _done("undo", work)


@pages.post("/numbers/bad/<int:subscriber_id>/<verb>")
@access(clearing.ACT)
def do(subscriber_id: int, verb: str) -> ResponseReturnValue:
    """Clear the mark of one number, or set it again."""

    def work() -> ResponseReturnValue:
        if verb == "restore":
            unit(lambda session: clearing.undo(session, subscriber_id))
            return redirect("/numbers/bad", 303)
        asked, by = valid(ReasonIn, {"reason": "", **given(request.form, "reason")}), principal().actor
        return _to_clearing(unit(lambda session: clearing.clear(session, subscriber_id, asked.reason, by)))

    if verb not in ("clear", "restore"):
        raise NotFound(N_("There is nothing at this address."), remedy=N_("Go back to the list and use its buttons."))
    return _done(f"{verb}-{subscriber_id}", work)


def _to_clearing(clearing_id: int) -> ResponseReturnValue:
    return redirect(f"/numbers/bad?{urlencode({'state': 'cleared', 'done': clearing_id})}", 303)


def _done(doing: str, work: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Do it; a refusal keeps what was typed."""
    try:
        return work()
    except NotFound:
        raise
    except Problem as refused:
        return _page(_typed(), refused, doing), refused.status


def _typed() -> PageIn:
    """The filter of a form that was refused; none where it is what could not be used."""
    try:
        return valid(PageIn, given(request.form, *(name for name in FIELDS if not (name == "reason" and _of_one()))))
    except Problem:
        return PageIn()


def _of_one() -> bool:
    """Whether the form is of one number: there `reason` is why."""
    return "subscriber_id" in (request.view_args or {})


def _page(asked: PageIn, refused: Problem | None = None, doing: str = "") -> str:
    done = request.args.get("done", type=int)
    with here().database.read() as session:
        try:
            wanted = reading.read(session, asked)
        except Problem:
            if refused is None:
                raise
            wanted = Filter()
        found = listing.page(session, here().keyring, wanted, asked.after, listing.PAGE + 1)
        sums, roads, rule = listing.sums(session, wanted), listing.roads(session), policy.current(session).bad_numbers
    kept = {name: getattr(wanted, name) for name in FIELDS if getattr(wanted, name)}
    kept |= {"alone": "1"} if wanted.alone else {}
    more = found[listing.PAGE - 1].subscriber_id if len(found) > listing.PAGE else None
    return render_template(
        "cleaning/page.html",
        found=found[: listing.PAGE],
        sums=sums,
        rule=rule,
        wanted=wanted,
        kept=kept,
        query=urlencode(kept),
        next=f"/numbers/bad?{urlencode({**kept, 'after': more})}" if more else "",
        first=f"/numbers/bad?{urlencode(kept)}" if asked.after else "",
        reasons=[("", gettext("all reasons"))]
        + [(value.value, gettext(word)) for value, word in words.REASONS.items()],
        states=[(value, gettext(word)) for value, word in words.STATES.items()],
        roads=[("", gettext("all roads"))] + [(each, each) for each in roads],
        tongue=language(),
        words=words,
        done=done if done and 0 < done < 2**62 else None,
        may_clear=may(principal(), clearing.ACT),
        may_export=may(principal(), "export"),
        given=request.form,
        doing=doing,
        problem=document(refused, "") if refused else None,
    )
