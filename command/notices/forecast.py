"""What telling so many people would cost and how long it would take, before anything is sent.

Each text goes by the road that would carry it now, as engines choose it for somebody of whom no rule asks the area or the beginning of
the number. A road carries what its settings, or somebody's order, let it, less what is kept for pages; where it is busy, what it carries
now. What waits in the same lane and in those before it leaves first. Calls and the app are not in it: this is what SMS to all come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.settings import GatewaySettings
from command.messages import breakers, gateways, holds, policy, road_orders, routes, routing, segments, traffic
from command.messages.models import Lane
from command.messages.routes import Needs, Offer
from command.network.models import CutOff, Element
from command.notices import queues

FALLBACK = "zh"
"""Whoever's language a notice has no text in reads this one."""
BUSY = 10
"""Seconds of a road's rate that wait ahead: with less, what it carries now says nothing of what it can."""


@dataclass(frozen=True, slots=True)
class Load:
    """A text, how many get it, and how many segments it is on the air."""

    text: str
    people: int
    size: int
    unicode: bool

    @property
    def needs(self) -> Needs:
        """What it asks of a road."""
        return routes.needs_of(self.text, "UCS-2" if self.unicode else "GSM-7")


@dataclass(frozen=True, slots=True)
class Share:
    """What one road would carry: to `people` in `segments`, which cost `amount` (None: its settings name no price). `over_cap` of them are
    more than it may carry today."""

    gateway: str
    people: int
    segments: int
    amount: Decimal | None
    currency: str
    seconds: float
    over_cap: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """`seconds` from when it may leave until it is through (None: for some there is no road), `ahead` messages leave before; `roadless`
    people are carried by nothing now. `held`: mass messages are held. `from_at`: when it may leave (None: at once)."""

    segments: int
    shares: tuple[Share, ...]
    roadless: int
    ahead: int
    seconds: float | None
    held: bool
    from_at: datetime | None
    ends_at: datetime | None

    @property
    def cost(self) -> tuple[tuple[str, Decimal], ...]:
        """What it costs, by currency; nothing where no price is known."""
        found: dict[str, Decimal] = {}
        for each in self.shares:
            if each.amount is not None:
                found[each.currency] = found.get(each.currency, Decimal(0)) + each.amount
        return tuple(sorted(found.items()))

    @property
    def unpriced(self) -> tuple[str, ...]:
        """The roads that have no price in the settings."""
        return tuple(each.gateway for each in self.shares if each.amount is None)


@dataclass(frozen=True, slots=True)
class Able:
    """A road as it stands: how many messages a second it takes now, and how many it may carry today yet (None: no end)."""

    settings: GatewaySettings
    rate: Fraction
    left_today: int | None


def loads(texts: Mapping[str, str], languages: Mapping[str, int]) -> list[Load]:
    """Who gets which text: of a language without one, the fallback's. Pure."""
    found: dict[str, int] = {}
    for language, people in languages.items():
        said = texts.get(language) or texts.get(FALLBACK) or next(iter(texts.values()), "")
        if said and people:
            found[said] = found.get(said, 0) + people
    sized = [(text, people, segments.count(text)) for text, people in found.items()]
    return [Load(text, people, size.segments, size.encoding == "UCS-2") for text, people, size in sized]


def shared(given: Sequence[tuple[Load, Able | None]], ahead: int) -> tuple[tuple[Share, ...], int]:
    """What each road carries, and how many have none. All that is ahead is taken to leave by the road that carries most of it. Pure."""
    roadless = sum(load.people for load, road in given if road is None)
    by: dict[str, tuple[Able, int, int]] = {}
    for load, road in given:
        if road is not None:
            _, people, size = by.get(road.settings.name, (road, 0, 0))
            by[road.settings.name] = (road, people + load.people, size + load.people * load.size)
    main = max(by, key=lambda name: by[name][1], default="")
    found = [_share(*each, ahead if name == main else 0) for name, each in by.items()]
    return tuple(sorted(found, key=lambda each: -each.people)), roadless


def _share(road: Able, people: int, size: int, ahead: int) -> Share:
    price = road.settings.sms_price
    return Share(
        gateway=road.settings.name,
        people=people,
        segments=size,
        amount=None if price is None else (price * size).quantize(Decimal("0.01")),
        currency=road.settings.sms_currency,
        seconds=float((people + ahead) / road.rate),
        over_cap=0 if road.left_today is None else max(0, people - road.left_today),
    )


