"""Families of incidents over JSON: make one part of another, part them, hand a part out by area; and who handles what."""

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import Field
from sqlalchemy.orm import Session

from command.incidents import service, standing, views, visibility
from command.incidents.actions_api import Act, act, guarded, person_named
from command.incidents.api import Name, Words
from command.incidents.family import carving, linking, shown
from command.incidents.family.shown import FamilyOut, GroupOut
from command.incidents.models import Incident
from command.incidents.views import IncidentOut
from command.people.access import access, here, principal
from command.people.language import language

api = APIBlueprint("incident_family_api", __name__, url_prefix="/api/v1/incidents/<number>", tag="Incident families")


class AdoptIn(Act):
    """The number of the incident that becomes part of this one."""

    child: Name


class ChildIn(Act):
    """What goes to the new child: areas (codes) with all within them, and elements by name. `commander` (username) commands it; left out,
    the emergency group of its area does."""

    areas: Annotated[list[Name], Field(max_length=50)] = []
    elements: Annotated[list[Name], Field(max_length=5000)] = []
    commander: Name | None = None


class ParentIn(Act):
    """Other incidents (numbers) of the same event, the area of the whole (default: the narrowest that holds them), and what it is."""

    children: Annotated[list[Name], Field(max_length=linking.MOST - 1)] = []
    area: Annotated[str, Field(max_length=64)] = ""
    summary: Words = ""


@api.get("/family")
@api.output(FamilyOut)
@access("read")
def family(number: str) -> Any:
    """The family of an incident from the top, as far as whoever asks may know of it."""
    with here().database.read() as session:
        incident = service.seen_by(session, standing.find(session, number), principal())
        return shown.family(session, incident, principal(), language())


@api.get("/group")
@api.output(GroupOut)
@access("read")
def group(number: str) -> Any:
    """The emergency group of the echelon that handles the incident's tier: its duties, deputies and gaps."""
    with here().database.read() as session:
        incident = service.seen_by(session, standing.find(session, number), principal())
        return shown.group(session, incident, language())


@api.post("/actions/adopt")
@api.input(AdoptIn)
@api.output(IncidentOut)
@access("link_incidents")
def adopt(number: str, json_data: AdoptIn) -> Any:
    """Make another incident part of this one; it keeps its tier, tasks and commander."""
    return adopted(number, json_data)


def adopted(number: str, body: AdoptIn) -> IncidentOut:
    """Make `body.child` part of the incident."""
    who, tongue = principal(), language()

    def work(session: Session) -> IncidentOut:
        child, parent = linking.locked(session, body.child, number, who)
        linking.adopt(session, parent, child, who, body.reason, override=body.override)
        session.flush()
        return views.full(session, parent, tongue)

    done: IncidentOut = guarded(work)
    return done


@api.post("/actions/split")
@api.input(Act)
@api.output(IncidentOut)
@access("link_incidents")
def split(number: str, json_data: Act) -> Any:
    """Part this incident from the one it is a part of."""
    return parted(number, json_data)


def parted(number: str, body: Act) -> IncidentOut:
    """Part the incident from its parent."""
    return act(number, lambda s, i, who: linking.split(s, i, who, body.reason, override=body.override))


@api.post("/actions/child")
@api.input(ChildIn)
@api.output(IncidentOut, status_code=201)
@access("link_incidents")
def child(number: str, json_data: ChildIn) -> Any:
    """Hand a part of this incident to a new child with a commander of its own; the answer is the child."""
    return carved(number, json_data)


def carved(number: str, body: ChildIn) -> IncidentOut:
    """Carve a child out of the incident."""
    who, tongue = principal(), language()

    def work(session: Session) -> IncidentOut:
        big = visibility.seen_by(session, standing.lock(session, number), who)
        made = carving.carve(
            session,
            big,
            who,
            areas=body.areas,
            elements=body.elements,
            commander=person_named(session, body.commander, "commander") if body.commander else None,
            reason=body.reason,
            override=body.override,
        )
        session.flush()
        return views.full(session, made, tongue)

    done: IncidentOut = guarded(work)
    return done


@api.post("/actions/parent")
@api.input(ParentIn)
@api.output(IncidentOut, status_code=201)
@access("link_incidents")
def parent(number: str, json_data: ParentIn) -> Any:
    """Report a new incident of which this one and others are parts; the answer is the new one."""
    return gathered(number, json_data)


def gathered(number: str, body: ParentIn) -> IncidentOut:
    """Put a new parent over the incident and others."""
    who, tongue = principal(), language()

    def work(session: Session) -> IncidentOut:
        found: list[Incident] = [standing.find(session, each) for each in dict.fromkeys((number, *body.children))]
        children = [
            visibility.seen_by(session, standing.lock(session, each), who) for each in sorted(one.id for one in found)
        ]
        made = linking.over(
            session, children, who, area=body.area, summary=body.summary or body.reason, override=body.override
        )
        session.flush()
        return views.full(session, made, tongue)

    done: IncidentOut = guarded(work)
    return done
