"""Roads over JSON: how they stand, what waits, and orders about them."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Invalid
from command.incidents.api import Name, Strict, Words
from command.incidents.notice_acts import found
from command.messages import gateways, holds, road_orders
from command.messages.routing import LANES
from command.people.access import Principal, access, here, principal, unit
from command.people.language import language
from command.roads import views

api = APIBlueprint("roads_api", __name__, url_prefix="/api/v1/roads", tag="Roads")


class OrderIn(Strict):
    """An order about a road for `minutes`, with a reason: `pause`, `slow` to `rate` messages a second, or `divert` to it what goes in
    `lane` or the notice `notice`."""

    act: Literal["pause", "slow", "divert"]
    reason: Words
    minutes: Annotated[int, Field(ge=1, le=1440)]
    rate: Annotated[int, Field(ge=1, le=100_000)] | None = None
    lane: Name | None = None
    notice: Annotated[int, Field(ge=1, le=2**62)] | None = None
    override: bool = False


class EndIn(Strict):
    """Ends an order before its time."""

    override: bool = False


class OrderOut(BaseModel):
    """An order that holds."""

    id: int
    act: str
    rate: int | None
    lane: str | None
    notice_id: int | None
    until: datetime
    by: str
    reason: str


class FailureOut(BaseModel):
    """What went wrong in the last ten minutes, by class and the gateway's code."""

    kind: str
    code: str
    count: int


class LinkOut(BaseModel):
    """A bind of an SMPP gateway, as its engine told it within the last half minute."""

    engine: str
    pages: bool
    kind: Literal["transceiver", "transmitter", "receiver"]
    state: Literal["bound", "down", "refused"]
    under_way: int
    error: str
    error_at: datetime | None


class SenderOut(BaseModel):
    """One of a gateway's senders; null: what the gateway itself may carry."""

    number: str
    rate: int | None
    daily_cap: int | None
    used_today: int


class RoadOut(BaseModel):
    """One road. `now` and `slices` (ten seconds each, oldest first) are messages a second."""

    name: str
    channel: str
    state: Literal["open", "paused", "avoided", "stopped", "broken", "spent", "lost"]
    reason: str
    lost: str | None
    two_way: bool
    approved: tuple[str, ...] = Field(description="The only texts it takes; {…} stands for what changes. Empty: any.")
    url: bool
    unicode: bool
    elements: list[str]
    rate: int
    slowed: int | None
    now: float
    slices: list[float]
    failures: list[FailureOut]
    daily_cap: int | None
    used_today: int
    orders: list[OrderOut]
    links: list[LinkOut]
    senders: list[SenderOut]


class QueueOut(BaseModel):
    """One lane: messages that wait, seconds the oldest has waited, seconds until it is through (null: nothing carries it)."""

    lane: str
    waiting: int
    oldest: float
    seconds: float | None


class RoadsOut(BaseModel):
    """Every live road and every lane at one moment."""

    at: datetime
    roads: list[RoadOut]
    queues: list[QueueOut]
    engine_at: datetime | None
    held: bool


@api.get("")
@api.output(RoadsOut)
@access("read")
def stands() -> Any:
    """How roads stand and what waits."""
    return _stands()


@api.post("/<name>/orders")
@api.input(OrderIn, arg_name="asked")
@api.output(RoadsOut, status_code=201)
@access(holds.ACT)
def order(name: str, asked: OrderIn) -> Any:
    """Pause, slow or divert to a road; it takes the place of an order about the same thing."""
    give(name, asked, principal())
    return _stands()


@api.post("/orders/<int:order_id>/actions/end")
@api.input(EndIn, arg_name="asked")
@api.output(RoadsOut)
@access(holds.ACT)
def end(order_id: int, asked: EndIn) -> Any:
    """End an order before its time."""
    take_back(order_id, asked, principal())
    return _stands()


def give(name: str, asked: OrderIn, who: Principal) -> None:
    """Order as asked."""
    roads = {one.name: one.channel for one in gateways.live(here().settings)}
    if asked.lane is not None and asked.lane not in LANES:
        raise Invalid(
            N_("%(name)s is no lane."),
            field="lane",
            remedy=N_("Use one of %(known)s."),
            name=asked.lane,
            known=", ".join(LANES),
        )

    def work(session: Session) -> None:
        if asked.notice is not None:
            _real(session, asked.notice, who)
        until = clock.now(session) + timedelta(minutes=asked.minutes)
        lane = LANES[asked.lane] if asked.lane else None
        more = asked.model_dump(include={"rate", "override"})
        road_orders.order(
            session, name, asked.act, asked.reason, until, who, roads=roads, lane=lane, notice_id=asked.notice, **more
        )

    unit(work)


def _real(session: Session, notice_id: int, who: Principal) -> None:
    """The notice exists, `who` may know of it, and it is none of an exercise."""
    if found(session, notice_id, who).exercise:
        raise Invalid(N_("Exercises have one gateway."), field="notice", remedy=N_("Divert notices that are real."))


def take_back(order_id: int, asked: EndIn, who: Principal) -> None:
    """End as asked."""
    unit(lambda session: road_orders.end(session, order_id, who, override=asked.override).id)


def _stands() -> RoadsOut:
    with here().database.read() as session:
        return RoadsOut.model_validate(views.shown(session, here(), language()), from_attributes=True)
