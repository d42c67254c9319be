"""The made-up past of the demo operator, told by seed: two years of plausible incidents. Pure.

The same seed, sites and day give the same past. Nights are quieter than days, storms come in summer and frost in winter, a few sites fail
again and again, and things get a little better over the two years, so that dashboards have something to show."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from playbooks.schema import Kind
from playbooks.texts import Record, Text

Size = Literal["small", "medium", "large", "huge"]
FaultClass = Literal["hardware", "software", "network", "service"]
SEASONS: Mapping[str, tuple[int, ...]] = {
    "storm": (6, 7, 8, 9),
    "flood": (5, 6, 7, 8),
    "lightning": (4, 5, 6, 7, 8),
    "ice_or_snow": (12, 1, 2),
}
"""Months in which a cause of the weather comes at all."""
OF_THE_STORM = range(5_000, 20_001)
"""Users that the storm of the demo affects: none of the past does, so that whoever looks for it by its size finds it alone."""
HOURS = (1, 1, 1, 1, 1, 1, 2, 3, 5, 6, 6, 5, 4, 5, 6, 6, 5, 4, 4, 4, 3, 2, 2, 1)
"""How often incidents begin in each hour of the day, on the operator's clock."""


class Origin(Record):
    """What a cause does: how often, to which kinds, for how long, and what the review said."""

    weight: Annotated[float, Field(gt=0)]
    kinds: tuple[Kind, ...]
    fault_class: FaultClass
    hours: Annotated[float, Field(gt=0)]
    size: Size
    cause: Text
    improvement: Text


class Past(Record):
    """The whole of config/demo/history.yaml."""

    seed: int
    days: Annotated[int, Field(gt=0)]
    incidents: Annotated[int, Field(gt=0)]
    complaints: Annotated[int, Field(ge=0)]
    complaint_days: Annotated[int, Field(gt=3)]
    causes: Mapping[str, Origin]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something fails: an element, the subscribers that lose service with it, and how many of them lose each service (by id).
    `wide`: more than one site hangs on it."""

    element_id: int
    area_id: int
    prefecture_id: int
    users: int
    services: Mapping[int, int]
    wide: bool


@dataclass(frozen=True, slots=True)
class Tale:
    """One incident from its first sign to its closing; `ends` says how it went."""

    ends: Literal["closed", "cancelled"]
    kind: Kind
    cause: str
    third_party: bool
    places: tuple[Place, ...]
    occurred_at: datetime | None
    detected_at: datetime
    reported_at: datetime
    acknowledged_at: datetime
    responding_at: datetime
    restored_at: datetime
    closed_at: datetime

    @property
    def users(self) -> int:
        """Subscribers without service at the peak."""
        return sum(place.users for place in self.places)


def tales(past: Past, places: Sequence[Place], today: datetime) -> Iterator[Tale]:
    """The incidents of the past, the earliest first. `today` is midnight of the day of loading, on the operator's clock; the last one
    ends before it."""
    chance = random.Random(past.seed)
    weak = sorted(places, key=lambda place: place.element_id)
    chance.shuffle(weak)
    narrow = [place for place in weak if not place.wide]
    wide = [place for place in weak if place.wide] or narrow
    for begun in sorted(_begins(past, chance, today)):
        yield _tale(past, chance, begun, narrow, wide, (today - begun) / timedelta(days=past.days))


def _begins(past: Past, chance: random.Random, today: datetime) -> Iterator[datetime]:
    for _ in range(past.incidents):
        hour = chance.choices(range(24), HOURS)[0]
        day = today - timedelta(days=chance.randint(4, past.days))
        yield day + timedelta(hours=hour, seconds=chance.randint(0, 3599))


def _tale(
    past: Past,
    chance: random.Random,
    begun: datetime,
    narrow: Sequence[Place],
    wide: Sequence[Place],
    age: float,
) -> Tale:
    """One incident; `age` is 1 for the oldest and 0 for the newest."""
    fitting = {code: each for code, each in past.causes.items() if begun.month in SEASONS.get(code, range(1, 13))}
    cause = chance.choices(list(fitting), [each.weight for each in fitting.values()])[0]
    origin = fitting[cause]
    begun = begun.astimezone(UTC)
    detected = begun + timedelta(minutes=chance.lognormvariate(1.0 + 0.5 * age, 0.6))
    reported = detected + timedelta(minutes=chance.lognormvariate(0.7 + 0.4 * age, 0.5))
    responding = reported + timedelta(minutes=min(chance.lognormvariate(2.1 + 0.35 * age, 0.55), 70))
    restored = begun + timedelta(hours=min(chance.lognormvariate(0.0, 0.55) * origin.hours * (0.85 + 0.3 * age), 46))
    restored = max(restored, responding + timedelta(minutes=chance.uniform(6, 30)))
    return Tale(
        ends="cancelled" if chance.random() < 0.04 else "closed",
        kind=chance.choice(origin.kinds),
        cause=cause,
        third_party=cause in ("construction_damage", "interconnect_failure") or chance.random() < 0.05,
        places=_sized(_places(chance, origin.size, narrow, wide)),
        occurred_at=begun if chance.random() > 0.08 else None,
        detected_at=detected,
        reported_at=reported,
        acknowledged_at=reported + (responding - reported) * chance.uniform(0.2, 0.8),
        responding_at=responding,
        restored_at=restored,
        closed_at=restored + timedelta(hours=chance.uniform(5, 60)),
    )


def _places(chance: random.Random, size: Size, narrow: Sequence[Place], wide: Sequence[Place]) -> tuple[Place, ...]:
    if size == "huge":
        return _wide_ones(chance, wide)
    if size == "large":
        return (_weak(chance, wide),)
    first = _weak(chance, narrow)
    if size == "small":
        return (first,)
    far = chance.random() < 0.25
    near = [
        place
        for place in narrow
        if place is not first
        and (place.prefecture_id == first.prefecture_id if far else place.area_id == first.area_id)
    ]
    return (first, *chance.sample(near, min(len(near), chance.randint(0, 4))))


def _wide_ones(chance: random.Random, wide: Sequence[Place]) -> tuple[Place, ...]:
    """One site of each county of some prefectures."""
    prefectures = sorted({place.prefecture_id for place in wide})
    chosen = chance.sample(prefectures, min(len(prefectures), chance.choices((2, 3, 6), (6, 2, 1))[0]))
    of_county = {place.area_id: place for place in wide if place.prefecture_id in chosen}
    return tuple(of_county.values())


def _sized(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """As many of them as may have failed without looking like the storm."""
    while len(places) > 1 and sum(place.users for place in places) in OF_THE_STORM:
        places = places[:-1]
    return places


def _weak(chance: random.Random, places: Sequence[Place]) -> Place:
    """One of them; half the time one of the first few, as weak points are."""
    if chance.random() < 0.5:
        return places[min(int(chance.paretovariate(0.9)) - 1, len(places) - 1)]
    return chance.choice(places)
