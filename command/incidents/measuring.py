"""An incident's rows turned into what is graded: its losses, its figures, and both grades as of now."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.incidents import figures, grading, house, places, plans
from command.incidents.figures import Loss, Measures, Place
from command.incidents.grading import Assessment, Facts, Level, ResponseLevel
from command.incidents.models import Impact, Incident
from command.incidents.regrading import without
from command.network.models import Service
from playbooks.schema import Kind


def open_impacts(session: Session, incident: Incident) -> list[Impact]:
    """The rows of impact that are open, oldest first."""
    query = select(Impact).where(Impact.incident_id == incident.id, Impact.until_at.is_(None))
    return list(session.scalars(query.order_by(Impact.id)))


def users(cut_off: int, rows: Iterable[Impact]) -> int:
    """Users affected, each counted once: those cut off by topology, or those declared where these are more. Of the declared rows of an
    area the service with most counts, since one person uses several."""
    most: dict[int, int] = {}
    for row in rows:
        if row.declared:
            most[row.area_id] = max(most.get(row.area_id, 0), row.users)
    return max(cut_off, sum(most.values()))


def facts(session: Session, incident: Incident, now: datetime, rows: Sequence[Impact] | None = None) -> Facts:
    """The facts of an incident at an instant. `rows` are its impact where that is not what the tables hold: a report not yet made."""
    known = {s.id: s for s in session.scalars(select(Service))}
    losses = [
        Loss(known[row.service_id].code, known[row.service_id].critical, row.area_id, row.users, row.share)
        for row in (open_impacts(session, incident) if rows is None else rows)
    ]
    tree = places.tree(session)
    spots = {a.id: Place(a.id, a.parent_id, cast(Level, a.level)) for a in tree.values()}
    return figures.facts(Kind(incident.kind), losses, spots, _measures(session, incident, now))


def _measures(session: Session, incident: Incident, now: datetime) -> Measures:
    return Measures(
        users=incident.users_now,
        minutes=max((now - incident.detected_at).total_seconds(), 0.0) / 60,
        user_minutes=user_minutes(incident, now),
        records_leaked=incident.records_leaked,
        complaints=incident.complaints,
        children=_children(session, incident),
    )


def _children(session: Session, incident: Incident) -> int:
    if incident.id is None:  # not reported yet: nothing can have been merged into it
        return 0
    return session.scalar(select(func.count()).where(Incident.merged_into_id == incident.id)) or 0


def user_minutes(incident: Incident, now: datetime) -> float:
    """User-minutes up to an instant."""
    return figures.user_minutes_at(incident.user_minutes, incident.users_now, incident.measured_at, now)


def expected_end(session: Session, incident: Incident) -> datetime | None:
    """When the incident is expected to be over: its ETA, or the plan's default duration after the first sign until there is one."""
    if incident.eta is not None:
        return incident.eta
    plan = plans.of(session, incident)
    if plan is None:
        return None
    tier = incident.tier if incident.rules else 4
    return incident.detected_at + timedelta(minutes=plan.tier(tier).default_duration_minutes)


def assess(session: Session, incident: Incident, now: datetime, rows: Sequence[Impact] | None = None) -> Assessment:
    """The grade for now, and the one projected to the expected end. Rules that a person overruled are left out."""
    end = expected_end(session, incident)
    remaining = (end - now).total_seconds() / 60 if end else 0.0
    table = without(house.tiers(), frozenset(incident.overruled))
    return grading.assess(table, facts(session, incident, now, rows), remaining)


def response_level(
    session: Session, incident: Incident, now: datetime, rows: Sequence[Impact] | None = None
) -> ResponseLevel | None:
    """The response level of a network fault (R3); None for other kinds."""
    return grading.response_level(house.tiers(), facts(session, incident, now, rows))


def last_impacts(session: Session, incident: Incident) -> list[Impact]:
    """The open rows of impact; where none is open, those that ended last: what a notice about the end of it is about."""
    found = open_impacts(session, incident)
    if found:
        return found
    latest = select(func.max(Impact.until_at)).where(Impact.incident_id == incident.id).scalar_subquery()
    query = select(Impact).where(Impact.incident_id == incident.id, Impact.until_at == latest)
    return list(session.scalars(query.order_by(Impact.id)))
