"""The plan across incidents, from rows: what open requests lack, what could go, and who gets what. It changes nothing.

Each resource is planned by itself and has a version of its own: a line may be accepted as long as its resource's plan is still the same."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.network import travel
from command.network.travel import Travel
from command.resources import assignment, offers, requests, sourcing
from command.resources.assignment import Gift, Need, Supply
from command.resources.models import ResourceRequest, ResourceStock
from command.resources.offers import Offer
from command.resources.states import State, serves
from command.resources.transport import NotSolved

UNKNOWN = 24 * 60.0
"""Minutes that a way counts as which nobody knows: later than any other; the tree of areas says what is near."""
PER_STEP = 60.0


@dataclass(frozen=True, slots=True)
class Line:
    """`quantity` pieces of an offer (these `units`) for a request, there in `minutes` (None: nobody knows)."""

    request: ResourceRequest
    offer: Offer
    quantity: int
    minutes: float | None
    units: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """What names the line in a plan."""
        return f"{self.request.id}.{self.offer.key}"


@dataclass(frozen=True, slots=True)
class Lacking:
    """`pieces` that a request does not get, and what there is besides: pieces in reserve to be made ready, pieces of lower tiers that are
    under way or on scene and would have to be released, and pieces that are less capable. `too_many`: the resource was not planned."""

    pieces: int
    in_reserve: int = 0
    under_way: int = 0
    weaker: int = 0
    too_many: bool = False


@dataclass(slots=True)
class Proposal:
    """Lines by request, what is lacking, and the version of each resource's plan. `requests` lack something, the highest tier first."""

    requests: list[ResourceRequest]
    missing: Mapping[int, int]
    lines: list[Line] = field(default_factory=list)
    lacking: dict[int, Lacking] = field(default_factory=dict)
    versions: dict[int, str] = field(default_factory=dict)


def propose(
    session: Session, known: Sequence[ResourceRequest], *, exercise: bool, only: set[int] | None = None
) -> Proposal:
    """The plan for the approved requests `known`, of drills or of real events; of resources `only`. Nothing is taken from incidents whose
    requests are not among them."""
    asked = [each for each in known if each.exercise == exercise and (only is None or each.resource_id in only)]
    covered = requests.covered_all(session, [each.id for each in asked])
    missing = {each.id: each.quantity - covered.get(each.id, 0) for each in asked}
    short = sorted(
        (each for each in asked if missing[each.id] > 0), key=lambda each: (each.tier, each.need_by, each.id)
    )
    made = Proposal(short, missing)
    wanted = {each.resource_id for each in short}
    by_id = {each.id: each for each in asked}
    given = [*offers.free(session, wanted), *offers.taken(session, wanted, by_id, exercise=exercise)]
    if not exercise:
        given += offers.in_drills(session, wanted)
    ways = _Ways(travel.read(session))
    for resource in sorted(wanted):
        _plan(
            made, [r for r in short if r.resource_id == resource], [o for o in given if o.resource_id == resource], ways
        )
    _explain(session, made, wanted, by_id, exercise)
    for resource in wanted:
        made.versions[resource] = _version(made, resource)
    return made


class _Ways:
    """Minutes from area to area, each looked up once."""

    def __init__(self, ways: Travel) -> None:
        self.ways = ways
        self.known: dict[tuple[int, int | None], tuple[float | None, float]] = {}

    def minutes(self, start: int, end: int | None) -> tuple[float | None, float]:
        """What is known of a way, and what it counts as."""
        found = self.known.get((start, end))
        if found is None:
            takes = self.ways.minutes(start, end) if end is not None else None
            steps = sourcing.steps(self.ways.line(end), self.ways.line(start)) if end is not None else sourcing.FAR
            found = takes, UNKNOWN + steps * PER_STEP if takes is None else takes
            self.known[start, end] = found
        return found


def _plan(made: Proposal, short: Sequence[ResourceRequest], given: Sequence[Offer], ways: _Ways) -> None:
    needs = [Need(r.id, r.resource_id, r.tier, r.type, made.missing[r.id]) for r in short]
    supplies = [
        Supply(at, o.resource_id, o.type, o.quantity, o.request.tier if o.request else None)
        for at, o in enumerate(given)
    ]
    minutes = {
        (r.id, at): ways.minutes(o.area_id, r.area_id)[1] + (o.recall_minutes or 0)
        for r in short
        for at, o in enumerate(given)
        if serves(o.type, r.type) and (o.request is None or o.request.tier > r.tier)
    }
    try:
        found = assignment.plan(needs, supplies, minutes)
    except NotSolved:
        made.lacking |= {r.id: Lacking(made.missing[r.id], too_many=True) for r in short}
        return
    made.lacking |= {need: Lacking(pieces) for need, pieces in found.lacking.items()}
    made.lines += _lines(found.gifts, short, given, ways)


