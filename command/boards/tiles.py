"""The ground plan of the area map: tiles of the lowest level that is not too many, in groups of the level above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEVELS = ("county", "prefecture", "province", "country")
MOST = 400
"""Tiles that one screen can hold; with more areas than that, the level above is shown."""


@dataclass(frozen=True, slots=True)
class Spot:
    """An area as the map needs it."""

    id: int
    code: str
    parent_id: int | None
    level: str
    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """Tiles side by side under the area they lie in."""

    name: str
    tiles: tuple[Spot, ...]


def level(spots: Sequence[Spot]) -> str:
    """The lowest level with some areas and at most MOST of them."""
    counts = {each: sum(spot.level == each for spot in spots) for each in LEVELS}
    fitting = [each for each in LEVELS if 0 < counts[each] <= MOST]
    return fitting[0] if fitting else LEVELS[-1]


def groups(spots: Sequence[Spot]) -> list[Group]:
    """Groups by the code of the area above, tiles by their own code."""
    by_id = {spot.id: spot for spot in spots}
    shown = level(spots)
    found: dict[tuple[str, str], list[Spot]] = {}
    for spot in sorted(spots, key=lambda each: each.code):
        if spot.level == shown:
            above = by_id.get(spot.parent_id or 0)
            found.setdefault((above.code, above.name) if above else ("", ""), []).append(spot)
    return [Group(name, tuple(tiles)) for (_, name), tiles in sorted(found.items())]


def chain(spots: Mapping[int, Spot], area_id: int) -> list[int]:
    """An area and those it lies in, the narrowest first."""
    found: list[int] = []
    at: int | None = area_id
    while at is not None and at in spots and at not in found:
        found.append(at)
        at = spots[at].parent_id
    return found
