"""What the engine looks after: mails that came to an end, bulletins whose draft is to be made, time limits that will not be met.

Any number of engines may look at once: each acts under the incident's lock, and the others find nothing left."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from command.bulletins import approving, due, reading, sending, service, upward
from command.bulletins.due import Due
from command.bulletins.models import Bulletin, Kind, State
from command.core import clock
from command.core.installation import Installation
from command.incidents import clock_rows, house, plans
from command.incidents.guards import BEFORE_RESTORATION
from command.incidents.guards import State as IncidentState
from command.incidents.models import Incident, IncidentClock
from command.incidents.standing import lock

LOOKED_AT = timedelta(days=30)
"""How long after its end an incident is looked at for a final report that is owed."""
AT_ONCE = 50


def look(session: Session) -> list[int]:
    """Ids of incidents that are handled for which something is to be done now, found without a lock or a write; AT_ONCE at most."""
    query = select(Incident).where(Incident.responding_at.is_not(None), Incident.state.in_(BEFORE_RESTORATION))
    found = []
    for incident in session.scalars(query.order_by(Incident.id)):
        if to_draft(session, incident) is not None or next(upward.found(session, incident), None) is not None:
            found.append(incident.id)
        if len(found) == AT_ONCE:
            break
    return found


def look_back(session: Session) -> list[int]:
    """Ids of incidents that are over and whose final report is to be drafted now. One that has been begun is a person's, whatever became of
    it; of the others only those are looked at closely whose time is near, or that owe the regulator something."""
    now = clock.now(session)
    begun = select(Bulletin.id).where(
        Bulletin.incident_id == Incident.id,
        Bulletin.kind == Kind.FINAL,
        Bulletin.drafted_at >= func.coalesce(Incident.restored_at, Incident.ended_at),
    )
    over = (
        Incident.responding_at.is_not(None),
        Incident.state.not_in((*BEFORE_RESTORATION, IncidentState.MERGED)),
        or_(Incident.ended_at.is_(None), Incident.ended_at > now - LOOKED_AT),
        ~begun.exists(),
    )
    owing = _owing(session)
    found = [
        incident.id
        for incident in session.scalars(select(Incident).where(*over).order_by(Incident.id))
        if (incident.id in owing or _near(session, incident, now)) and to_draft(session, incident) is not None
    ]
    return found[:AT_ONCE]


def _owing(session: Session) -> set[int]:
    """Incidents that owe the regulator something."""
    codes = [known.id for known in house.clocks().clocks if known.stops in due.ALL]
    unmet = (IncidentClock.code.in_(codes), IncidentClock.met_at.is_(None), IncidentClock.state != clock_rows.VOID)
    return set(session.scalars(select(IncidentClock.incident_id).where(*unmet)))


def _near(session: Session, incident: Incident, now: datetime) -> bool:
    """Whether the plan's own time for the final report has nearly come."""
    plan = plans.tier_plan(session, incident)
    ended = incident.restored_at or incident.ended_at
    if plan is None or ended is None:
        return False
    return now >= ended + timedelta(minutes=plan.bulletins.final.within_minutes) - due.LEAD


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
    """One round over what goes on; True while there is more to do now."""
    database = installation.database
    with database.read() as session:
        settled, found = sending.unsettled(session), look(session)
    for incident_id in settled:
        database.background(partial(sending.settle, incident_id=incident_id), actor=actor)
    return _attend(installation, found, actor) or len(settled) == sending.AT_ONCE


def run_back(installation: Installation, actor: str) -> bool:
    """One round over what is over; True while there is more to do now."""
    with installation.database.read() as session:
        found = look_back(session)
    return _attend(installation, found, actor)


def _attend(installation: Installation, found: list[int], actor: str) -> bool:
    for incident_id in found:
        work = partial(attend, installation=installation, incident_id=incident_id)
        installation.database.background(work, actor=actor)
    return len(found) == AT_ONCE
