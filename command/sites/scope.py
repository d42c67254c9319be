"""Which sites an incident concerns: those it has put out, and those in its area."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.incidents import places
from command.incidents.models import Incident
from command.network.models import CutOff
from command.sites import falling
from command.sites.models import SiteElement


def areas_below(session: Session, area_id: int | None) -> set[int]:
    """An area and all that lie in it; nothing for None."""
    tree = places.tree(session)
    return {each for each in tree if any(area.id == area_id for area in places.upward(tree, each))}


def sites_of(session: Session, incident: Incident) -> set[int]:
    """The ids of the sites an incident concerns."""
    touched = (
        select(SiteElement.site_id)
        .join(CutOff, CutOff.element_id == SiteElement.element_id)
        .where(CutOff.incident_id == incident.id)
        .distinct()
    )
    return {*session.scalars(touched), *falling.of_area(session, areas_below(session, incident.area_id))}
