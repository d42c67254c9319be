"""What the engine looks after: mails that came to an end, bulletins whose draft is to be made, time limits that will not be met.

Any number of engines may look at once: each acts under the incident's lock, and the others find nothing left."""

from datetime import timedelta
from functools import partial

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from command.bulletins import approving, reading, sending, service, upward
from command.bulletins.due import Due
from command.bulletins.models import Bulletin, State
from command.core import clock
from command.core.installation import Installation
from command.incidents.guards import State as IncidentState
from command.incidents.models import Incident
from command.incidents.standing import lock

LOOKED_AT = timedelta(days=30)
"""How long after its end an incident is looked at for a final report that is owed."""
AT_ONCE = 50


def look(session: Session) -> list[int]:
    """Ids of incidents for which something is to be done now, found without a lock or a write; AT_ONCE at most."""
    recent = clock.now(session) - LOOKED_AT
    query = (
        select(Incident)
        .where(
            Incident.responding_at.is_not(None),
            Incident.state != IncidentState.MERGED,
            or_(Incident.ended_at.is_(None), Incident.ended_at > recent),
        )
        .order_by(Incident.id)
    )
    found = []
    for incident in session.scalars(query):
        if to_draft(session, incident) is not None or next(upward.found(session, incident), None) is not None:
            found.append(incident.id)
        if len(found) == AT_ONCE:
            break
    return found


def to_draft(session: Session, incident: Incident) -> Due | None:
    """The bulletin whose draft is to be made now. One that a person dropped is not drafted again for the same time."""
    upcoming = reading.upcoming(session, incident)
    if upcoming is None or upcoming.draft_at > clock.now(session):
        return None
    if reading.open_one(session, incident, upcoming.kind) is not None:
        return None
    dropped = select(Bulletin.id).where(
        Bulletin.incident_id == incident.id,
        Bulletin.kind == upcoming.kind,
        Bulletin.state == State.DROPPED,
        Bulletin.due_at == upcoming.at,
    )
    return upcoming if session.scalar(dropped.limit(1)) is None else None


def attend(session: Session, installation: Installation, incident_id: int) -> None:
    """Draft what is to be drafted of one incident and report upward what will not be met. Nothing leaves without a person but what the plan
    pre-approves for superiors."""
    incident = lock(session, incident_id)
    upcoming = to_draft(session, incident)
    if upcoming is not None:
        row = service.draft(session, incident, upcoming.kind, None)
        approving.approve_by_plan(session, installation, incident, row)
    for one in list(upward.found(session, incident)):
        upward.report(session, installation, incident, one)


def run(installation: Installation, actor: str) -> bool:
    """One round; True while there is more to do now."""
    database = installation.database
    with database.read() as session:
        settled, found = sending.unsettled(session), look(session)
    for incident_id in settled:
        database.background(partial(sending.settle, incident_id=incident_id), actor=actor)
    for incident_id in found:
        database.background(partial(attend, installation=installation, incident_id=incident_id), actor=actor)
    return len(found) == AT_ONCE or len(settled) == sending.AT_ONCE
