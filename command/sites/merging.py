"""What an incident that is merged had of cables, the order of restoration and crew safety goes on for the one it is merged into."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.incidents.models import Incident
from command.sites.models import CableDamage, RestorationLine, SafetyDecision


def pass_on(session: Session, child_id: int, target_id: int) -> None:
    """Cables and decisions become those of the other incident, and lines of sites that it has none of.

    A merge never lets crews go further than somebody said: a no-go for all of the child holds for all of the other until somebody decides
    anew; a go for all of it holds in its area alone, and not at all where that is not known."""
    child = session.get_one(Incident, child_id)
    session.execute(
        update(CableDamage)
        .where(CableDamage.incident_id == child_id)
        .values(incident_id=target_id)
        .execution_options(synchronize_session=False)
    )
    for row in session.scalars(select(SafetyDecision).where(SafetyDecision.incident_id == child_id)).all():
        if row.go and row.area_id is None:
            if child.area_id is None:
                continue
            row.area_id = child.area_id
        row.incident_id = target_id
    held = set(session.scalars(select(RestorationLine.site_id).where(RestorationLine.incident_id == target_id)))
    for line in session.scalars(select(RestorationLine).where(RestorationLine.incident_id == child_id)).all():
        if line.site_id not in held:
            line.incident_id = target_id
    session.flush()
