"""Repairs under observation, as rows: which incident is watched, until when."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents.models import Incident
from command.incidents.observing_models import Observation


def open_of(session: Session, incident_id: int) -> Observation | None:
    """The observation of an incident that has not ended."""
    query = select(Observation).where(Observation.incident_id == incident_id, Observation.ended_at.is_(None))
    return session.scalar(query)


def until(session: Session, incident_id: int) -> datetime | None:
    """Until when an incident is watched; None where it is not. Read past the session's memory of rows."""
    query = select(Observation.until_at).where(Observation.incident_id == incident_id, Observation.ended_at.is_(None))
    return session.scalar(query)


def minutes_left(session: Session, incident: Incident) -> float:
    """Minutes for which an incident is watched still; 0 where it is not."""
    at = until(session, incident.id)
    return max(0.0, (at - clock.now(session)) / timedelta(minutes=1)) if at else 0.0


def watched(session: Session, *, exercise: bool) -> frozenset[int]:
    """The incidents that are watched now."""
    mine = (Observation.ended_at.is_(None), Observation.until_at > clock.now(session))
    return frozenset(session.scalars(select(Observation.incident_id).where(*mine, Observation.exercise.is_(exercise))))


def over(session: Session) -> list[int]:
    """The incidents whose observation has passed without being on record."""
    mine = (Observation.ended_at.is_(None), Observation.until_at <= clock.now(session))
    return sorted(session.scalars(select(Observation.incident_id).where(*mine)))
