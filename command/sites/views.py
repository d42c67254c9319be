"""Sites as pages and JSON show them, in the reader's language. A contact's number is masked (I10)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.keys import Keyring
from command.incidents import visibility
from command.incidents.models import Incident
from command.incidents.views import PersonOut, person
from command.network.models import Area, Element
from command.people import numbers
from command.people.access import Principal
from command.resources.models import ResourceRequest
from command.resources.requests import LIVE
from command.sites import falling, generators, power, reports
from command.sites.falling import Ahead, Falling
from command.sites.models import Site, SiteElement, SiteStatus
from command.sites.power import Fall
from command.sites.restoration import Line


class AreaOut(BaseModel):
    code: str
    name: str


class ContactOut(BaseModel):
    """The power company's contact; `number` is masked, null where there is none."""

    company: str
    name: str
    number: str | None


class StateOut(BaseModel):
    """How a site stands, each figure with when it was measured; null: nobody said."""

    mains: str = "unknown"
    mains_since: datetime | None = None
    battery_minutes: int | None = None
    battery_minutes_at: datetime | None = None
    generator: str = "unknown"
    generator_at: datetime | None = None
    fuel_hours: float | None = None
    fuel_hours_at: datetime | None = None
    access: str = "unknown"
    access_at: datetime | None = None
    changed_at: datetime | None = None


class FallOut(BaseModel):
    """When a site is predicted to fall, by `battery` (as measured), `design` (batteries as planned) or `fuel`. `with_generator`: until
    when it would stand if the generator that stands by were started."""

    at: datetime
    by: Literal["battery", "design", "fuel"]
    measured_at: datetime | None
    with_generator: datetime | None


class SiteOut(BaseModel):
    """A site with how it stands. `falls` null: nothing is predicted, for want of what `lacks` names, or because its mains are on. `users`
    and `critical_customers` would be cut off by it besides those who are, null: not counted. `request`: the open resource request for its
    generator. `fallen_at`: it fell while it was without mains; `incident`: the one that cut it off, where one may know of it."""

    code: str
    name: str
    area: AreaOut
    site_class: str
    latitude: float | None
    longitude: float | None
    serves: list[str]
    battery_minutes_by_design: int | None
    state: StateOut
    falls: FallOut | None
    lacks: str | None
    users: int | None = None
    critical_customers: int | None = None
    generator_due: bool = False
    request: int | None = None
    fallen_at: datetime | None = None
    incident: str | None = None


class AheadOut(BaseModel):
    """Sites without mains that still stand, the next to fall first. `users_together`: who would be cut off if the counted ones all fell,
    each once."""

    items: list[SiteOut]
    users_together: int
    critical_together: int
    next: None = None


class LineOut(BaseModel):
    """A site in the order of restoration; `number` is where it stands, `placed` the place that a commander gave it, or null. `state`: out,
    on_battery, on_generator or back."""

    number: int
    code: str
    name: str
    area: AreaOut
    state: str
    since: datetime | None
    marks: list[str]
    users: int
    critical_customers: int
    placed: int | None
    owner: PersonOut | None


