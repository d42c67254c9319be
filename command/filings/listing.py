"""Reports over all incidents: those that are owed, the late ones first; drafts; and what was submitted in a period."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.filings import reading
from command.filings.models import SENT, Filing, State
from command.filings.owing import OPEN, Owed, Standing
from command.filings.regulators import Regulator, Reportable, table
from command.incidents import clock_rows, house, measuring, visibility
from command.incidents.clocks import Event, Profile
from command.incidents.grading import Facts
from command.incidents.guards import FINAL, LIVE
from command.incidents.models import Impact, Incident, IncidentClock
from command.network.models import Service
from command.people.access import Principal
from playbooks.schema import Kind

LOOKED_AT = timedelta(days=35)
"""How long after its end an incident is looked at whose report no clock asks for: longer than any regulator's time."""
UNKNOWN = {
    "service": None,
    "share_gte": None,
    "area_level_in": None,
    "area_level": None,
    "areas_gte": None,
    "critical_service": None,
    "critical_level": None,
    "records_leaked_gte": None,
    "complaints_gte": None,
    "children_gte": None,
}
"""Conditions that cannot be seen in an incident's own row."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report that is owed: of which incident, how it stands, and its draft where there is one."""

    incident: Incident
    owed: Owed
    draft: Filing | None


def waiting(session: Session, who: Principal, *, exercise: bool | None = None, flagged: bool = False) -> list[Waiting]:
    """The reports that are owed of incidents `who` may know of, the one due first first. `flagged`: only those that the board shows now,
    of incidents that are not closed."""
    now = clock.now(session)
    regulator = table().profiles.get(house.settings(session).profile)
    if regulator is None:
        return []
    found = []
    for incident in _candidates(session, who, regulator, exercise, flagged, now):
        picture = reading.picture(session, incident)
        for one in picture.reports:
            if one.flagged(now) if flagged else one.standing in (*OPEN, Standing.WAITS):
                row = picture.latest(one.report.id)
                found.append(Waiting(incident, one, row if row is not None and row.state == State.DRAFT else None))
    return sorted(
        found, key=lambda each: (each.owed.due_at or datetime.max.replace(tzinfo=now.tzinfo), each.incident.id)
    )


def _candidates(
    session: Session, who: Principal, regulator: Regulator, exercise: bool | None, flagged: bool, now: datetime
) -> Iterator[Incident]:
    """Incidents that may owe something: a clock of the regulator runs, or without one a rule could match by what their row says."""
    codes = _codes(house.settings(session).profile)
    unmet = select(IncidentClock.incident_id).where(
        IncidentClock.code.in_(codes), IncidentClock.met_at.is_(None), IncidentClock.state != clock_rows.VOID
    )
    if flagged:
        ahead = timedelta(minutes=max(report.ahead_minutes for report in regulator.reports))
        unmet = unmet.where(IncidentClock.due_at <= now + ahead)
    lately = Incident.ended_at.is_(None) | (Incident.ended_at > now - LOOKED_AT)
    recent = Incident.state.in_(LIVE) if flagged else lately
    query = select(Incident).where(or_(Incident.id.in_(unmet), recent & ~_timed(codes)), Incident.state.not_in(FINAL))
    if exercise is not None:
        query = query.where(Incident.exercise.is_(exercise))
    ticking, critical = set(session.scalars(unmet)), _critical(session, recent)
    for incident in session.scalars(visibility.only_visible(session, query.order_by(Incident.id), who)).all():
        if incident.id in ticking or could(regulator.reportable, incident, incident.id in critical, now):
            yield incident


def _codes(profile: Profile) -> list[str]:
    """The clocks of a profile that stop with what its regulator was told."""
    events = {Event(report.event) for report in table().profiles[profile].reports}
    return [
        known.id
        for known in house.clocks().clocks
        if known.stops in events and profile in (known.applies.profiles or (profile,))
    ]


def _timed(codes: Sequence[str]) -> ColumnElement[bool]:
    """Incidents for which a clock runs, or ran, for every report that is counted from the discovery: what they owe, those clocks say."""
    known = [clock_rows.definition(code) for code in codes]
    begun = {each.stops for each in known if each is not None and each.starts is Event.DISCOVERED}
    rows = select(func.count()).where(IncidentClock.incident_id == Incident.id, IncidentClock.code.in_(codes))
    return rows.scalar_subquery() >= len(begun)


def _critical(session: Session, recent: ColumnElement[bool]) -> set[int]:
    """Those of `recent` incidents that cut somebody off from a critical service, or made it worse."""
    query = (
        select(Impact.incident_id)
        .join(Service, Service.id == Impact.service_id)
        .join(Incident, Incident.id == Impact.incident_id)
        .where(Service.critical, recent)
        .distinct()
    )
    return set(session.scalars(query))


def could(rules: Sequence[Reportable], incident: Incident, critical: bool, now: datetime) -> bool:
    """Whether any rule could match, by what an incident's own row says; never False where one does."""
    end = min(incident.restored_at or incident.ended_at or now, now)
    facts = Facts(
        kind=Kind(incident.kind),
        users=max(incident.users_peak, incident.users_now),
        minutes=max((end - measuring.began(incident, end)).total_seconds() / 60, 0.0),
        user_minutes=measuring.user_minutes(incident, now),
    )
    for rule in rules:
        if rule.tiers is not None and incident.tier not in rule.tiers:
            continue
        if rule.when is None:
            return True
        if (critical or rule.when.critical_service is None) and rule.when.model_copy(update=UNKNOWN).matches(facts):
            return True
    return False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which submitted reports: submitted from `first` until before `last`, of a profile, a report, an incident; `late` ones only."""

    first: datetime | None = None
    last: datetime | None = None
    profile: str | None = None
    report: str | None = None
    incident: str | None = None
    late: bool = False


def submitted(session: Session, who: Principal, wanted: Wanted, limit: int) -> list[Filing]:
    """What was submitted, the newest first; every edition stands for itself. `limit` at most."""
    query = _visible(session, who).where(Filing.state.in_(SENT))
    if wanted.first is not None:
        query = query.where(Filing.submitted_at >= wanted.first)
    if wanted.last is not None:
        query = query.where(Filing.submitted_at < wanted.last)
    for column, value in (
        (Filing.profile, wanted.profile),
        (Filing.report, wanted.report),
        (Filing.incident_number, wanted.incident),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.late:
        query = query.where(Filing.submitted_at > Filing.due_at, Filing.edition == 1)
    return list(session.scalars(query.order_by(Filing.submitted_at.desc(), Filing.id.desc()).limit(limit)))


def drafts(session: Session, who: Principal, limit: int) -> list[Filing]:
    """What is being written, the one due first first."""
    query = _visible(session, who).where(Filing.state == State.DRAFT)
    return list(session.scalars(query.order_by(Filing.due_at.is_(None), Filing.due_at, Filing.id).limit(limit)))


def _visible(session: Session, who: Principal) -> Select[Filing]:
    known = visibility.only_visible(session, select(Incident), who).with_only_columns(Incident.id)
    return select(Filing).where(Filing.incident_id.in_(known))
