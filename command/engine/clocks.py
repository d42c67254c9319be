"""The cycle that watches time: clocks that pass are breached, once, and grades follow the minutes that go by."""

from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import Installation
from command.incidents import clock_rows, grades, impacts, observing, observing_rows
from command.incidents.guards import BEFORE_RESTORATION, LIVE, State
from command.incidents.models import Incident, IncidentClock
from command.incidents.standing import lock

ACTOR = "system:clocks"
AT_ONCE = 50
"""Incidents looked at in one round; each is a unit of work of its own, so that no lock is held for long."""


def run_once(installation: Installation) -> bool:
    """Breach what is late and grade what is handled; True while there is more to do now.

    Any number of engines may run this at once: the incident's lock lets one of them through, and the others find nothing left."""
    with installation.database.read() as session:
        late = _late(session)
        moving = {*_handled(session), *_recovering(session), *observing_rows.over(session)}
        due = [each for each in sorted(moving) if each not in late]
    for incident_id in (*late[:AT_ONCE], *due):
        installation.database.background(partial(_attend, incident_id=incident_id), actor=ACTOR)
    return len(late) > AT_ONCE


def _late(session: Session) -> list[int]:
    """Incidents with a clock whose time has passed."""
    query = (
        select(IncidentClock.incident_id)
        .join(Incident, Incident.id == IncidentClock.incident_id)
        .where(IncidentClock.state == "running", IncidentClock.due_at < clock.now(session), Incident.state.in_(LIVE))
        .distinct()
    )
    return sorted(session.scalars(query))


def _handled(session: Session) -> list[int]:
    """Incidents whose grade would change by now, found without a lock or a write."""
    query = select(Incident).where(Incident.state.in_(BEFORE_RESTORATION)).order_by(Incident.id)
    return [incident.id for incident in session.scalars(query) if grades.is_behind(session, incident)]


def _recovering(session: Session) -> list[int]:
    """Incidents whose recovered people have waited long enough for their all-clear."""
    query = select(Incident).where(Incident.recovering_since.is_not(None), Incident.state == State.RESPONDING)
    return [incident.id for incident in session.scalars(query) if impacts.gathered(session, incident)]


def _attend(session: Session, incident_id: int) -> None:
    incident = lock(session, incident_id)
    if incident.state in LIVE:
        clock_rows.breach_due(session, incident)
        grades.regrade(session, incident)
    observing.pass_over(session, incident)
    if impacts.gathered(session, incident):
        impacts.tell_recovered(session, incident)
