"""How many subscribers of each area an incident affects now, each counted once: what maps are coloured by."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from command.incidents.family import kin
from command.incidents.models import AffectedArea, Impact, Incident
from command.network.census import census

MOST = 400
"""Areas that are told of one incident; those with fewest users are left out beyond it."""

Share = tuple[int, int, float]
"""(area id, users, their share of the area's subscribers, 0..1)"""


def keep(session: Session, incident: Incident, areas: Mapping[int, int]) -> None:
    """Make the rows of an incident those of `areas` (area id → users cut off). Nothing is written where nothing changed."""
    mine = AffectedArea.incident_id == incident.id
    held = dict(session.execute(select(AffectedArea.area_id, AffectedArea.users).where(mine)).tuples().all())
    wanted = {area: users for area, users in areas.items() if users}
    stale = [area for area in held if held[area] != wanted.get(area)]
    if stale:
        session.execute(delete(AffectedArea).where(mine, AffectedArea.area_id.in_(stale)))
    totals = census(session).areas if wanted else {}
    for area, users in wanted.items():
        if held.get(area) != users:
            share = users / max(users, totals.get(area, 0))
            row = AffectedArea(incident_id=incident.id, area_id=area, users=users, share=share)
            row.exercise = incident.exercise
            session.add(row)


def of(session: Session, incident_id: int) -> list[Share]:
    """The areas an incident and its parts affect now, by area: what is cut off and what was declared, of both the larger (they are taken as
    covering the same people). Of declared services in one area the one with most users counts, since one person uses several."""
    cut = select(AffectedArea.area_id, AffectedArea.users, AffectedArea.share)
    found = list(session.execute(cut.where(AffectedArea.incident_id == incident_id)).tuples())
    declared = select(Impact.area_id, Impact.users, Impact.share)
    whose = Impact.incident_id.in_([incident_id, *kin.descendants(session, incident_id)])
    still = whose & Impact.until_at.is_(None) & Impact.declared
    found += session.execute(declared.where(still)).tuples()
    most: dict[int, tuple[int, float]] = {}
    for area, users, share in found:
        if users and users > most.get(area, (0, 0.0))[0]:
            most[area] = (users, round(min(share, 1.0), 4))
    largest = sorted(most.items(), key=lambda each: (-each[1][0], each[0]))[:MOST]
    return sorted((area, users, share) for area, (users, share) in largest)
