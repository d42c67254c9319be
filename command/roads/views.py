"""Roads as people see them: how each stands and why, what it carries now, what went wrong lately, what waits in each lane and until when.

Nothing here counts deliveries: engines tell what they sent with their heartbeats, notices are counted by their tallies."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.beats import CODE, SLICE, SLICES, EngineBeat
from command.core.installation import Installation
from command.core.journal import Note
from command.core.log import masked_words
from command.core.settings import GatewaySettings
from command.messages import breakers, failures, gateways, holds, road_orders, routes, traffic
from command.messages.gateways import capabilities
from command.messages.models import GatewayState, Lane
from command.messages.road_models import RoadOrder
from command.messages.traffic import Traffic
from command.notices import forecast, lanes, queues
from command.people.models import Person

SEEN = timedelta(seconds=30)
"""An engine that was not seen for longer holds no bind that counts."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order that holds now: what somebody (`by`, a name) ordered about a road, why and until when."""

    id: int
    act: str
    rate: int | None
    lane: str | None
    notice_id: int | None
    until: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong in the last ten minutes: a class, the gateway's code, how often."""

    kind: str
    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Link:
    """A bind of an SMPP gateway, as the engine that holds it told: for pages or for notices, its kind, whether it stands (bound, down,
    refused), what is under way by it, and what ended it last, and when."""

    engine: str
    pages: bool
    kind: str
    state: str
    under_way: int
    error: str
    error_at: datetime | None


@dataclass(frozen=True, slots=True)
class By:
    """One of a gateway's senders: what it may carry a second and a day (None: what the gateway may), and has today."""

    number: str
    rate: int | None
    daily_cap: int | None
    used_today: int


@dataclass(frozen=True, slots=True)
class Road:
    """One gateway. `state` is open, paused, avoided, stopped, broken (its breaker is open), spent (it has carried all it may on this day
    of UTC) or lost (`lost` names an element it depends on that is cut off); `rate` what it may carry a second and `slowed` what somebody
    slowed it to; `now` and `slices` (of SLICE seconds, the last ten minutes, oldest first) what it carried, in messages a second."""

    name: str
    channel: str
    state: str
    reason: str
    lost: str | None
    two_way: bool
    approved: tuple[str, ...]
    url: bool
    unicode: bool
    elements: tuple[str, ...]
    rate: int
    slowed: int | None
    now: float
    slices: tuple[float, ...]
    failures: tuple[Failure, ...]
    daily_cap: int | None
    used_today: int
    orders: tuple[Ordered, ...] = ()
    links: tuple[Link, ...] = ()
    senders: tuple[By, ...] = ()


@dataclass(frozen=True, slots=True)
class Queue:
    """One lane: messages that wait, seconds the oldest has waited, and in how many seconds the lane is expected to be through, those before
    it included (None: nothing carries it now)."""

    lane: str
    waiting: int
    oldest: float
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Roads:
    """All of it at one moment."""

    at: datetime
    roads: tuple[Road, ...]
    queues: tuple[Queue, ...]
    engine_at: datetime | None
    held: bool = False
    diverted: tuple[Ordered, ...] = field(default=())

    @property
    def day_ends(self) -> datetime:
        """When gateways that have carried all they may today go on: the day is one of UTC."""
        return self.at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def shown(session: Session, house: Installation, language: str) -> Roads:
    """Every live road and every lane now."""
    at = clock.now(session)
    given = gateways.live(house.settings)
    found = road_orders.on(session)
    told = {each.id: _told(session, each, language) for each in found}
    by_road = road_orders.gateways_of(found)
    known = breakers.standing(session, [one.name for one in given])
    used = {row.gateway: row for row in session.scalars(select(GatewayState))}
    beats = traffic.beats(session)
    lately = traffic.lately(beats)
    lost = forecast.lost(session, {name for one in given for name in one.elements})
    roads = []
    for one in given:
        can, stands = capabilities(one), known[one.name]
        gone = next((name for name in sorted(can.elements) if name in lost), None)
        carried = lately.get(one.name, traffic.NONE)
        row, slowed = used.get(one.name), [each.rate for each in by_road.get(one.name, []) if each.rate is not None]
        roads.append(
            Road(
                name=one.name,
                channel=can.channel,
                state=state_of(stands, gone, can.daily_cap),
                reason=stands.stopped or "",
                lost=gone,
                two_way=can.two_way,
                approved=can.approved or (),
                url=can.url,
                unicode=can.unicode,
                elements=can.elements,
                rate=one.rate,
                slowed=slowed[-1] if slowed else None,
                now=traffic.pace(carried),
                slices=_slices(carried),
                failures=_failures(carried),
                daily_cap=can.daily_cap,
                used_today=stands.used,
                orders=tuple(told[each.id] for each in by_road.get(one.name, [])),
                links=links(beats, one.name, at),
                senders=senders(one, row, at),
            )
        )
    return Roads(
        at=at,
        roads=tuple(roads),
        queues=_queues(session),
        engine_at=max((beat.seen_at for beat in beats), default=None),
        held=holds.now(session).get(False, holds.NOTHING).mass,
        diverted=tuple(told[each.id] for each in found if each.act == "divert"),
    )


