"""The plan across incidents as people and programs read it: who gets what, from where, when, what a lower tier loses, what is lacking."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask_babel import gettext
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.network.models import Area
from command.resources.models import Resource, ResourcePool, ResourceRequest, ResourceUnit
from command.resources.offers import UNDER_WAY
from command.resources.planning import Lacking, Line, Proposal
from command.resources.states import State

Row = TypeVar("Row")


class LossOut(BaseModel):
    """Whose pieces they are now: the request of an incident of a lower tier. `release_first`: they are under way or on scene."""

    incident: str
    request_id: int
    tier: int
    release_first: bool


class GiftOut(BaseModel):
    """A gift of the plan. `line` and `version` name it when it is accepted. `area` is where the pieces are now, `state` how they stand,
    `minutes` the way (null: nobody knows), `late` whether they arrive after the time they are needed by. What comes out of a
    drill is back within `recall_minutes`, which are counted in. `text` says it in words."""

    line: str
    version: str
    quantity: int
    serials: list[str]
    pool: str
    pool_id: int
    area: str
    state: str
    allocation_id: int | None
    minutes: int | None
    arrives_at: datetime | None
    late: bool
    takes_from: LossOut | None
    recall_minutes: int | None
    text: str


class NeedOut(BaseModel):
    """What an approved request lacks (`missing` pieces), the lines it would get, and the pieces it does not get (`lacking`) with why."""

    request_id: int
    incident: str
    tier: int
    restricted: bool
    resource: str
    resource_code: str
    type: int
    missing: int
    need_by: datetime
    minutes_left: int
    place: str
    lines: list[GiftOut]
    lacking: int
    why: list[str]


class ResourcePlanOut(BaseModel):
    """The plan as of `at`: `items` by tier and time, how many lines it has in all, how many of these take from lower tiers, and how many
    requests stay `short`."""

    at: datetime
    exercise: bool
    lines: int
    preempting: int
    short: int
    items: list[NeedOut]


class _Names:
    """Names of what lines speak of, asked for at once."""

    def __init__(
        self, session: Session, lines: Sequence[Line], asked: Collection[ResourceRequest], language: str
    ) -> None:
        self.language, self.now = language, clock.now(session)
        self.pools = _by_id(session, ResourcePool, {each.offer.pool_id for each in lines})
        self.areas = _by_id(session, Area, {each.offer.area_id for each in lines})
        self.resources = _by_id(session, Resource, {each.resource_id for each in asked})
        self.units = _by_id(session, ResourceUnit, {unit for each in lines for unit in each.units})

    def of(self, row: Any) -> str:
        return names.of(row, self.language)


def _by_id(session: Session, model: type[Row], ids: Collection[int]) -> dict[int, Row]:
    key: Any = model
    return {row.id: row for row in session.scalars(select(key).where(key.id.in_(ids)))} if ids else {}


def plan_out(session: Session, plan: Proposal, language: str, *, exercise: bool) -> ResourcePlanOut:
    """A plan in the reader's language."""
    known = _Names(session, plan.lines, plan.requests, language)
    by_request: dict[int, list[Line]] = {}
    for line in plan.lines:
        by_request.setdefault(line.request.id, []).append(line)
    items = [_need(known, plan, each, by_request.get(each.id, [])) for each in plan.requests]
    return ResourcePlanOut(
        at=known.now,
        exercise=exercise,
        lines=len(plan.lines),
        preempting=sum(line.offer.request is not None for line in plan.lines),
        short=len(plan.lacking),
        items=items,
    )


def lines_out(session: Session, lines: Sequence[Line], language: str) -> list[GiftOut]:
    """Lines that stand outside of a plan: what holders of lower tiers would lose."""
    known = _Names(session, lines, [line.request for line in lines], language)
    return [_line(known, line, "") for line in lines]


def _need(known: _Names, plan: Proposal, request: ResourceRequest, lines: Sequence[Line]) -> NeedOut:
    resource = known.resources[request.resource_id]
    lacks = plan.lacking.get(request.id)
    version = plan.versions[request.resource_id]
    return NeedOut(
        request_id=request.id,
        incident=request.incident_number,
        resource=known.of(resource),
        resource_code=resource.code,
        missing=plan.missing[request.id],
        minutes_left=int((request.need_by - known.now).total_seconds() // 60),
        lines=[_line(known, each, version) for each in lines],
        lacking=lacks.pieces if lacks else 0,
        why=reasons(lacks) if lacks else [],
        **{name: getattr(request, name) for name in ("tier", "restricted", "type", "need_by", "place")},
    )


def _line(known: _Names, line: Line, version: str) -> GiftOut:
    offer = line.offer
    arrives = known.now + timedelta(minutes=line.minutes) if line.minutes is not None else None
    lost = offer.request
    loss = None
    if lost is not None and offer.state != State.RELEASED:
        release = offer.state in UNDER_WAY
        loss = LossOut(incident=lost.incident_number, request_id=lost.id, tier=lost.tier, release_first=release)
    return GiftOut(
        line=line.key,
        version=version,
        quantity=line.quantity,
        serials=[known.units[unit].serial for unit in line.units],
        pool=known.of(known.pools[offer.pool_id]),
        pool_id=offer.pool_id,
        area=known.of(known.areas[offer.area_id]),
        state=offer.state,
        allocation_id=offer.allocation_id,
        minutes=None if line.minutes is None else round(line.minutes),
        arrives_at=arrives,
        late=arrives is not None and arrives > line.request.need_by,
        takes_from=loss,
        recall_minutes=offer.recall_minutes,
        text=_said(known, line),
    )


def _said(known: _Names, line: Line) -> str:
    """A line in words."""
    offer = line.offer
    told = {
        "count": line.quantity,
        "resource": known.of(known.resources[line.request.resource_id]),
        "pool": known.of(known.pools[offer.pool_id]),
        "incident": line.request.incident_number,
    }
    if offer.request is not None:
        told |= {"loser": offer.request.incident_number, "request": offer.request.id}
        text = gettext(
            "%(count)s × %(resource)s of %(pool)s for %(incident)s; %(loser)s loses it (request %(request)s)", **told
        )
    elif offer.recall_minutes is not None:
        text = gettext("%(count)s × %(resource)s of %(pool)s for %(incident)s, recalled from a drill", **told)
    else:
        text = gettext("%(count)s × %(resource)s of %(pool)s for %(incident)s", **told)
    if line.minutes is None:
        return str(gettext("%(what)s; nobody knows how long the way takes", what=text))
    return str(gettext("%(what)s; there in about %(minutes)s min", what=text, minutes=round(line.minutes)))


def reasons(lacks: Lacking) -> list[str]:
    """Why pieces are lacking, and what there is besides."""
    if lacks.too_many:
        return [
            gettext("Too many pieces of this resource are asked for at once to plan them; fill these requests by hand.")
        ]
    found = [gettext("Nothing else that would do is free, or held for a lower tier.")]
    if lacks.in_reserve:
        found.append(gettext("%(count)s in reserve would do: make them ready.", count=lacks.in_reserve))
    if lacks.under_way:
        found.append(
            gettext(
                "%(count)s of lower tiers are under way or on scene: whoever has them releases them first.",
                count=lacks.under_way,
            )
        )
    if lacks.weaker:
        found.append(
            gettext("%(count)s that are available are less capable than what was asked for.", count=lacks.weaker)
        )
    if len(found) == 1:
        found.append(gettext("Ask a partner, or a vendor."))
    return found
