"""An incident's sites, cables and crews over JSON. A machine that may write sites may report cables; people decide the rest."""

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents.api import read
from command.people.access import access, here, principal, unit
from command.people.language import language
from command.resources import request_views
from command.resources.request_views import RequestWholeOut
from command.sites import cables, generators, incident_views, restoration, safety, views
from command.sites.asked import CableIn, OwnerIn, PlaceIn, ProgressIn, SafetyIn
from command.sites.cables import Found, Progress
from command.sites.incident_views import CableOut, DecisionOut, IncidentSitesOut, SafetyOut
from command.sites.safety import Said
from command.sites.views import LineOut

api = APIBlueprint("incident_sites_api", __name__, url_prefix="/api/v1/incidents/<number>", tag="Sites")


class LinesOut(BaseModel):
    items: list[LineOut]
    next: None = None


class CablesOut(BaseModel):
    items: list[CableOut]
    next: None = None


@api.get("/sites")
@api.output(IncidentSitesOut)
@access("read")
def sites(number: str) -> Any:
    """Figures, what falls next, the order of restoration, damaged cables and crew safety."""
    return shown(number)


def shown(number: str) -> IncidentSitesOut:
    """All of it; raise NotFound."""
    with here().database.read() as session:
        return incident_views.of(session, read(session, number), principal(), language())


@api.post("/sites/<code>/actions/bring-generator")
@api.output(RequestWholeOut, status_code=201)
@access("request_resource")
def bring_generator(number: str, code: str) -> Any:
    """Ask the pools for a generator for a site, by when it falls."""
    return generator_asked(number, code)


def generator_asked(number: str, code: str) -> RequestWholeOut:
    """Ask for a generator and answer with the request."""
    who, tongue = principal(), language()
    return unit(lambda session: request_views.whole(session, generators.bring(session, number, code, who), tongue))


@api.post("/restoration/actions/place")
@api.input(PlaceIn)
@api.output(LinesOut)
@access("assess")
def place(number: str, json_data: PlaceIn) -> Any:
    """Give a site another place in the order of restoration, with a reason."""
    return placed(number, json_data)


def placed(number: str, given: PlaceIn) -> LinesOut:
    """Move a site and answer with the order."""
    who = principal()
    return _ordered(
        number, lambda session: restoration.place(session, number, given.site, given.place, given.reason, who)
    )


@api.post("/restoration/actions/own")
@api.input(OwnerIn)
@api.output(LinesOut)
@access("edit_task")
def own(number: str, json_data: OwnerIn) -> Any:
    """Name who sees to a site's restoration."""
    return owned(number, json_data)


def owned(number: str, given: OwnerIn) -> LinesOut:
    """Name somebody and answer with the order."""
    who = principal()
    return _ordered(number, lambda session: restoration.own(session, number, given.site, given.owner, who))


def _ordered(number: str, work: Callable[[Session], None]) -> LinesOut:
    unit(work)
    with here().database.read() as session:
        found = restoration.lines(session, read(session, number))
        return LinesOut(items=views.lines_out(session, found, principal(), language()))


@api.get("/cables")
@api.output(CablesOut)
@access("read")
def listed_cables(number: str) -> Any:
    """Damaged cables, those not repaired first."""
    with here().database.read() as session:
        found = cables.of(session, read(session, number).id)
        return CablesOut(items=[incident_views.cable_out(row) for row in found])


@api.post("/cables")
@api.input(CableIn)
@api.output(CableOut, status_code=201)
@access("sites.write")
def cable(number: str, json_data: CableIn) -> Any:
    """A cable was found damaged."""
    return cable_found(number, json_data)


def cable_found(number: str, given: CableIn) -> CableOut:
    """Keep a damaged cable and answer with it."""
    who, found = principal(), Found(**given.model_dump())
    return unit(lambda session: incident_views.cable_out(cables.damaged(session, number, found, who)))


@api.post("/cables/<int:cable_id>/actions/splice")
@api.input(ProgressIn)
@api.output(CableOut)
@access("sites.write")
def splice(number: str, cable_id: int, json_data: ProgressIn) -> Any:
    """So many fibres are spliced; with all of them the cable is repaired."""
    return cable_spliced(number, cable_id, json_data)


def cable_spliced(number: str, cable_id: int, given: ProgressIn) -> CableOut:
    """Keep the progress and answer with the cable."""
    who, progress = principal(), Progress(**given.model_dump())
    return unit(lambda session: incident_views.cable_out(cables.spliced(session, number, cable_id, progress, who)))


@api.get("/safety")
@api.output(SafetyOut)
@access("read")
def crew_safety(number: str) -> Any:
    """Whether crews may go, and how long each has been on duty."""
    with here().database.read() as session:
        return incident_views.safety_out(session, read(session, number), language())


@api.post("/safety")
@api.input(SafetyIn)
@api.output(DecisionOut, status_code=201)
@access("declare_safe")
def declare(number: str, json_data: SafetyIn) -> Any:
    """Say whether crews may go."""
    return declared(number, json_data)


def declared(number: str, given: SafetyIn) -> DecisionOut:
    """Keep a decision and answer with it."""
    who, tongue = principal(), language()
    said = Said(given.decision == "go", given.reason, given.valid_until, given.area, given.unit, given.weather)

    def work(session: Session) -> DecisionOut:
        made = safety.declare(session, number, said, who)
        return incident_views.decision_out(session, made, clock.now(session), tongue)

    return unit(work)
