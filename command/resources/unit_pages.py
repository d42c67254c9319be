"""Pages of one unit's life and of something taken, with what can be done next. They work without scripts."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext

from command.core import marks
from command.core.documents import document, filled
from command.core.problems import Problem
from command.people.access import access, here, may, principal, unit
from command.people.language import language, zone, zone_name
from command.people.posts import DEPARTMENTS
from command.resources import (
    allocation,
    crew_api,
    crew_contacts,
    crew_views,
    departures,
    finding,
    labels,
    reading,
    recalling,
    upkeep,
    views,
    words,
)
from command.resources import life as lives
from command.resources.asked import CertifyIn, ReasonIn, ServiceIn
from command.resources.forms import given, instant, valid
from command.resources.out_api import RateIn, RecallIn, ReturnIn, StepIn, named, turned
from command.resources.states import TRANSITIONS, State
from command.resources.telling import Returned
from command.resources.unit_api import CertificateIn, life_of

pages = Blueprint("resource_units", __name__)
USES = 10
"""The newest uses that a unit's page lists; its life has them all."""


@pages.get("/resources/units/<int:unit_id>")
@access("read")
def life(unit_id: int) -> Any:
    """One unit: how it stands, what it was used for, every movement."""
    return _unit(unit_id)


def _unit(unit_id: int, refused: Problem | None = None) -> str:
    with here().database.read() as session:
        found = life_of(session, unit_id, language())
        uses = [views.allocation_out(each, language()) for each in reading.uses(session, unit_id, USES)]
        page = request.args.get("page", 1, type=int)
        page = min(max(page, 1), lives.MOST_PAGES)
        events, older = lives.timeline(session, finding.unit(session, unit_id), language(), page)
        served = lives.served(session, unit_id)
        contact = crew_views.contact_out(session, here().keyring, unit_id)
    label = labels.picture(labels.address(here().settings.origin, unit_id))
    able = [verb for verb, work in upkeep.WORKS.items() if found.unit.card in work.sources]
    allowed = [(verb, gettext(words.WORKS[verb])) for verb in able]
    past = {"events": events, "older": older, "page": page, "served": served}
    crew = {"contact": contact, "label": label}
    return render_template(
        "resources/unit.html", found=found, uses=uses, allowed=allowed, **past, **crew, **_context(refused)
    )


def _context(refused: Problem | None) -> dict[str, Any]:
    return {
        "managing": may(principal(), "manage_resources"),
        "departments": DEPARTMENTS,
        "words": words,
        "given": request.form,
        "problem": document(refused, "") if refused else None,
    }


def _posted(unit_id: int, work: Callable[[], object]) -> Any:
    """Do what the form says and go back to the unit; a refusal shows the page with what was typed."""
    try:
        work()
    except Problem as refused:
        return _unit(unit_id, refused), refused.status
    return redirect(f"/resources/units/{unit_id}", 303)


@pages.post("/resources/units/<int:unit_id>/work")
@access("manage_resources")
def keep(unit_id: int) -> Any:
    """Make it ready, stop it, repair it, write it off."""

    def work() -> None:
        verb = upkeep.named(request.form.get("verb", ""))
        asked = valid(ReasonIn, given(request.form, "reason"))
        unit(lambda session: upkeep.do_unit(session, unit_id, verb, asked.reason))

    return _posted(unit_id, work)


@pages.post("/resources/units/<int:unit_id>/service")
@access("manage_resources")
def service(unit_id: int) -> Any:
    """It was serviced."""

    def work() -> None:
        asked = valid(ServiceIn, given(request.form, "due_on"))
        unit(lambda session: upkeep.service(session, unit_id, asked.due_on))

    return _posted(unit_id, work)


@pages.post("/resources/units/<int:unit_id>/check")
@access("manage_resources")
def check(unit_id: int) -> Any:
    """The information is right."""
    return _posted(unit_id, lambda: unit(lambda session: upkeep.check(session, unit_id)))


@pages.post("/resources/units/<int:unit_id>/certify")
@access("manage_resources")
def certify(unit_id: int) -> Any:
    """It has a certificate."""

    def work() -> None:
        asked = valid(CertifyIn, given(request.form, "name", "expires_on"))
        unit(lambda session: upkeep.certify(session, unit_id, asked.name, asked.expires_on))

    return _posted(unit_id, work)