def forecast(
    session: Session,
    kind: str,
    texts: Mapping[str, str],
    languages: Mapping[str, int],
    *,
    notice_id: int | None = None,
    release_at: datetime | None = None,
) -> Forecast:
    """What a notice of a kind with these texts, to so many of each language, would come to if it left now. Not for exercises: they go to
    those who take part alone."""
    at, lane = clock.now(session), queues.LANES[kind]
    ahead = _ahead(session, lane, notice_id)
    roads = Standing(session)
    given = [(load, roads.able(lane, roads.fit(load), notice_id, ahead)) for load in loads(texts, languages)]
    shares, roadless = shared(given, ahead)
    seconds = None if roadless else max((each.seconds for each in shares), default=0.0)
    begins = release_at if release_at is not None and release_at > at else None
    held = holds.now(session).get(False, holds.NOTHING)
    stands = held.mass and lane != Lane.CORRECTION and notice_id not in held.through
    ends = None if seconds is None or stands else (begins or at) + timedelta(seconds=seconds)
    return Forecast(
        segments=sum(load.people * load.size for load, _ in given),
        shares=shares,
        roadless=roadless,
        ahead=ahead,
        seconds=seconds,
        held=stands,
        from_at=begins,
        ends_at=ends,
    )


def _ahead(session: Session, lane: Lane, notice_id: int | None) -> int:
    """Messages that wait in the lane and in those before it, but those of the notice itself."""
    waits = queues.waiting(session)
    own = queues.of_notice(session, notice_id) if notice_id is not None else 0
    return max(0, sum(count for (each, _), count in waits.items() if each <= lane) - own)


class Standing:
    """The roads as they stand now, and which of them would carry what."""

    def __init__(self, session: Session) -> None:
        settings = policy.settings(session)
        self._live = {one.name: one for one in gateways.live(settings)}
        known = breakers.standing(session, self._live)
        self._ordered = road_orders.now(session)
        self._offers = [
            Offer(name, gateways.capabilities(one), known[name].stopped, known[name].open, known[name].used)
            for name, one in self._live.items()
        ]
        self._lost = lost(session, {name for one in self._live.values() for name in one.elements})
        self._share = settings.pages_share
        self._carried = traffic.lately(traffic.beats(session))
        self._used = {name: each.used for name, each in known.items()}

    def fit(self, load: Load) -> Needs:
        """What a text asks of roads, those left out that do not take it."""
        return routes.fitting(load.needs, load.text, {offer.name: offer.capabilities for offer in self._offers})

    def leading(self, lane: Lane, needs: Needs, notice_id: int | None = None) -> str | None:
        """The road that would carry it: None, no road does now. One that has carried all it may today does tomorrow."""
        order = routing.diverted(routing.order(routing.table(), lane), self._ordered.diverted(lane, notice_id))
        found = routes.choose(lane, False, self._offers, self._lost, needs, order)
        spent = (name for name, why in found.skipped if why == routes.SPENT)
        return found.gateways[0] if found.gateways else next(spent, None)

    def able(self, lane: Lane, needs: Needs, notice_id: int | None, ahead: int) -> Able | None:
        """The same, and how much it takes where so many messages wait ahead."""
        name = self.leading(lane, needs, notice_id)
        if name is None:
            return None
        one = self._live[name]
        left = None if one.daily_cap is None else max(0, one.daily_cap - self._used[one.name])
        return Able(one, self.rate(name, ahead, pages=False), left)

    def rate(self, name: str, ahead: int, *, pages: bool) -> Fraction:
        """Messages a second it takes of notices, or of `pages`, which have all of it: what it carries now, where it is busy."""
        one = self._live[name]
        most = min(one.rate, self._ordered.rates.get(name, one.rate))
        rate = Fraction(max(1, most if pages else most - int(most * self._share)))
        carried = self._carried.get(name, traffic.NONE)
        busy = ahead > rate * BUSY and traffic.steady(carried)
        return min(rate, Fraction(traffic.pace(carried))) if busy else rate


def lost(session: Session, elements: set[str]) -> frozenset[str]:
    """Those of some elements that are cut off now (B4)."""
    query = (
        select(Element.name)
        .join(CutOff, CutOff.element_id == Element.id)
        .where(CutOff.until_at.is_(None), CutOff.exercise.is_(False), Element.name.in_(elements))
    )
    return frozenset(session.scalars(query)) if elements else frozenset()
