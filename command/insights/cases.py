"""The incidents of a period as the dashboards count them: light rows, read at a stroke, and the elements that failed in them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Float, Numeric, and_, case, cast, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from command.incidents.guards import FINAL
from command.incidents.models import Incident, IncidentClock
from command.insights.filters import Filters
from command.insights.population import RESTORE, chosen
from command.network.models import CutOff, Element
from command.people.access import Principal
from command.sites.models import Site, SiteElement

UNIX = 2_440_587.5
"""The Julian day on which Unix time begins."""


class Case(NamedTuple):
    """An incident that counts. `reported` and `target` are seconds since 1970, exact to the millisecond; `user_minutes` go up to now.

    `handling` is seconds from the beginning of handling to restoration, `restoring` from the report to restoration, as the clock of the
    service level runs; None while either end is not known; negative ones are errors of the data. `target` is read on demand only."""

    id: int
    number: str
    kind: str
    tier: int
    root: str | None
    cause: str | None
    third_party: bool
    area_id: int | None
    reported: float
    handling: float | None
    restoring: float | None
    users: int
    user_minutes: float
    target: float | None = None


class Failure(NamedTuple):
    """An element failed in an incident that counts (or in one that is part of it or was merged into it), at first at `at`."""

    incident: int
    element: int
    at: float


class Part(NamedTuple):
    """An element of the network, as far as weak points are told apart by it. `site` is 0 where it stands at none."""

    id: int
    name: str
    kind: str
    area_id: int
    site: int


def cases(
    session: Session, wanted: Filters, zone: tzinfo, who: Principal, now: datetime, *, targets: bool = False
) -> list[Case]:
    """The incidents that count for `who`, oldest report first. Raise Invalid for unknown areas and services."""
    reported, restored = seconds(session, Incident.reported_at), seconds(session, Incident.restored_at)
    columns: list[Any] = [
        *(Incident.id, Incident.number, Incident.kind, Incident.tier, Incident.root_cause, Incident.cause),
        *(Incident.third_party, Incident.area_id, reported),
        exact(session, restored - seconds(session, Incident.responding_at)),
        exact(session, restored - reported),
        *(Incident.users_peak, _minutes(session, now)),
        seconds(session, IncidentClock.due_at) if targets else null(),
    ]
    query = chosen(session, wanted, zone, who)
    if targets:
        mine = and_(IncidentClock.incident_id == Incident.id, IncidentClock.code == RESTORE)
        query = query.outerjoin(IncidentClock, mine)
    query = query.order_by(Incident.reported_at, Incident.id).with_only_columns(*columns, maintain_column_froms=True)
    return [Case._make(row) for row in session.connection().execute(query).all()]


def _minutes(session: Session, now: datetime) -> ColumnElement[float]:
    """User-minutes up to now: those of users without service go on since they were last summed."""
    since = now.timestamp() - seconds(session, Incident.measured_at)
    going = and_(Incident.users_now > 0, since > 0)
    return case((going, Incident.user_minutes + Incident.users_now * since / 60.0), else_=Incident.user_minutes)


def seconds(session: Session, moment: Any) -> ColumnElement[float]:
    """A moment of a table as seconds since 1970: a number costs a tenth of a datetime to read."""
    if session.get_bind().dialect.name == "sqlite":
        return exact(session, (func.julianday(moment, type_=Float) - UNIX) * 86_400.0)
    return cast(func.extract("epoch", moment), Float)


def exact(session: Session, found: ColumnElement[float]) -> ColumnElement[float]:
    """Seconds to the millisecond, so that exactly thirty minutes are exactly that on both databases."""
    if session.get_bind().dialect.name == "sqlite":
        return func.round(found, 3, type_=Float)
    return cast(func.round(cast(found, Numeric), 3), Float)


def failures(
    session: Session, wanted: Filters, zone: tzinfo, who: Principal, since: timedelta = timedelta(0)
) -> list[Failure]:
    """Each element of each incident that counts once, in order of time; incidents reported up to `since` before the period too."""
    mine = chosen(session, replace(wanted, first=wanted.first - since), zone, who).with_only_columns(Incident.id)
    above = kin(session)
    counted: ColumnElement[bool] = CutOff.incident_id.in_(mine)
    if above:
        counted = or_(counted, CutOff.incident_id.in_(select(Incident.id).where(_attached())))
    began = func.min(seconds(session, CutOff.from_at))
    query = (
        select(CutOff.incident_id, CutOff.element_id, began)
        .where(CutOff.failed, CutOff.exercise.is_(False), counted)
        .group_by(CutOff.incident_id, CutOff.element_id)
        .order_by(began)
    )
    found = [Failure._make(row) for row in session.connection().execute(query).all()]
    return _with_heads(found, above, set(session.scalars(mine))) if above else found


def _with_heads(found: Iterable[Failure], above: Mapping[int, int], counting: Collection[int]) -> list[Failure]:
    """Failures of incidents that count with another one, as that one's; an element that failed in both counts once."""
    first: dict[tuple[int, int], Failure] = {}
    for one in found:
        top = _top(above, one.incident)
        if top in counting:
            first.setdefault((top, one.element), one._replace(incident=top))
    return list(first.values())


def _attached() -> ColumnElement[bool]:
    """It was merged into another incident, or is part of one."""
    return or_(Incident.merged_into_id.is_not(None), Incident.parent_id.is_not(None))


def kin(session: Session) -> dict[int, int]:
    """The incident with which each one counts that was merged, or is part of one that counts."""
    upper = aliased(Incident)
    above = func.coalesce(Incident.merged_into_id, Incident.parent_id)
    query = (
        select(Incident.id, above)
        .join(upper, upper.id == above)
        .where(_attached(), Incident.exercise.is_(False))
        .where(or_(Incident.merged_into_id.is_not(None), upper.state.not_in(FINAL)))
    )
    return dict(session.execute(query).tuples().all())


def _top(above: Mapping[int, int], incident: int) -> int:
    """The incident at the head of a line; a ring, which no verb makes, ends where it was entered."""
    seen = {incident}
    while (upper := above.get(incident)) is not None and upper not in seen:
        incident = upper
        seen.add(incident)
    return incident


def parts(session: Session, found: Iterable[Failure]) -> dict[int, Part]:
    """The elements of failures, by id."""
    wanted = {one.element for one in found}
    query = select(Element.id, Element.name, Element.kind, Element.area_id, func.coalesce(SiteElement.site_id, 0))
    query = query.outerjoin(SiteElement, SiteElement.element_id == Element.id)
    if len(wanted) <= FEW:
        query = query.where(Element.id.in_(wanted))
    rows = (Part._make(row) for row in session.execute(query).tuples())
    return {row.id: row for row in rows if row.id in wanted}


FEW = 500
"""Up to so many elements are asked for by name; of more the whole network is read."""


def population(session: Session) -> dict[str, dict[Any, int]]:
    """How many elements there are of each kind, at each site, and in each area itself."""
    sites = select(SiteElement.site_id, func.count()).group_by(SiteElement.site_id)
    return {
        "element_kind": dict(session.execute(select(Element.kind, func.count()).group_by(Element.kind)).tuples().all()),
        "site": dict(session.execute(sites).tuples().all()),
        "at": dict(session.execute(select(Element.area_id, func.count()).group_by(Element.area_id)).tuples().all()),
    }


def sites(session: Session) -> dict[int, Site]:
    """All sites, by id."""
    return {site.id: site for site in session.scalars(select(Site))}
