"""The page that a unit's label opens on a phone: check it out for an open request, say that it is there, give it back. Two taps each and no
scripts, for whoever may manage resources; a unit that cannot be taken says why, and what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy.orm import Session

from command.core import marks
from command.core.documents import document
from command.core.problems import N_, Conflict, Invalid, Problem
from command.incidents import resource_requests
from command.people.access import access, here, may, principal, unit
from command.people.language import HTML, language
from command.resources import allocation, finding, ledger, reading, request_views, requests, upkeep, views, words
from command.resources.allocation import Taking
from command.resources.asked import Strict, Words
from command.resources.forms import given, valid
from command.resources.models import ResourceUnit
from command.resources.out_api import Id
from command.resources.request_views import RequestOut
from command.resources.states import Bucket, State, Step, serves
from command.resources.telling import Returned
from command.resources.unit_api import life_of
from command.resources.views import AllocationOut

pages = Blueprint("resource_scan", __name__)
MOST = 10
"""Requests offered; whoever needs another opens the list."""


class ScanIn(Strict):
    """What is done, for which request, and what was noticed."""

    do: str = ""
    request: Id | None = None
    note: Words = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be done with a unit in its pool: the requests it would do for, or why it cannot be taken."""

    requests: list[RequestOut]
    refused: Problem | None = None


@pages.get("/resources/units/<int:unit_id>/scan")
@access("read")
def scan(unit_id: int) -> Any:
    """How a unit stands, and what is next."""
    return _page(unit_id)


@pages.post("/resources/units/<int:unit_id>/scan")
@access("manage_resources")
def act(unit_id: int) -> Any:
    """Do what was tapped; a refusal shows the page as it is now, with why."""
    try:
        asked = valid(ScanIn, given(request.form, "do", "request", "note"))
        if asked.do not in DOES:
            raise Invalid(N_("There is no such button."), field="do", remedy=N_("Use the buttons of this page."))
        unit(lambda session: DOES[asked.do](session, unit_id, asked))
    except Problem as refused:
        if refused.status == 404:
            raise
        return _page(unit_id, refused, request.form.get("note", "")), refused.status
    return redirect(f"/resources/units/{unit_id}/scan", 303)


def _page(unit_id: int, refused: Problem | None = None, typed: str = "") -> str:
    managing, tongue = may(principal(), "manage_resources"), language()
    with here().database.read() as session:
        found = life_of(session, unit_id, tongue)
        held = _held(session, unit_id, tongue)
        marks.of_exercise(held is not None and held.exercise)
        offer = _offer(session, session.get_one(ResourceUnit, unit_id), tongue) if managing and not held else None
    return render_template(
        "resources/scan.html",
        found=found,
        held=held,
        offer=offer,
        why=document(offer.refused, "") if offer and offer.refused else None,
        problem=document(refused, "") if refused else None,
        typed=typed,
        managing=managing,
        words=words,
        language=HTML[tongue],
    )


def _held(session: Session, unit_id: int, tongue: str) -> AllocationOut | None:
    taken = reading.taken_now(session, [unit_id])
    return views.allocation_out(reading.joined(session, list(taken.values()))[0], tongue) if taken else None


def _offer(session: Session, row: ResourceUnit, tongue: str) -> Offer:
    """Approved requests that lack something this unit does for; why not, where it cannot be taken."""
    stock = finding.stock(session, row.stock_id)
    try:
        ledger.require(stock, row, Bucket.AVAILABLE, 1)
        upkeep.fit(session, row)
    except Problem as refused:
        return Offer([], refused)
    known = resource_requests.listed(session, principal(), states=(requests.APPROVED,), resource_id=row.resource_id)
    able = [request_views.request_out(session, each, tongue) for each in known if serves(stock.type, each.type)]
    return Offer([each for each in able if each.missing][:MOST])


def _take(session: Session, unit_id: int, asked: ScanIn, *, send: bool) -> None:
    """Hold a unit for a request, and send it there."""
    if asked.request is None:
        raise Invalid(N_("Say for which request."), field="request", remedy=N_("Use the buttons of this page."))
    row = resource_requests.locked(session, asked.request, principal())
    stock_id = finding.unit(session, unit_id).stock_id
    (held,) = requests.fill(session, row, [Taking(stock_id, 1, unit_id)])
    if send:
        allocation.turn(session, held.id, Step.ASSIGN)
        allocation.turn(session, held.id, Step.DISPATCH, by=principal())


def _out(session: Session, unit_id: int) -> int:
    """Under what a unit is out. Raise Conflict where it is in its pool: somebody else was faster."""
    held = reading.taken_now(session, [finding.unit(session, unit_id).id]).get(unit_id)
    if held is None:
        raise Conflict(
            N_("This unit is not out any more."), field="unit", remedy=N_("Look at how it stands now, below.")
        )
    return held.id


def _step(step: Step) -> Callable[[Session, int, ScanIn], object]:
    return lambda session, unit_id, asked: allocation.turn(session, _out(session, unit_id), step, note=asked.note)


def _send(session: Session, unit_id: int, asked: ScanIn) -> None:
    held_id = _out(session, unit_id)
    if finding.allocation(session, held_id).state in (State.HELD, State.STAGED):
        allocation.turn(session, held_id, Step.ASSIGN)
    allocation.turn(session, held_id, Step.DISPATCH, by=principal())


def _back(returned: Returned) -> Callable[[Session, int, ScanIn], object]:
    return lambda session, unit_id, asked: allocation.give_back(session, _out(session, unit_id), returned, asked.note)


DOES: dict[str, Callable[[Session, int, ScanIn], object]] = {
    "take": lambda session, unit_id, asked: _take(session, unit_id, asked, send=True),
    "hold": lambda session, unit_id, asked: _take(session, unit_id, asked, send=False),
    "dispatch": _send,
    "check_in": _step(Step.CHECK_IN),
    "release": _step(Step.RELEASE),
    "good": _back(Returned(good=1)),
    "damaged": _back(Returned(damaged=1)),
    "ready": lambda session, unit_id, asked: upkeep.do_unit(session, unit_id, "ready"),
}
"""What the buttons do."""
