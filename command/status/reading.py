"""Reading what the public may know: one small set of queries, whatever the number of visitors.

Only confirmed impact (assessed or later), nothing of exercises, nothing restricted: not even by way of a count."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.settings import Settings
from command.incidents import house, plans, telling
from command.incidents.guards import BEFORE_RESTORATION, State
from command.incidents.models import Impact, Incident
from command.network.models import Area, Service
from command.status import announcing, picture
from command.status.models import AdviceOut, ReportOut, StatusOut, TextOut, WarningOut
from command.status.picture import Line, Promise, Spot
from playbooks.schema import Kind

warned: list[Callable[[Session], Sequence[Mapping[str, Any]]]] = []
"""Each gives the fields (of WarningOut) of the warnings that the public reads, the gravest first. Joined where the application is put
together."""
reported: list[Callable[[Session], Sequence[Mapping[str, Any]]]] = []
"""Each gives the fields (of ReportOut) of the reports that the public reads, the newest first. Joined in the same place."""
HISTORY = timedelta(days=30)
CONFIRMED = (State.ASSESSED, State.RESPONDING, State.RESTORED, State.REVIEWING, State.CLOSED)
MOST = 2000
"""Incidents looked at, the newest first."""


def read(session: Session, settings: Settings) -> StatusOut:
    """The public's picture as of now."""
    now = clock.now(session)
    incidents = {each.id: each for each in session.scalars(_public(now - HISTORY))}
    spots = {each.id: _spot(each) for each in session.scalars(select(Area))}
    rows = session.scalars(select(Service).order_by(Service.bit)).all()
    services = {each.code: TextOut(zh=each.name_zh, en=each.name_en) for each in rows}
    codes = {each.id: each.code for each in rows}
    parents = {each.id: each.parent_id for each in incidents.values() if each.parent_id is not None}
    lines = picture.once(_lines(session, list(incidents), codes), parents)
    going = {line.incident_id for line in lines if line.until_at is None}
    promises = {each: _promise(session, incidents[each]) for each in going}
    areas = picture.areas(spots, lines, services, promises)
    return StatusOut(
        as_of=now,
        operator=TextOut(zh=settings.operator_name_zh, en=settings.operator_name_en),
        hotline=settings.hotline,
        status=picture.worst([area.status for area in areas]),
        areas=areas,
        history=picture.history(spots, lines, services, now - HISTORY),
        advice=advice(session),
        announcements=announcing.now(session, settings),
        reports=[ReportOut.model_validate(fields) for each in reported for fields in each(session)],
        warnings=[WarningOut.model_validate(fields) for each in warned for fields in each(session)],
    )


def advice(session: Session) -> list[AdviceOut]:
    """What people are told to do in each kind of emergency, by the plans in force today; a kind without one is left out."""
    now = clock.now(session)
    today = house.today(session, now)
    known = [plan for kind in Kind if (plan := plans.current(session, kind, now)) is not None and plan.in_force(today)]
    return [
        AdviceOut(
            kind=plan.kind,
            title=TextOut(**plan.title.model_dump()),
            advice=TextOut(**plan.public_advice.model_dump()),
            until=plan.expires,
        )
        for plan in known
    ]


def _public(since: datetime) -> Select[Incident]:
    """The incidents whose impact may be shown."""
    return (
        select(Incident)
        .where(
            Incident.exercise.is_(False),
            Incident.restricted.is_(False),
            Incident.state.in_(CONFIRMED),
            or_(Incident.state.in_(BEFORE_RESTORATION), Incident.restored_at >= since),
        )
        .order_by(Incident.id.desc())
        .limit(MOST)
    )


def _spot(area: Area) -> Spot:
    return Spot(area.id, area.code, area.parent_id, area.level, TextOut(zh=area.name_zh, en=area.name_en))


def _lines(session: Session, incidents: Sequence[int], codes: Mapping[int, str]) -> list[Line]:
    query = select(Impact).where(Impact.incident_id.in_(incidents), Impact.exercise.is_(False)).order_by(Impact.id)
    return [
        Line(
            row.incident_id,
            row.area_id,
            codes[row.service_id],
            "degradation" if row.kind == "degradation" else "outage",
            row.from_at,
            row.until_at,
        )
        for row in session.scalars(query)
    ]


def _promise(session: Session, incident: Incident) -> Promise:
    """ETA while it is ahead, the update that was promised, the plan's advice to the public."""
    try:
        _, tier = telling.plan_of(session, incident)
    except telling.NoPlan:
        return Promise()
    ahead = incident.eta if incident.eta and incident.eta > clock.now(session) else None
    advice = TextOut(zh=tier.advice.zh, en=tier.advice.en)
    return Promise(ahead, telling.promised(session, incident, tier), advice)
