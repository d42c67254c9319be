"""An incident's sites, cables and what is deployed, in numbers: what bulletins tell. Without any sites all of them are zero."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.incidents.family import kin
from command.incidents.models import Incident
from command.resources.models import Resource, ResourceAllocation, ResourceRequest, ResourceStock
from command.resources.states import Kind, State
from command.sites import cables, outages, reports, rules, scope
from command.sites.models import Generator, Mains

DEPLOYED = (State.EN_ROUTE, State.ON_SCENE)


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """Counts of sites, lengths in km, and what is on its way or on scene. `sites_peak` is the most that were out at one time,
    `sites_restored` those that were out and are not; `without_mains` counts fallen sites too, `on_generator` those of them that a generator
    carries. `people` counts a crew as many as config/sites.yaml says."""

    sites_out: int = 0
    sites_peak: int = 0
    sites_restored: int = 0
    without_mains: int = 0
    on_generator: int = 0
    cable_km_damaged: float = 0.0
    cable_km_repaired: float = 0.0
    people: int = 0
    vehicles: int = 0
    generators: int = 0


def of(session: Session, incident: Incident) -> SiteFigures:
    """The figures of an incident as they are now, with those of its parts: each site counts once."""
    out = outages.of_incident(session, incident.id)
    now_out = sum(spans[-1][1] is None for spans in out.values())
    known = reports.statuses(session, scope.sites_of(session, incident), exercise=incident.exercise).values()
    off = [row for row in known if row.mains == Mains.OFF]
    parts = kin.whole(session, incident.id)
    broken = [cable for part in parts for cable in cables.of(session, part)]
    people, vehicles, generators = _deployed(session, parts)
    return SiteFigures(
        sites_out=now_out,
        sites_peak=outages.peak(out),
        sites_restored=len(out) - now_out,
        without_mains=len(off),
        on_generator=sum(row.generator == Generator.RUNNING for row in off),
        cable_km_damaged=round(sum(cable.km for cable in broken), 3),
        cable_km_repaired=round(sum(cable.km for cable in broken if cable.repaired_at is not None), 3),
        people=people,
        vehicles=vehicles,
        generators=generators,
    )


def named(session: Session, incident: Incident) -> dict[str, int | float]:
    """The same figures by the names that bulletins know them by. Figures of people and machines that nobody sent are left out."""
    at = of(session, incident)
    deployed = {"people": at.people, "vehicles": at.vehicles, "generators": at.generators}
    return {
        "sites_out": at.sites_out,
        "sites_peak": at.sites_peak,
        "sites_restored": at.sites_restored,
        "without_mains": at.without_mains,
        "on_generator": at.on_generator,
        "cable_km": at.cable_km_damaged,
        "cable_km_restored": at.cable_km_repaired,
        **{name: count for name, count in deployed.items() if count},
    }


def _deployed(session: Session, parts: Sequence[int]) -> tuple[int, int, int]:
    """People, vehicles and generators on their way or on scene."""
    query = (
        select(Resource, ResourceAllocation)
        .join(ResourceStock, ResourceStock.resource_id == Resource.id)
        .join(ResourceAllocation, ResourceAllocation.stock_id == ResourceStock.id)
        .join(ResourceRequest, ResourceRequest.id == ResourceAllocation.request_id)
        .where(ResourceRequest.incident_id.in_(parts), ResourceAllocation.state.in_(DEPLOYED))
    )
    table = rules.sites()
    people = vehicles = generators = 0
    for resource, held in session.execute(query).tuples():
        pieces = held.still_out
        people += pieces * table.people.get(resource.code, 1) if resource.kind == Kind.HUMAN else 0
        vehicles += pieces if resource.code in table.vehicles else 0
        generators += pieces if resource.code in table.generators else 0
    return people, vehicles, generators
