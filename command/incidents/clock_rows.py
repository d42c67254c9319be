"""The clocks of one incident as rows: started, moved, stopped and breached by what happens. One row per clock, always."""

from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import clocks, entries, house
from command.incidents.clocks import ClockDue, ClockTable, Definition, Event
from command.incidents.grading import Tier
from command.incidents.models import Incident, IncidentClock
from playbooks.schema import Kind

VOID = "void"


def rows(session: Session, incident: Incident) -> list[IncidentClock]:
    """The clocks of an incident, the one due first first."""
    query = select(IncidentClock).where(IncidentClock.incident_id == incident.id)
    return list(session.scalars(query.order_by(IncidentClock.due_at, IncidentClock.id)))


def owed(session: Session, incident: Incident) -> list[str]:
    """The codes of clocks that run, or were breached and not met since."""
    return [row.code for row in rows(session, incident) if row.met_at is None and row.state != VOID]


def refresh(session: Session, incident: Incident, extra: dict[Event, datetime] | None = None) -> None:
    """Bring the rows in line with what has happened: start, move (earlier only) and stop clocks. Running it twice changes nothing.

    `extra` are events that leave no time on the incident itself: the five facts, what the regulator was told."""
    session.flush()
    table = house.clocks()
    known = {row.code: row for row in rows(session, incident)}
    events = happened(incident, table, known) | (extra or {})
    profile = house.settings(session).profile
    tier = cast(Tier, incident.tier) if incident.rules else None
    for due in clocks.due(table, Kind(incident.kind), tier, profile, events):
        row = known.get(due.id)
        if row is None:
            known[due.id] = _start(session, incident, due)
        elif due.due_at < row.due_at and row.state == "running":
            _move(session, incident, row, due.due_at)
    for definition in table.clocks:
        row = known.get(definition.id)
        if row is not None and row.met_at is None and row.state != VOID and definition.stops in events:
            _stop(session, incident, row, events[definition.stops])


def happened(incident: Incident, table: ClockTable, known: dict[str, IncidentClock]) -> dict[Event, datetime]:
    """The events of an incident with their times: from its own times, and from the clocks that were met."""
    times = {
        Event.FIRST_SIGN: incident.detected_at,
        Event.DISCOVERED: incident.detected_at,
        Event.REPORT_RECEIVED: incident.reported_at,
        Event.HANDLING_BEGAN: incident.responding_at,
        # Activation gives every department its tasks: that is the first plan of the handbook.
        Event.FIRST_PLAN_MADE: incident.responding_at,
        Event.RESTORED: incident.restored_at,
    }
    events = {event: at for event, at in times.items() if at is not None}
    for definition in table.clocks:
        row = known.get(definition.id)
        if row is not None and row.met_at is not None and definition.stops not in times:
            events[definition.stops] = min(row.met_at, events.get(definition.stops, row.met_at))
    return events


def definition(code: str) -> Definition | None:
    """The definition of a clock, if the table has it."""
    return next((each for each in house.clocks().clocks if each.id == code), None)


def _start(session: Session, incident: Incident, due: ClockDue) -> IncidentClock:
    row = IncidentClock(
        incident_id=incident.id,
        code=due.id,
        started_at=due.started_at,
        due_at=due.due_at,
        state="running",
        exercise=incident.exercise,
    )
    session.add(row)
    entries.record(session, incident, entries.ClockStarted(clock=due.id, due_at=due.due_at))
    return row


def _move(session: Session, incident: Incident, row: IncidentClock, due_at: datetime) -> None:
    entries.record(session, incident, entries.ClockMoved(clock=row.code, due_at=due_at, before=row.due_at))
    row.due_at = due_at


def _stop(session: Session, incident: Incident, row: IncidentClock, at: datetime) -> None:
    row.met_at = at
    in_time = clocks.judge(row.due_at, at, at) == "met"
    if in_time and row.breached_at is None:
        row.state = "met"
    elif row.state == "running":
        _breach(session, incident, row)
    entries.record(session, incident, entries.ClockStopped(clock=row.code, met_at=at, in_time=in_time))


def breach_due(session: Session, incident: Incident) -> int:
    """Mark the clocks of a locked incident whose time has passed; return how many. Each breach is journaled once."""
    now = clock.now(session)
    late = [
        r for r in rows(session, incident) if r.state == "running" and clocks.judge(r.due_at, None, now) == "breached"
    ]
    for row in late:
        _breach(session, incident, row)
    return len(late)


def _breach(session: Session, incident: Incident, row: IncidentClock) -> None:
    row.state, row.breached_at = "breached", row.due_at
    entries.record(session, incident, entries.ClockBreached(clock=row.code, due_at=row.due_at))


def reopen(session: Session, incident: Incident) -> None:
    """The restoration did not hold: what was met by it is owed again. A breach stays a breach."""
    for row in rows(session, incident):
        known = definition(row.code)
        if known is None or known.stops is not Event.RESTORED or row.met_at is None or row.state == VOID:
            continue
        row.met_at = None
        row.state = "running" if row.breached_at is None else "breached"
        entries.record(session, incident, entries.ClockReopened(clock=row.code, due_at=row.due_at))


def void(session: Session, incident: Incident) -> None:
    """The incident is over without having been handled: clocks that run ask for nothing any more."""
    for row in rows(session, incident):
        if row.state == "running":
            row.state = VOID
