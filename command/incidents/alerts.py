"""The alert of a new tier I or II: it sounds in the room until one person has seen it, once for everybody, on record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict
from command.incidents import entries
from command.incidents.guards import BEFORE_RESTORATION
from command.incidents.models import AlertSeen, GradeChange, Incident
from command.incidents.visibility import seen_by
from command.people.access import Principal

GRAVE = 2
"""Tiers up to this one are alerted."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Since when an incident is as grave as it is, and who saw it first, if anybody did."""

    tier: int
    since: datetime
    seen_at: datetime | None = None
    seen_by: int | None = None


def since(tiers: Iterable[tuple[int, datetime]]) -> datetime | None:
    """When the last of the tiers an incident was given, oldest first, became grave or graver; None if it is not grave. Pure.

    A lowering within the grave tiers begins no new alert; one that falls below them and rises again does."""
    held, begun = GRAVE + 1, None
    for tier, at in tiers:
        if tier <= GRAVE and tier < held:
            begun = at
        held = tier
    return begun if held <= GRAVE else None


def of(session: Session, incident_id: int, state: str) -> Alert | None:
    """The alert of an incident in a state; None for one that is not grave, or not being handled any more."""
    if state not in BEFORE_RESTORATION:
        return None
    query = select(GradeChange.tier, GradeChange.at).where(GradeChange.incident_id == incident_id)
    grades = session.execute(query.order_by(GradeChange.id)).tuples().all()
    begun = since(grades)
    if begun is None:
        return None
    seen = select(AlertSeen.at, AlertSeen.person_id).where(AlertSeen.incident_id == incident_id, AlertSeen.at >= begun)
    first = session.execute(seen.order_by(AlertSeen.id).limit(1)).first()
    return Alert(grades[-1][0], begun, *(first or ()))


def see(session: Session, incident: Incident, by: Principal) -> Alert:
    """Somebody saw the alert of a locked incident: it stops on every board. Who comes second changes nothing. Raise Conflict where
    there is none."""
    seen_by(session, incident, by)
    alert = of(session, incident.id, incident.state)
    if alert is None:
        raise Conflict(
            N_("Incident %(number)s has no alert."),
            remedy=N_("Only incidents of tier I or II that are being handled are alerted; look at the board again."),
            number=incident.number,
        )
    if alert.seen_at is not None:
        return alert
    now = clock.now(session)
    row = AlertSeen(
        incident_id=incident.id, tier=incident.tier, at=now, person_id=by.person_id, exercise=incident.exercise
    )
    session.add(row)
    seconds = int((now - alert.since).total_seconds())
    seen = entries.AlertSeen(tier=incident.tier, person_id=by.person_id, seconds=seconds)
    entries.record(session, incident, seen)
    return Alert(alert.tier, alert.since, now, by.person_id)
