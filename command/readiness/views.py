"""Readiness as people and programs read it."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import names
from command.readiness import due, plans
from command.readiness.coverage import Cover, Stands
from command.readiness.due import Thing
from command.readiness.models import ResourceReminder, Subject
from command.readiness.plans import AreaStanding, Standing
from command.resources import finding, reading, views
from command.resources.models import ResourcePool, ResourceUnit
from command.resources.views import StockOut


class LineOut(BaseModel):
    """A line of a playbook's resources: `quantity` pieces of `type` or a more capable one (null: any). `own` pieces are fit for use in the
    area's own pools, `everywhere` in all; `from_elsewhere` would come from other areas, `short` no pool has. `known`: the register has a
    resource for it."""

    line: str
    name: str
    type: int | None
    quantity: int
    own: int
    everywhere: int
    from_elsewhere: int
    short: int
    known: bool
    stands: Stands


class TierOut(BaseModel):
    """A tier: as ready as the worst of its lines; how many `lack`, and how many need `help` from elsewhere."""

    tier: int
    stands: Stands
    lack: int
    help: int
    lines: list[LineOut]


class PlanOut(BaseModel):
    code: str
    version: int
    kind: str
    title: str
    tiers: list[TierOut]


class AreaOut(BaseModel):
    area: str
    name: str
    plans: list[PlanOut]


class ThingOut(BaseModel):
    """Something that ends: `days` are left to `due_on`, below zero it is over. `name` is the certificate's."""

    subject: Subject
    pool_id: int
    pool: str
    department: str
    partner: str
    unit_id: int | None
    serial: str | None
    resource: str | None
    name: str
    due_on: date | None
    days: int


class ReadinessOut(BaseModel):
    """What playbooks in force would lack today, by area, and what ends within 30 days or is over."""

    areas: list[AreaOut]
    certificates: list[ThingOut]
    services: list[ThingOut]
    information: list[ThingOut]
    stock_taking: list[ThingOut]
    below_minimum: list[StockOut]


class ReminderOut(BaseModel):
    """`days`: told when so many were left. `raised`: because an owner had read nothing of it."""

    id: int
    subject: Subject
    pool_id: int
    pool: str
    unit_id: int | None
    serial: str | None
    name: str
    due_on: date
    days: int
    left: int
    raised: bool
    told_at: datetime
    read_at: datetime | None


def readiness(session: Session, area: str, department: str, language: str) -> ReadinessOut:
    """How ready the pools are; of one area with all that lies in it, and of one department's pools, if given."""
    inside = reading.below(session, area) if area else None
    ending = [each for each in due.things(session) if _within(each.pool, inside, department)]
    low = [line for line in due.below_minimum(session) if _within(line[2], inside, department)]
    by = {subject: [_thing(each, language) for each in ending if each.subject == subject] for subject in Subject}
    return ReadinessOut(
        areas=[_area(each, language) for each in plans.standings(session, area, department)],
        certificates=by[Subject.CERTIFICATE],
        services=by[Subject.SERVICE],
        information=by[Subject.INFORMATION],
        stock_taking=by[Subject.STOCK_TAKING],
        below_minimum=views.stocks_out(session, low, language),
    )


def _within(pool: ResourcePool, inside: set[int] | None, department: str) -> bool:
    return (inside is None or pool.area_id in inside) and (not department or pool.department == department)


def _area(found: AreaStanding, language: str) -> AreaOut:
    return AreaOut(
        area=found.area.code,
        name=names.of(found.area, language),
        plans=[_plan(each, language) for each in found.plans],
    )


def _plan(found: Standing, language: str) -> PlanOut:
    plan = found.plan
    tiers = []
    for tier in found.tiers:
        texts = {line.id: line.name for line in plan.tier(tier.tier).resources}
        lines = [_line(each, getattr(texts[each.need.line], language)) for each in tier.lines]
        lack, help_ = tier.count(Stands.LACKING), tier.count(Stands.HELP)
        tiers.append(TierOut(tier=tier.tier, stands=tier.stands, lack=lack, help=help_, lines=lines))
    title = getattr(plan.title, language)
    return PlanOut(code=plan.code, version=plan.version, kind=plan.kind, title=title, tiers=tiers)


def _line(found: Cover, name: str) -> LineOut:
    need = found.need
    plain = ("own", "everywhere", "from_elsewhere", "short", "known", "stands")
    values = {each: getattr(found, each) for each in plain}
    return LineOut(line=need.line, name=name, type=need.type, quantity=need.quantity, **values)


def _thing(found: Thing, language: str) -> ThingOut:
    return ThingOut(
        subject=found.subject,
        pool_id=found.pool.id,
        pool=names.of(found.pool, language),
        department=found.pool.department,
        partner=found.pool.partner,
        unit_id=found.unit.id if found.unit else None,
        serial=found.unit.serial if found.unit else None,
        resource=names.of(found.resource, language) if found.resource else None,
        name=found.name,
        due_on=found.due_on if found.due_on != due.NEVER else None,
        days=found.days,
    )


def reminders_out(session: Session, rows: Sequence[ResourceReminder], language: str) -> list[ReminderOut]:
    """Reminders with what they are about."""
    today = finding.today(session)
    plain = ("id", "subject", "pool_id", "unit_id", "name", "due_on", "days", "raised", "told_at", "read_at")
    found = []
    for row in rows:
        unit = session.get(ResourceUnit, row.unit_id) if row.unit_id else None
        pool = names.of(session.get_one(ResourcePool, row.pool_id), language)
        values = {name: getattr(row, name) for name in plain}
        left = (row.due_on - today).days
        found.append(ReminderOut(pool=pool, serial=unit.serial if unit else None, left=left, **values))
    return found
