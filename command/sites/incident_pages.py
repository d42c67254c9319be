"""The page of an incident's sites, cables and crews, and its card on the incident's board. They work without scripts."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import marks, names
from command.core.documents import document
from command.core.problems import N_, NotFound, Problem
from command.incidents.api import read
from command.network.models import Area
from command.people.access import access, here, may, principal, require
from command.people.language import language, zone, zone_name
from command.people.models import Person
from command.resources import words as resource_words
from command.resources.forms import given, instant, valid
from command.sites import incident_api, incident_views, scope, words
from command.sites.asked import CableIn, OwnerIn, PlaceIn, ProgressIn, SafetyIn

pages = Blueprint("incident_sites", __name__)
ACTS = {"generator": "request_resource", "place": "assess", "own": "edit_task", "cable": "sites.write"}
ACTS |= {"splice": "sites.write", "safety": "declare_safe"}
"""The forms of the page, and what each needs."""
CARD = 5
"""Sites that the card of the board names."""


@pages.get("/incidents/<number>/sites")
@access("read")
def of_incident(number: str) -> Any:
    """What falls next, the order of restoration, cables, and whether crews may go."""
    return _page(number)


@pages.get("/incidents/<number>/sites/part")
@access("read")
def card(number: str) -> Any:
    """The card of the incident's board: nothing where there is nothing to say."""
    with here().database.read() as session:
        found = incident_views.of(session, read(session, number), principal(), language())
    if found.empty:
        return ""
    return render_template("sites/card.html", number=number, found=found, words=words, most=CARD)


def _page(number: str, refused: Problem | None = None, doing: str = "") -> str:
    with here().database.read() as session:
        incident = read(session, number)
        marks.of_exercise(incident.exercise)
        found = incident_views.of(session, incident, principal(), language())
        areas = _areas(session, incident.area_id)
        people = session.scalars(select(Person).where(Person.active).order_by(Person.username)).all()
    who = principal()
    return render_template(
        "sites/incident.html",
        number=incident.number,
        found=found,
        areas=areas,
        crew_choices=[(str(crew.unit.id), crew.unit.serial) for crew in found.safety.crews],
        people=[(each.username, names.of(each, language())) for each in people],
        able={form for form, act in ACTS.items() if may(who, act)},
        doing=doing,
        given=request.form,
        words=words,
        states=resource_words.STATES,
        zone=zone_name(),
        problem=document(refused, "") if refused else None,
    )


def _areas(session: Session, area_id: int | None) -> list[tuple[str, str]]:
    """The areas of an incident, for whom a go or no-go is."""
    ids = scope.areas_below(session, area_id)
    query = select(Area).where(Area.id.in_(ids)).order_by(Area.code) if ids else select(Area).order_by(Area.code)
    return [(area.code, names.of(area, language())) for area in session.scalars(query)]


@pages.post("/incidents/<number>/sites/<form>")
@access("read")
def do(number: str, form: str) -> Any:
    """What a form of the page asks for; a refusal shows the page with what was typed."""
    if form not in ACTS:
        raise NotFound(N_("There is nothing at this address."), remedy=N_("Use the buttons of the incident's page."))
    require(ACTS[form])
    try:
        FORMS[form](number)
    except NotFound:
        raise
    except Problem as refused:
        return _page(number, refused, _key(form)), refused.status
    return redirect(f"/incidents/{number}/sites#at-{'place' if form == 'own' else form}", 303)


def _key(form: str) -> str:
    """Which of several forms alike it was."""
    about = request.form.get("site") or request.form.get("cable") or ""
    return f"{form}-{about}" if about else form


def _generator(number: str) -> None:
    incident_api.generator_asked(number, request.form.get("site", ""))


def _place(number: str) -> None:
    incident_api.placed(number, valid(PlaceIn, given(request.form, "site", "place", "reason")))


def _own(number: str) -> None:
    incident_api.owned(number, valid(OwnerIn, given(request.form, "site", "owner")))


def _cable(number: str) -> None:
    fields = [name for name in CableIn.model_fields if name != "eta_at"]
    values = given(request.form, *fields) | {"eta_at": instant(request.form, "eta_at", zone())}
    incident_api.cable_found(number, valid(CableIn, values))


def _splice(number: str) -> None:
    values = given(request.form, "fibres_done", "version", "crew", "words")
    values |= {"eta_at": instant(request.form, "eta_at", zone())}
    cable = request.form.get("cable", type=int)
    incident_api.cable_spliced(number, cable or 0, valid(ProgressIn, values))


def _safety(number: str) -> None:
    values = given(request.form, "decision", "reason", "weather", "area", "unit")
    values |= {"valid_until": instant(request.form, "valid_until", zone())}
    incident_api.declared(number, valid(SafetyIn, {name: value for name, value in values.items() if value is not None}))


FORMS: dict[str, Callable[[str], None]] = {
    "generator": _generator,
    "place": _place,
    "own": _own,
    "cable": _cable,
    "splice": _splice,
    "safety": _safety,
}