@pages.post("/resources/units/<int:unit_id>/uncertify")
@access("manage_resources")
def uncertify(unit_id: int) -> Any:
    """A certificate is not asked for any more."""

    def work() -> None:
        asked = valid(CertificateIn, given(request.form, "certificate"))
        unit(lambda session: upkeep.uncertify(session, unit_id, asked.certificate))

    return _posted(unit_id, work)


@pages.post("/resources/units/<int:unit_id>/contact")
@access("manage_resources")
def contact(unit_id: int) -> Any:
    """Whom it is called by from now on; nobody, by the button that says so."""

    def work() -> None:
        if request.form.get("drop"):
            unit(lambda session: crew_contacts.drop(session, unit_id))
        else:
            fields = given(request.form, "person", "outside", "number", "language")
            crew_api.named(unit_id, valid(crew_api.ContactIn, fields))

    return _posted(unit_id, work)


@pages.get("/resources/out/<int:allocation_id>")
@access("read")
def out(allocation_id: int) -> Any:
    """Something taken, and its next steps."""
    return _out(allocation_id)


def _out(allocation_id: int, refused: Problem | None = None) -> str:
    with here().database.read() as session:
        (joined,) = reading.joined(session, [finding.allocation(session, allocation_id)])
        found = views.allocation_out(joined, language())
        marks.of_exercise(found.exercise)
        calls = crew_views.calls_out(session, allocation_id)
        contact = crew_views.contact_out(session, here().keyring, found.unit_id) if found.unit_id else None
        cautions = departures.told(session, joined.held)
    steps = [step for step in TRANSITIONS[State(found.state)] if step != "assign" or joined.held.request_id]
    return render_template(
        "resources/out.html",
        found=found,
        steps=steps,
        zone=zone_name(),
        cautions=[(filled(c.detail, c.values), filled(c.remedy, c.values), c.stops) for c in cautions],
        calls=calls,
        uncalled=found.unit_id is not None and (contact is None or contact.number is None),
        crew=crew_views,
        **_context(refused),
    )


def _turned(allocation_id: int, work: Callable[[], object]) -> Any:
    """Do what the form says and go back; a refusal shows the page with what was typed."""
    try:
        work()
    except Problem as refused:
        return _out(allocation_id, refused), refused.status
    return redirect(f"/resources/out/{allocation_id}", 303)


@pages.post("/resources/out/<int:allocation_id>/step")
@access("manage_resources")
def step(allocation_id: int) -> Any:
    """Stage, assign, dispatch, check in, release."""

    def work() -> None:
        taken = named(request.form.get("step", ""))
        eta = instant(request.form, "eta_at", zone()) if taken == "dispatch" else None
        fields = given(request.form, "place", "note") | {"eta_at": eta, "override": request.form.get("override") == "1"}
        turned(allocation_id, taken, valid(StepIn, fields))

    return _turned(allocation_id, work)


@pages.post("/resources/out/<int:allocation_id>/return")
@access("manage_resources")
def give_back(allocation_id: int) -> Any:
    """Give pieces back, or settle those that were used up or lost."""

    def work() -> None:
        fields = given(request.form, "good", "damaged", "used", "lost", "note")
        asked = valid(ReturnIn, fields | {"ready": request.form.get("ready") == "1"})
        returned = Returned(asked.good, asked.damaged, asked.used, asked.lost)
        unit(lambda session: allocation.give_back(session, allocation_id, returned, asked.note, ready=asked.ready))

    return _turned(allocation_id, work)


@pages.post("/resources/out/<int:allocation_id>/recall")
@access("manage_resources")
def recall(allocation_id: int) -> Any:
    """Take it back from a drill."""

    def work() -> None:
        asked = valid(RecallIn, given(request.form, "note"))
        unit(lambda session: recalling.recall(session, allocation_id, asked.note))

    return _turned(allocation_id, work)


@pages.post("/resources/out/<int:allocation_id>/rate")
@access("manage_resources")
def rate(allocation_id: int) -> Any:
    """Evaluate its use."""

    def work() -> None:
        asked = valid(RateIn, given(request.form, "rating", "condition", "note"))
        unit(
            lambda session: allocation.rate(
                session, allocation_id, asked.rating, condition=asked.condition, note=asked.note
            )
        )

    return _turned(allocation_id, work)
