"""Who is part of whom: the tree of incidents, walked up and down."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.incidents.guards import State
from command.incidents.models import Incident

OVER = (State.CLOSED, State.CANCELLED, State.MERGED)
"""States of a child that owes its parent nothing any more."""


def children(session: Session, incident_id: int) -> Sequence[Incident]:
    """The incidents that are parts of one, those that are over too, the oldest first."""
    return session.scalars(select(Incident).where(Incident.parent_id == incident_id).order_by(Incident.id)).all()


def descendants(session: Session, incident_id: int) -> list[int]:
    """The ids of an incident's children, of theirs, and so on."""
    found: list[int] = []
    level = [incident_id]
    while level:
        below = session.scalars(select(Incident.id).where(Incident.parent_id.in_(level)).order_by(Incident.id))
        level = [each for each in below if each not in found and each != incident_id]
        found += level
    return found


def whole(session: Session, incident_id: int) -> list[int]:
    """The ids of an incident and of all that are parts of it, false alarms apart: what the figures of the whole are counted on."""
    below = descendants(session, incident_id)
    live = select(Incident.id).where(Incident.id.in_(below), Incident.state != State.CANCELLED).order_by(Incident.id)
    return [incident_id, *(session.scalars(live) if below else ())]


def ancestors(session: Session, incident: Incident) -> list[Incident]:
    """The incident that it is a part of, and so on upward; the nearest first."""
    found: list[Incident] = []
    at = incident
    while at.parent_id is not None and at.parent_id not in {each.id for each in found}:
        above = session.get(Incident, at.parent_id)
        if above is None:
            break
        found.append(above)
        at = above
    return found


def root(session: Session, incident: Incident) -> Incident:
    """The incident at the top of the family; itself where it is part of none."""
    return ([incident, *ancestors(session, incident)])[-1]


def relatives(session: Session, incident_id: int) -> list[int]:
    """The ids of the other incidents of the family, those that were false alarms apart; none for an incident that stands alone."""
    incident = session.get(Incident, incident_id)
    if incident is None:
        return []
    top = root(session, incident).id
    ids = {top, *descendants(session, top)} - {incident_id}
    if not ids:
        return []
    query = select(Incident.id).where(Incident.id.in_(ids), Incident.state != State.CANCELLED)
    return list(session.scalars(query.order_by(Incident.id)))


def height(session: Session, incident_id: int) -> int:
    """How many levels of children hang below an incident."""
    levels, level = -1, [incident_id]
    while level:
        levels += 1
        level = list(session.scalars(select(Incident.id).where(Incident.parent_id.in_(level))))
    return levels
