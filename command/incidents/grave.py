"""Whether the house has something grave on its hands: what must wait or give way asks here."""

from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from command.incidents.guards import BEFORE_RESTORATION
from command.incidents.models import GradeChange, Incident

TIER = 2
"""Incidents of this tier and above are grave."""


def going_on(session: Session, since: datetime | None = None) -> bool:
    """Whether a live incident of tier I or II is not restored yet; with `since` only one that was first graded so later than that."""
    became = (
        select(func.min(GradeChange.at))
        .where(GradeChange.incident_id == Incident.id, GradeChange.tier <= TIER)
        .scalar_subquery()
    )
    grave = [Incident.exercise.is_(False), Incident.tier <= TIER, Incident.state.in_(list(BEFORE_RESTORATION))]
    if since is not None:
        grave.append(became > since)
    return bool(session.scalar(select(exists().where(*grave))))
