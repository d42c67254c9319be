"""An incident's rows turned into what is graded: its losses, its figures, and both grades as of now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.incidents import figures, grading, house, places, plans
from command.incidents.figures import Loss, Measures, Place
from command.incidents.grading import Assessment, Facts, Level, ResponseLevel
from command.incidents.guards import FINAL
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
    parts = _parts(session, incident)
    since = min(incident.detected_at, parts.since or incident.detected_at)
    return Measures(
        users=incident.users_now,
        minutes=max((now - since).total_seconds(), 0.0) / 60,
        user_minutes=user_minutes(incident, now),
        records_leaked=max(incident.records_leaked, parts.records),
        complaints=incident.complaints + parts.complaints,
        children=parts.count,
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the incidents that are part of one, or were merged into it, add to its facts."""

    count: int = 0
    since: datetime | None = None
    complaints: int = 0
    records: int = 0


def _parts(session: Session, incident: Incident) -> _Parts:
    """Complaints of the parts add up, leaked records are taken as the same ones. What was merged counts as a child and adds nothing else:
    its reports are the same event's."""
    if incident.id is None:  # not reported yet: nothing can be a part of it
        return _Parts()
    merged = session.scalar(select(func.count()).where(Incident.merged_into_id == incident.id)) or 0
    mine = (Incident.parent_id == incident.id, Incident.state.not_in(FINAL))
    columns = (Incident.detected_at, Incident.complaints, Incident.records_leaked)
    rows = session.execute(select(*columns).where(*mine)).tuples().all()
    return _Parts(
        merged + len(rows),
        min((at for at, _, _ in rows), default=None),
        sum(complaints for _, complaints, _ in rows),
        max((records for _, _, records in rows), default=0),
    )


def user_minutes(incident: Incident, now: datetime) -> float:
    """User-minutes up to an instant."""
    return figures.user_minutes_at(incident.user_minutes, incident.users_now, incident.measured_at, now)


def accrue(incident: Incident, now: datetime) -> None:
    """Sum up the user-minutes until `now`. The first step counts from when the outage occurred."""
    incident.user_minutes = user_minutes(incident, now)
    incident.measured_at = now if incident.users_peak else began(incident, now)


def began(incident: Incident, now: datetime) -> datetime:
    """From when the outage counts: when it occurred, else its first sign."""
    return min(incident.occurred_at or incident.detected_at, now)


def expected_end(session: Session, incident: Incident) -> datetime | None:
    """When the incident is expected to be over: its ETA, or the plan's default duration after the first sign until there is one."""
    if incident.eta is not None:
        return incident.eta
    plan = plans.of(session, incident)
    if plan is None:
        return None
    tier = incident.tier if incident.rules else 4
    return incident.detected_at + timedelta(minutes=plan.tier(tier).default_duration_minutes)


def assess(session: Session, incident: Incident, now: datetime) -> Assessment:
    """The grade for now, and the one projected to the expected end. Rules that a person overruled are left out."""
    return judge(session, incident, now)[0]


def judge(
    session: Session, incident: Incident, now: datetime, rows: Sequence[Impact] | None = None
) -> tuple[Assessment, ResponseLevel | None]:
    """As `assess`, and from the same facts the response level of a network fault (R3), which other kinds have none of."""
    end = expected_end(session, incident)
    remaining = (end - now).total_seconds() / 60 if end else 0.0
    found = facts(session, incident, now, rows)
    table = without(house.tiers(), frozenset(incident.overruled))
    return grading.assess(table, found, remaining), grading.response_level(house.tiers(), found)


def last_impacts(session: Session, incident: Incident) -> list[Impact]:
    """The open rows of impact; where none is open, those that ended last: what a notice about the end of it is about."""
    found = open_impacts(session, incident)
    if found:
        return found
    latest = select(func.max(Impact.until_at)).where(Impact.incident_id == incident.id).scalar_subquery()
    query = select(Impact).where(Impact.incident_id == incident.id, Impact.until_at == latest)
    return list(session.scalars(query.order_by(Impact.id)))
