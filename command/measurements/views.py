"""Series as JSON and pages show them: joined with names, how they stand now, and the incident that they count for."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.incidents import visibility
from command.incidents.guards import BEFORE_RESTORATION, State
from command.incidents.models import Incident
from command.measurements import course, reading, series
from command.measurements.course import Measured
from command.measurements.models import Proposal, Series, Tie
from command.network.models import Area, Service
from command.people.access import Principal

ALIVE = (*BEFORE_RESTORATION, State.RESTORED)


class PlaceOut(BaseModel):
    code: str
    name: str


class PointOut(BaseModel):
    at: datetime
    value: float


class SeriesOut(BaseModel):
    """A series. `stands`: unknown, good, warn, bad; `silent`: no point came for longer than its gap allows; `users` are those given,
    `baseline` those of whom a share counts."""

    code: str
    name: str
    name_zh: str
    name_en: str
    service: PlaceOut
    area: PlaceOut
    metric: str
    unit: str
    bad_when: str
    low: float | None
    high: float | None
    warn: float
    bad: float
    recover: float
    bad_minutes: int
    recover_minutes: int
    gap_minutes: int
    none_at: float
    all_at: float
    users: int | None
    baseline: int
    active: bool
    version: int
    stands: str
    since: datetime | None
    silent: bool
    last: PointOut | None
    share: float | None
    incidents: list[str]


class ProposalOut(BaseModel):
    """A bad series for which no incident is open: users and share (0..1) degraded; bad since."""

    series: str
    name: str
    area: PlaceOut
    service: PlaceOut
    at: datetime
    bad_since: datetime
    users: int
    share: float


class TieOut(BaseModel):
    """A series that counts for an incident, or was `set_aside`; `back`: it is beyond its threshold of recovery for long enough now."""

    series: SeriesOut
    users: int
    share: float
    back: bool
    set_aside: bool


PLAIN = (
    *("code", "name_zh", "name_en", "metric", "unit", "low", "high", "warn", "bad", "recover", "bad_minutes"),
    *("recover_minutes", "gap_minutes", "none_at", "all_at", "users", "active", "version"),
)


def series_out(session: Session, each: Series, who: Principal, language: str, last: Measured | None) -> SeriesOut:
    """A series as it stands now."""
    rule, now = series.rule(each), clock.now(session)
    plain: dict[str, Any] = {name: getattr(each, name) for name in PLAIN}
    return SeriesOut(
        **plain,
        name=names.of(each, language),
        service=_place(session.get_one(Service, each.service_id), language),
        area=_place(session.get_one(Area, each.area_id), language),
        bad_when="below" if each.below else "above",
        baseline=series.baseline(session, each),
        stands=_stands(each, rule, last),
        since=each.state_since,
        silent=last is None or not course.fresh([last], rule, now),
        last=PointOut(at=last.at, value=last.value) if last else None,
        share=round(rule.share(last.value), 4) if last else None,
        incidents=_incidents(session, each, who),
    )


def listed(session: Session, who: Principal, language: str) -> list[SeriesOut]:
    """Every series, bad ones first."""
    found = reading.all_series(session)
    last = reading.last(session, [each.id for each in found])
    return [series_out(session, each, who, language, last.get(each.id)) for each in found]


def one(session: Session, each: Series, who: Principal, language: str) -> SeriesOut:
    """One series."""
    return series_out(session, each, who, language, reading.last(session, [each.id]).get(each.id))


def proposal_out(session: Session, open_: Proposal, each: Series, language: str) -> ProposalOut:
    """A proposal that waits for a person."""
    return ProposalOut(
        series=each.code,
        name=names.of(each, language),
        area=_place(session.get_one(Area, each.area_id), language),
        service=_place(session.get_one(Service, each.service_id), language),
        **{name: getattr(open_, name) for name in ("at", "bad_since", "users", "share")},
    )


def tie_out(session: Session, tie: Tie, each: Series, who: Principal, language: str) -> TieOut:
    """A series of an incident."""
    rule = series.rule(each)
    back = course.back_since(reading.latest(session, each.id, rule), rule, clock.now(session)) is not None
    return TieOut(
        series=one(session, each, who, language),
        users=tie.users,
        share=tie.share,
        back=back,
        set_aside=tie.set_aside_at is not None,
    )


def _stands(each: Series, rule: course.Rule, last: Measured | None) -> str:
    warns = last is not None and rule.is_warning(last.value)
    return "warn" if each.state != "bad" and warns else each.state


def _incidents(session: Session, each: Series, who: Principal) -> list[str]:
    mine = select(Incident).join(Tie, Tie.incident_id == Incident.id).where(Tie.series_id == each.id)
    alive = mine.where(Incident.state.in_(ALIVE), Tie.set_aside_at.is_(None)).order_by(Incident.id)
    return [incident.number for incident in session.scalars(visibility.only_visible(session, alive, who))]


def _place(row: Area | Service, language: str) -> PlaceOut:
    return PlaceOut(code=row.code, name=names.of(row, language))
