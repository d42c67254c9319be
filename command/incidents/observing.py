"""After a repair the fault is watched for a set time, so that it does not return unseen (R31)."""

from datetime import timedelta
from typing import cast

from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.incidents import entries, house, observing_rows
from command.incidents import observing_entries as said
from command.incidents.grading import Tier
from command.incidents.models import Incident
from command.incidents.observing_models import Observation
from command.incidents.standing import authorise
from command.people.access import Principal
from playbooks.schema import Kind

ACT = "settle"
LONGEST = timedelta(days=14)


def begin(session: Session, incident: Incident) -> None:
    """Watch a locked incident that was restored just now, for as long as the table says; nothing is begun where that is no time."""
    factor = house.settings(session).observation_factor
    kind, tier = Kind(incident.kind), cast(Tier, incident.tier)
    minutes = house.observation().minutes(kind, tier, exercise=incident.exercise, factor=factor)
    if minutes <= 0:
        return
    now = clock.now(session)
    until = now + timedelta(minutes=minutes)
    row = Observation(incident_id=incident.id, from_at=now, until_at=until, exercise=incident.exercise)
    session.add(row)
    session.flush()
    entries.record(session, incident, said.Began(until=until))


def watch(
    session: Session, incident: Incident, minutes: int, reason: str, by: Principal, *, override: bool = False
) -> None:
    """Watch a locked incident for so many minutes from now on instead; 0 ends it. Raise Conflict where it is not watched, Invalid without
    a reason or for too long, or Denied."""
    authorise(session, incident, by, ACT, override=override, reason=reason)
    row, now = observing_rows.open_of(session, incident.id), clock.now(session)
    if row is None or row.until_at <= now:
        raise Conflict(
            N_("This incident is not under observation."),
            remedy=N_("Only a restored incident is watched, until its time is over."),
        )
    if not reason.strip():
        raise Invalid(N_("This needs a reason."), field="reason", remedy=N_("Say why, in a sentence."))
    before, until = row.until_at, now + timedelta(minutes=minutes)
    if until > row.from_at + LONGEST:
        raise Invalid(
            N_("A repair is watched for %(days)d days at most."),
            field="minutes",
            remedy=N_("Give fewer minutes."),
            days=LONGEST.days,
        )
    cited = entries.note(session, reason)
    if minutes:
        row.until_at = until
        entries.record(session, incident, said.Changed(until=until, before=before, reason=cited))
    else:
        _end(session, row, "ended")
        entries.record(session, incident, said.Ended(before=before, reason=cited))


def pass_over(session: Session, incident: Incident) -> None:
    """Put on record that a locked incident was watched for its time and held."""
    row = observing_rows.open_of(session, incident.id)
    if row is not None and row.until_at <= clock.now(session):
        _end(session, row, "held")
        entries.record(session, incident, said.Held(until=row.until_at))


def stop(session: Session, incident: Incident) -> None:
    """The incident is reopened: nothing is watched any more."""
    row = observing_rows.open_of(session, incident.id)
    if row is not None:
        _end(session, row, "returned")


def drop(session: Session, incident: Incident) -> None:
    """The exercise is over: there is nothing to watch."""
    row = observing_rows.open_of(session, incident.id)
    if row is not None:
        _end(session, row, "ended")


def _end(session: Session, row: Observation, outcome: str) -> None:
    row.ended_at, row.outcome = clock.now(session), outcome
    session.flush()
