"""From rows of impact to the facts that are graded. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from command.incidents.grading import LEVELS, Facts, Level
from playbooks.schema import Kind

LOST_SHARE = 0.95
"""A service counts as lost in an area once this share of its subscribers is without it. Our own figure: a few customers on another
element must not hide that a county cannot reach the emergency numbers."""


@dataclass(frozen=True, slots=True)
class Place:
    """An area as far as grading is concerned."""

    id: int
    parent: int | None
    level: Level


@dataclass(frozen=True, slots=True)
class Loss:
    """Users of one service in one area without it. `share` is of the area's subscribers, 0..1."""

    service: str
    critical: bool
    area: int
    users: int
    share: float


@dataclass(frozen=True, slots=True)
class Measures:
    """The figures of an incident besides its losses. `users` are counted once, `minutes` run since the first known sign."""

    users: int = 0
    minutes: float = 0.0
    user_minutes: float = 0.0
    records_leaked: int = 0
    complaints: int = 0
    children: int = 0


def facts(kind: Kind, losses: Collection[Loss], places: Mapping[int, Place], measures: Measures) -> Facts:
    """What is known of an incident, ready to be graded."""
    hit = [loss for loss in losses if loss.users > 0]
    return Facts(
        kind=kind,
        users=measures.users,
        share=max((loss.share for loss in hit), default=0.0),
        minutes=measures.minutes,
        user_minutes=measures.user_minutes,
        areas=areas_hit({loss.area for loss in hit}, places),
        services=frozenset(loss.service for loss in hit),
        critical_services=critical_losses(hit, places),
        records_leaked=measures.records_leaked,
        complaints=measures.complaints,
        children=measures.children,
    )


def areas_hit(hit: Collection[int], places: Mapping[int, Place]) -> dict[Level, int]:
    """How many areas of each level hold somebody affected. The country counts only when it was named itself, or when
    every one of its several provinces is hit."""
    touched = {place for area in hit for place in _upward(area, places)}
    counts: Counter[Level] = Counter(place.level for place in touched)
    provinces = sum(place.level == "province" for place in places.values())
    nationwide = any(places[a].level == "country" for a in hit if a in places) or (
        provinces > 1 and counts["province"] == provinces
    )
    counts["country"] = int(nationwide)
    return {level: counts[level] for level in LEVELS if counts[level]}


def critical_losses(losses: Iterable[Loss], places: Mapping[int, Place]) -> dict[str, Level]:
    """Critical services that are lost, each with the widest level of which a whole area has lost it."""
    lost: dict[str, set[int]] = {}
    for loss in losses:
        if loss.critical and loss.share >= LOST_SHARE:
            lost.setdefault(loss.service, set()).add(loss.area)
    return {service: _widest(areas, places) for service, areas in lost.items()}


def _widest(lost: set[int], places: Mapping[int, Place]) -> Level:
    """An area has lost a service when it was found so itself, or when every area within it has."""
    within: dict[int, set[int]] = {}
    for place in places.values():
        if place.parent is not None:
            within.setdefault(place.parent, set()).add(place.id)
    whole = set(lost)
    for level in LEVELS:
        whole |= {p.id for p in places.values() if p.level == level and within.get(p.id) and within[p.id] <= whole}
    return max((places[each].level for each in whole if each in places), key=LEVELS.index, default=LEVELS[0])


def _upward(area: int | None, places: Mapping[int, Place]) -> Iterator[Place]:
    while area is not None and area in places:
        yield places[area]
        area = places[area].parent


def user_minutes_at(stored: float, users: int, measured_at: datetime | None, now: datetime) -> float:
    """User-minutes up to `now`: what was summed up to `measured_at`, and `users` ever since. Rounded to tenths."""
    if measured_at is None:
        return stored
    minutes = max((now - measured_at).total_seconds(), 0.0) / 60
    return round(stored + users * minutes, 1)
