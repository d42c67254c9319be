"""The network over HTTP: areas, services, elements by name, and what would be affected if elements failed."""

from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from command.core.problems import N_, Invalid
from command.network import impact, service
from command.network.models import Area, Element, Service
from command.people.access import access, here

api = APIBlueprint("network", __name__, url_prefix="/api/v1", tag="Network")
_MOST = 500
_READS = ("GET", "HEAD", "OPTIONS")


class AreaOut(BaseModel):
    """An area of the tree; `parent` is the code of the one it lies in."""

    code: str
    parent: str | None
    level: str
    name_zh: str
    name_en: str


class AreaList(BaseModel):
    items: list[AreaOut]
    next: str | None


class ServiceOut(BaseModel):
    code: str
    name_zh: str
    name_en: str
    critical: bool


class ServiceList(BaseModel):
    items: list[ServiceOut]
    next: str | None


class ElementOut(BaseModel):
    name: str
    kind: str
    area: str
    core: bool
    services: list[str]


class ElementList(BaseModel):
    items: list[ElementOut]
    next: str | None


class PageIn(BaseModel):
    """Where a list goes on: `after` is the `next` of the page before."""

    model_config = ConfigDict(extra="forbid")
    after: str = Field(default="", max_length=200)
    limit: int = Field(default=100, ge=1, le=_MOST)


class ElementsIn(PageIn):
    """`name` is what an element's name begins with."""

    name: str = Field(default="", max_length=200)


class ImpactIn(BaseModel):
    """`elements`: names of elements that fail, separated by commas."""

    model_config = ConfigDict(extra="forbid")
    elements: str = Field(min_length=1, max_length=50_000)


class HitOut(BaseModel):
    """Users of one service in one area; `share` of those who have it there, 0 to 1."""

    service: str
    area: str
    users: int
    share: float


class ImpactOut(BaseModel):
    """What would happen: elements cut off (failed ones included), users counted once, and by service and area."""

    cut_off: int
    users: int
    critical_customers: int
    rows: list[HitOut]


@api.before_app_request
def warm() -> None:
    """Whoever is about to write finds the network's graph and census counted, outside the unit of work."""
    if request.method not in _READS:
        service.warm(here().database)


@api.get("/areas")
@api.input(PageIn, location="query", arg_name="page")
@api.output(AreaList)
@access("read")
def areas(page: PageIn) -> dict[str, Any]:
    """Areas by code."""
    parent = select(Area.id, Area.code.label("code")).subquery()
    query = (
        select(Area.code, parent.c.code.label("parent"), Area.level, Area.name_zh, Area.name_en)
        .outerjoin(parent, parent.c.id == Area.parent_id)
        .where(Area.code > page.after)
        .order_by(Area.code)
        .limit(page.limit)
    )
    with here().database.read() as session:
        return _listed([dict(row._mapping) for row in session.execute(query)], "code", page.limit)


@api.get("/services")
@api.output(ServiceList)
@access("read")
def services() -> dict[str, Any]:
    """All services, by their bit."""
    query = select(Service.code, Service.name_zh, Service.name_en, Service.critical).order_by(Service.bit)
    with here().database.read() as session:
        return {"items": [dict(row._mapping) for row in session.execute(query)], "next": None}


@api.get("/elements")
@api.input(ElementsIn, location="query", arg_name="page")
@api.output(ElementList)
@access("read")
def elements(page: ElementsIn) -> dict[str, Any]:
    """Elements by name."""
    query = (
        select(Element.name, Element.kind, Area.code.label("area"), Element.core, Element.services)
        .join(Area, Area.id == Element.area_id)
        .where(Element.name > page.after, Element.name.startswith(page.name, autoescape=True))
        .order_by(Element.name)
        .limit(page.limit)
    )
    with here().database.read() as session:
        codes = session.execute(select(Service.bit, Service.code).order_by(Service.bit)).tuples().all()
        found = [dict(row._mapping) for row in session.execute(query)]
    for row in found:
        row["services"] = [code for bit, code in codes if row["services"] >> bit & 1]
    return _listed(found, "name", page.limit)


@api.get("/impact")
@api.input(ImpactIn, location="query", arg_name="asked")
@api.output(ImpactOut)
@access("read")
def what_if(asked: ImpactIn) -> dict[str, Any]:
    """What would be affected if these elements failed. Nothing is changed."""
    names = {name.strip() for name in asked.elements.split(",") if name.strip()}
    with here().database.read() as session:
        known = dict(session.execute(select(Element.name, Element.id).where(Element.name.in_(names))).tuples().all())
        if unknown := sorted(names - known.keys()):
            raise Invalid(
                N_("Element %(name)s is unknown."),
                field="elements",
                remedy=N_("Look names up with GET /api/v1/elements?name=."),
                name=unknown[0],
            )
        cut_off = service.cut_off(session, list(known.values()))
        found = impact.if_cut_off(session, cut_off)
        services = dict(session.execute(select(Service.id, Service.code)).tuples().all())
        areas = dict(session.execute(select(Area.id, Area.code)).tuples().all())
    rows = [
        {"service": services[hit.service_id], "area": areas[hit.area_id], "users": hit.users, "share": hit.share}
        for hit in found.rows
    ]
    return {"cut_off": len(cut_off), "users": found.total, "critical_customers": found.critical, "rows": rows}


def _listed(items: list[dict[str, Any]], key: str, limit: int) -> dict[str, Any]:
    return {"items": items, "next": items[-1][key] if len(items) == limit else None}