class Reader:
    """Joins areas and statuses for many sites, asking once."""

    def __init__(
        self, session: Session, sites: Iterable[Site], who: Principal, language: str, *, exercise: bool
    ) -> None:
        self.session, self.who, self.language = session, who, language
        held = list(sites)
        self.areas = {
            area.id: area for area in session.scalars(select(Area).where(Area.id.in_({site.area_id for site in held})))
        }
        self.status: Mapping[int, SiteStatus] = reports.statuses(session, [site.id for site in held], exercise=exercise)

    def area(self, site: Site) -> AreaOut:
        """Where a site stands."""
        area = self.areas[site.area_id]
        return AreaOut(code=area.code, name=names.of(area, self.language))

    def site(self, site: Site, now: datetime, seen: Falling | None = None) -> SiteOut:
        """A site, with the users of the prediction where these were counted."""
        row = self.status.get(site.id)
        known = reports.power_of(site, row)
        fall = power.falls_at(known, now)
        loss = seen.loss if seen else None
        plain = ("code", "site_class", "latitude", "longitude", "serves")
        request = generators.asked_for(self.session, row) if row else None
        return SiteOut(
            **{name: getattr(site, name) for name in plain},
            name=names.of(site, self.language),
            area=self.area(site),
            battery_minutes_by_design=site.battery_minutes,
            state=state_out(row),
            falls=_fall_out(fall),
            lacks=power.lacks(known),
            users=loss.users if loss else None,
            critical_customers=loss.critical if loss else None,
            generator_due=generators.is_time(fall, now) and request is None and (row is None or row.fell_at is None),
            request=self._seen(request),
            fallen_at=row.fell_at if row else None,
            incident=self._number(row.incident_id if row else None),
        )

    def _seen(self, request: ResourceRequest | None) -> int | None:
        """A request of an incident that one may know of."""
        if request is None or request.state not in LIVE:
            return None
        return request.id if self._number(request.incident_id) else None

    def _number(self, incident_id: int | None) -> str | None:
        incident = self.session.get(Incident, incident_id) if incident_id else None
        known = incident is not None and visibility.visible(self.session, incident, self.who)
        return incident.number if incident is not None and known else None


def state_out(row: SiteStatus | None) -> StateOut:
    """How a site stands."""
    if row is None:
        return StateOut()
    return StateOut(**{name: getattr(row, name) for name in StateOut.model_fields})


def _fall_out(fall: Fall | None) -> FallOut | None:
    if fall is None:
        return None
    return FallOut(at=fall.at, by=fall.by, measured_at=fall.measured_at, with_generator=fall.with_generator)


def sites_out(
    session: Session, sites: Sequence[Site], now: datetime, who: Principal, language: str, *, exercise: bool = False
) -> list[SiteOut]:
    """Sites as they are given."""
    reader = Reader(session, sites, who, language, exercise=exercise)
    return [reader.site(site, now) for site in sites]


def ahead_out(
    session: Session, ahead: Ahead, now: datetime, who: Principal, language: str, *, exercise: bool = False
) -> AheadOut:
    """What falls next."""
    reader = Reader(session, [each.site for each in ahead.sites], who, language, exercise=exercise)
    items = [reader.site(each.site, now, each) for each in ahead.sites]
    return AheadOut(items=items, users_together=ahead.together.users, critical_together=ahead.together.critical)


def lines_out(session: Session, lines: Sequence[Line], who: Principal, language: str) -> list[LineOut]:
    """The order of restoration."""
    reader = Reader(session, [line.site for line in lines], who, language, exercise=False)
    return [
        LineOut(
            number=number,
            code=line.site.code,
            name=names.of(line.site, language),
            area=reader.area(line.site),
            state=line.state,
            since=line.since,
            marks=list(line.weight.marks),
            users=line.weight.users,
            critical_customers=line.weight.critical,
            placed=line.placed,
            owner=person(session, line.owner_id, language),
        )
        for number, line in enumerate(lines, 1)
    ]


def contact_out(keyring: Keyring, site: Site) -> ContactOut | None:
    """The power company's contact; None where nobody is named."""
    if not (site.power_company or site.contact or site.contact_number):
        return None
    number = numbers.shown(keyring.decrypt(site.contact_number)) if site.contact_number else None
    return ContactOut(company=site.power_company, name=site.contact, number=number)


def elements_out(session: Session, site: Site) -> list[str]:
    """The names of a site's elements."""
    query = select(Element.name).join(SiteElement, SiteElement.element_id == Element.id)
    return list(session.scalars(query.where(SiteElement.site_id == site.id).order_by(Element.name)))


def next_out(
    session: Session,
    now: datetime,
    who: Principal,
    language: str,
    *,
    exercise: bool = False,
    site_ids: set[int] | None = None,
) -> AheadOut:
    """What falls next, of these sites or of all."""
    ahead = falling.next_to_fall(session, now, exercise=exercise, site_ids=site_ids)
    return ahead_out(session, ahead, now, who, language, exercise=exercise)