def links(beats: Iterable[EngineBeat], gateway: str, at: datetime) -> tuple[Link, ...]:
    """The binds of a gateway, by each engine that lives."""
    return tuple(
        Link(
            engine=beat.engine,
            pages=each["pages"],
            kind=each["kind"],
            state=each["state"],
            under_way=each["under_way"],
            error=each["error"],
            error_at=datetime.fromisoformat(each["error_at"]) if each["error_at"] else None,
        )
        for beat in sorted(beats, key=lambda beat: beat.engine)
        if beat.seen_at >= at - SEEN
        for each in beat.links.get(gateway, [])
    )


def senders(one: GatewaySettings, row: GatewayState | None, at: datetime) -> tuple[By, ...]:
    """The senders of a gateway, each with its limits and what it used on the day of `at` (UTC)."""
    today = row.senders if row and row.day == at.date().isoformat() else {}
    return tuple(
        By(each.number, each.rate, each.daily_cap, today.get(each.number, {}).get("day_used", 0))
        for each in one.senders
    )


def state_of(stands: breakers.Standing, lost: str | None, daily_cap: int | None) -> str:
    """The state of a gateway, as Road has it; `lost` is the element it depends on that is cut off."""
    if stands.stopped in (road_orders.PAUSED, holds.AVOIDED):
        return str(stands.stopped)
    if stands.stopped:
        return "stopped"
    if lost:
        return "lost"
    if stands.open:
        return "broken"
    return "spent" if routes.spent(stands.used, daily_cap) else "open"


def _slices(found: Traffic) -> tuple[float, ...]:
    return tuple(traffic.carried(found.get(ago, Counter())) / SLICE for ago in range(SLICES - 1, 0, -1))


def _failures(found: Traffic) -> tuple[Failure, ...]:
    codes: Counter[str] = Counter()
    for counts in found.values():
        for name, count in counts.items():
            if name.startswith(CODE):
                codes[name.removeprefix(CODE)] += count
    return tuple(Failure(failures.of(code), code, count) for code, count in codes.most_common())


def _queues(session: Session) -> tuple[Queue, ...]:
    counts: Counter[Lane] = Counter()
    for (lane, state), count in queues.waiting(session).items():
        if state in queues.WAITING:
            counts[Lane(lane)] += count
    ends = lanes.through(session, counts)
    return tuple(
        Queue(lane.name.lower(), counts[lane], queues.oldest(session, lane), ends.get(lane, 0.0)) for lane in Lane
    )


def _told(session: Session, order: RoadOrder, language: str) -> Ordered:
    note = session.get(Note, order.reason_note_id)
    return Ordered(
        id=order.id,
        act=order.act,
        rate=order.rate,
        lane=Lane(order.lane).name.lower() if order.lane is not None else None,
        notice_id=order.notice_id,
        until=order.until_at,
        by=_name(session, order.by, language),
        reason=masked_words(note.body) if note and note.body else "",
    )


def _name(session: Session, actor: str, language: str) -> str:
    kind, _, rest = actor.partition(":")
    person = session.get(Person, int(rest)) if kind == "person" and rest.isdigit() else None
    return names.of(person, language) if person else rest or actor
