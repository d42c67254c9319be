"""An exercise incident is over because the exercise is: it ends as it stands, and nobody is told of it but by its journal."""

from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import clock_rows, entries, impacts, observing, standing
from command.incidents.guards import BEFORE_RESTORATION, FINAL, State
from command.incidents.models import Incident
from command.notices import service as notices
from command.oncall.paging import service as oncall


def end(session: Session, number: str, reason: str) -> bool:
    """End an exercise incident: cancelled, or closed where service was restored already. Pages stop, notices that have not left are taken
    back, no correction and no all-clear is drafted, no lesson is kept. Whether it was open. Raise ValueError for a live incident."""
    incident = standing.lock(session, number)
    if not incident.exercise:
        raise ValueError(f"{number} is a live incident and ends by its own verbs")
    if incident.state in FINAL or incident.state == State.CLOSED:
        return False
    told = standing.told_count(session, incident.id)
    for notice in standing.notices_in_flight(session, incident):
        notices.withdraw(session, notice, session.info["actor"], reason)
    restored = incident.state not in BEFORE_RESTORATION
    if not restored:
        impacts.end_all(session, incident)
    clock_rows.void(session, incident)
    oncall.stop(session, incident.id, "cancelled")
    observing.drop(session, incident)
    now = clock.now(session)
    incident.state, incident.ended_at = State.CLOSED if restored else State.CANCELLED, now
    incident.closed_at = now if restored else incident.closed_at
    session.flush()
    _record(session, incident, reason, told)
    return True


def _record(session: Session, incident: Incident, reason: str, told: int) -> None:
    if incident.state == State.CANCELLED:
        entries.record(session, incident, entries.Cancelled(told=told, reason=entries.note(session, reason)))
        return
    states = [row.state for row in clock_rows.rows(session, incident)]
    payload = entries.Closed(
        users_peak=incident.users_peak,
        user_minutes=incident.user_minutes,
        clocks_met=states.count("met"),
        clocks_breached=states.count("breached"),
    )
    entries.record(session, incident, payload)
