"""The incidents of a period as the dashboards count them: light rows, read at a stroke, and the elements that failed in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Float, and_, case, cast, func, or_, select
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
    """An incident that counts. Moments are seconds since 1970, exact to the millisecond; `user_minutes` go up to now."""

    id: int
    number: str
    kind: str
    tier: int
    root: str | None
    cause: str | None
    third_party: bool
    area_id: int | None
    reported: float
    begun: float | None
    restored: float | None
    target: float | None
    users: int
    user_minutes: float

    @property
    def handling(self) -> float | None:
        """Seconds from the beginning of handling to restoration; negative ones are errors of the data."""
        return None if self.begun is None or self.restored is None else self.restored - self.begun

    @property
    def restoring(self) -> float | None:
        """Seconds from the report to restoration, as the clock of the service level runs."""
        return None if self.restored is None else self.restored - self.reported


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


def cases(session: Session, wanted: Filters, zone: tzinfo, who: Principal, now: datetime) -> list[Case]:
    """The incidents that count for `who`, oldest report first. Raise Invalid for unknown areas and services."""
    measured = case((Incident.users_now > 0, seconds(session, Incident.measured_at)), else_=None)
    query = (
        chosen(session, wanted, zone, who)
        .outerjoin(IncidentClock, and_(IncidentClock.incident_id == Incident.id, IncidentClock.code == RESTORE))
        .order_by(Incident.reported_at, Incident.id)
        .with_only_columns(
            *(Incident.id, Incident.number, Incident.kind, Incident.tier, Incident.root_cause, Incident.cause),
            *(Incident.third_party, Incident.area_id, seconds(session, Incident.reported_at)),
            *(seconds(session, Incident.responding_at), seconds(session, Incident.restored_at)),
            *(seconds(session, IncidentClock.due_at), Incident.users_peak, Incident.user_minutes),
            *(Incident.users_now, measured),
            maintain_column_froms=True,
        )
    )
    at = now.timestamp()
    return [_case(row, at) for row in session.execute(query).tuples()]


def _case(row: Sequence[Any], now: float) -> Case:
    *plain, minutes, users_now, measured = row
    if measured is not None:
        minutes += users_now * max(0.0, now - measured) / 60
    for place in (8, 9, 10, 11):
        if plain[place] is not None:
            plain[place] = round(plain[place], 3)
    return Case(*plain, minutes)


def seconds(session: Session, moment: Any) -> ColumnElement[float]:
    """A moment of a table as seconds since 1970: a number costs a tenth of a datetime to read."""
    if session.get_bind().dialect.name == "sqlite":
        return (func.julianday(moment, type_=Float) - UNIX) * 86_400.0
    return cast(func.extract("epoch", moment), Float)


def failures(
    session: Session, wanted: Filters, zone: tzinfo, who: Principal, since: timedelta = timedelta(0)
) -> list[Failure]:
    """Each element of each incident that counts once, in order of time; incidents reported up to `since` before the period too."""
    wider = replace(wanted, first=wanted.first - since)
    mine = chosen(session, wider, zone, who).with_only_columns(Incident.id)
    above = kin(session)
    within = {child: top for child in above if (top := _top(above, child)) != child}
    query = (
        select(CutOff.incident_id, CutOff.element_id, func.min(seconds(session, CutOff.from_at)))
        .where(CutOff.failed, CutOff.exercise.is_(False))
        .where(or_(CutOff.incident_id.in_(mine), CutOff.incident_id.in_(select(Incident.id).where(_attached()))))
        .group_by(CutOff.incident_id, CutOff.element_id)
    )
    counting = set(session.scalars(mine)) if within else None
    found: dict[tuple[int, int], float] = {}
    for incident, element, at in session.execute(query).tuples():
        top = within.get(incident, incident)
        if counting is None or top in counting:
            found[top, element] = min(round(at, 3), found.get((top, element), at))
    return sorted((Failure(incident, element, at) for (incident, element), at in found.items()), key=lambda one: one.at)


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
