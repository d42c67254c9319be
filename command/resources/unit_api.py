"""Units over JSON: their life, and keeping them fit for use."""

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from command.people.access import access, here, unit
from command.people.language import language
from command.resources import finding, reading, upkeep, views
from command.resources import life as lives
from command.resources.api import LifeOut, UnitsOut
from command.resources.asked import CertifyIn, PageIn, ReasonIn, ServiceIn, Strict
from command.resources.life import EventOut
from command.resources.lines import movements_out
from command.resources.views import UnitOut

api = APIBlueprint("resource_units_api", __name__, url_prefix="/api/v1/resources", tag="Resources")


class CertificateIn(Strict):
    certificate: Annotated[int, Field(ge=1, le=2**62)]


class LifePageIn(Strict):
    """Which page, from 1."""

    page: Annotated[int, Field(ge=1, le=lives.MOST_PAGES)] = 1


class TimelineOut(BaseModel):
    items: list[EventOut]
    next: int | None


@api.get("/stocks/<int:stock_id>/units")
@api.input(PageIn, location="query")
@api.output(UnitsOut)
@access("read")
def units(stock_id: int, query_data: PageIn) -> Any:
    """The units of a stock; those lost and used up too."""
    with here().database.read() as session:
        finding.stock(session, stock_id)
        rows = reading.units(session, stock_id, after=query_data.after, limit=query_data.limit + 1)
        page = rows[: query_data.limit]
        items = views.units_out(session, page)
    return UnitsOut(items=items, next=page[-1].id if len(rows) > len(page) else None)


@api.get("/units/<int:unit_id>")
@api.output(LifeOut)
@access("read")
def life(unit_id: int) -> Any:
    """A unit and every movement of its life, the latest first."""
    with here().database.read() as session:
        return life_of(session, unit_id, language())


@api.get("/units/<int:unit_id>/life")
@api.input(LifePageIn, location="query")
@api.output(TimelineOut)
@access("read")
def timeline(unit_id: int, query_data: LifePageIn) -> Any:
    """A page of a unit's whole life, the latest first: movements with what they served, services, certificates and checks."""
    with here().database.read() as session:
        events, older = lives.timeline(session, finding.unit(session, unit_id), language(), query_data.page)
    return TimelineOut(items=events, next=query_data.page + 1 if older else None)


def life_of(session: Session, unit_id: int, tongue: str) -> LifeOut:
    """A unit as its page shows it; raise NotFound."""
    row = finding.unit(session, unit_id)
    line = reading.lines_of(session, [row.stock_id])[row.stock_id]
    return LifeOut(
        unit=views.units_out(session, [row])[0],
        stock=views.stocks_out(session, [line], tongue)[0],
        moves=movements_out(session, reading.life(session, unit_id), tongue),
    )


def _changed(unit_id: int, work: Any) -> UnitOut:
    """Do something to a unit and answer with what became of it."""

    def whole(session: Session) -> UnitOut:
        work(session)
        session.flush()
        return views.units_out(session, [finding.unit(session, unit_id)])[0]

    return unit(whole)


@api.post("/units/<int:unit_id>/actions/<verb>")
@api.input(ReasonIn)
@api.output(UnitOut)
@access("manage_resources")
def keep(unit_id: int, verb: str, json_data: ReasonIn) -> Any:
    """`verb` is ready, stow, stop (out of service), repair, lose or use_up: done to a unit in its pool."""
    work = upkeep.named(verb)
    return _changed(unit_id, lambda session: upkeep.do_unit(session, unit_id, work, json_data.reason))


@api.post("/units/<int:unit_id>/actions/service")
@api.input(ServiceIn)
@api.output(UnitOut)
@access("manage_resources")
def service(unit_id: int, json_data: ServiceIn) -> Any:
    """A unit was serviced; when the next service is due."""
    return _changed(unit_id, lambda session: upkeep.service(session, unit_id, json_data.due_on))


@api.post("/units/<int:unit_id>/actions/check")
@api.output(UnitOut)
@access("manage_resources")
def check(unit_id: int) -> Any:
    """Information was looked through and is right."""
    return _changed(unit_id, lambda session: upkeep.check(session, unit_id))


@api.post("/units/<int:unit_id>/actions/certify")
@api.input(CertifyIn)
@api.output(UnitOut)
@access("manage_resources")
def certify(unit_id: int, json_data: CertifyIn) -> Any:
    """Give a unit a certificate, or renew the one of this name."""
    given = json_data
    return _changed(unit_id, lambda session: upkeep.certify(session, unit_id, given.name, given.expires_on))


@api.post("/units/<int:unit_id>/actions/uncertify")
@api.input(CertificateIn)
@api.output(UnitOut)
@access("manage_resources")
def uncertify(unit_id: int, json_data: CertificateIn) -> Any:
    """A certificate is not asked for any more."""
    return _changed(unit_id, lambda session: upkeep.uncertify(session, unit_id, json_data.certificate))