def _lines(gifts: Sequence[Gift], short: Sequence[ResourceRequest], given: Sequence[Offer], ways: _Ways) -> list[Line]:
    by_id = {each.id: each for each in short}
    order = {each.id: at for at, each in enumerate(short)}
    used: dict[int, int] = {}
    lines = []
    for gift in sorted(gifts, key=lambda each: (order[each.need], each.minutes, each.supply)):
        request, offer, at = by_id[gift.need], given[gift.supply], used.get(gift.supply, 0)
        used[gift.supply] = at + gift.quantity
        way = ways.minutes(offer.area_id, request.area_id)[0]
        way = None if way is None else way + (offer.recall_minutes or 0)
        lines.append(Line(request, offer, gift.quantity, way, offer.units[at : at + gift.quantity]))
    return lines


def _explain(
    session: Session, made: Proposal, wanted: set[int], by_id: Mapping[int, ResourceRequest], exercise: bool
) -> None:
    """Say of what is lacking what there is besides."""
    if not made.lacking:
        return
    busy = offers.taken(session, wanted, by_id, exercise=exercise, states=offers.UNDER_WAY, ahead=False)
    counted = func.sum(ResourceStock.in_reserve), func.sum(ResourceStock.available)
    rows = session.execute(
        select(ResourceStock.resource_id, ResourceStock.type, *counted)
        .where(ResourceStock.resource_id.in_(wanted))
        .group_by(ResourceStock.resource_id, ResourceStock.type)
    ).tuples()
    stocks = [(resource, capability, int(kept), int(ready)) for resource, capability, kept, ready in rows]
    for request in made.requests:
        lacks = made.lacking.get(request.id)
        if lacks is None:
            continue
        mine = [row for row in stocks if row[0] == request.resource_id]
        made.lacking[request.id] = Lacking(
            lacks.pieces,
            in_reserve=sum(kept for _, capability, kept, _ in mine if serves(capability, request.type)),
            under_way=sum(each.quantity for each in busy if _could(each, request)),
            weaker=sum(ready for _, capability, _, ready in mine if not serves(capability, request.type)),
            too_many=lacks.too_many,
        )


def _could(offer: Offer, request: ResourceRequest) -> bool:
    """Whether something of a lower tier would do for a request."""
    lower = offer.request is not None and offer.request.tier > request.tier
    return lower and offer.resource_id == request.resource_id and serves(offer.type, request.type)


def _version(made: Proposal, resource: int) -> str:
    """The same as long as the same pieces would go to the same requests, and the same is lacking."""
    lines = [
        [each.key, each.request.tier, each.quantity, each.units, each.offer.request.tier if each.offer.request else 0]
        for each in made.lines
        if each.request.resource_id == resource
    ]
    lacks = [
        [r.id, r.tier, made.lacking[r.id].pieces]
        for r in made.requests
        if r.id in made.lacking and r.resource_id == resource
    ]
    return hashlib.sha256(orjson.dumps([lines, lacks])).hexdigest()[:16]


def holders(session: Session, request: ResourceRequest, known: Sequence[ResourceRequest]) -> list[Line]:
    """What lower tiers among `known` have that would do for a request, the nearest first; what is under way or on scene too."""
    states = (*offers.TAKEABLE, *offers.UNDER_WAY)
    return [each for each in _near(session, request, known, states) if _could(each.offer, request)]


def spare(session: Session, request: ResourceRequest, known: Sequence[ResourceRequest]) -> list[Line]:
    """What is out, would do for a request and nobody would lose, the nearest first: held or staged ahead of need, or released and on
    the way back (from one of the `known` requests)."""
    found = _near(session, request, known, (State.HELD, State.STAGED, State.RELEASED))
    return [each for each in found if each.offer.request is None or each.offer.state == State.RELEASED]


def _near(
    session: Session, request: ResourceRequest, known: Sequence[ResourceRequest], states: Collection[State]
) -> list[Line]:
    """What was taken and would do for a request, by the time from where it is now."""
    by_id = {each.id: each for each in known if each.resource_id == request.resource_id}
    found = offers.taken(session, [request.resource_id], by_id, exercise=request.exercise, states=states)
    ways = _Ways(travel.read(session))
    able = [each for each in found if serves(each.type, request.type)]
    lines = [Line(request, o, o.quantity, ways.minutes(o.area_id, request.area_id)[0], o.units) for o in able]
    return sorted(lines, key=lambda line: (ways.minutes(line.offer.area_id, request.area_id)[1], line.key))
