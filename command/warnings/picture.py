"""Live warnings as a page draws them: areas in groups with the gravest colour of each, and bars of validity on one line of time. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from command.warnings import covering
from command.warnings.colours import RANK, Colour

WIDTH = 1000
"""Units of a bar's drawing; it is as wide as its page."""
LEVELS = ("county", "prefecture", "province", "country")
MOST = 240
"""Tiles that a page holds; with more areas than that, the level above is drawn."""


@dataclass(frozen=True, slots=True)
class Spot:
    """An area of the tree."""

    code: str
    level: str
    name: str


@dataclass(frozen=True, slots=True)
class Tile:
    """An area with the gravest colour that holds or is announced there; None for none."""

    code: str
    name: str
    colour: Colour | None


@dataclass(frozen=True, slots=True)
class Bar:
    """A validity on the line of time: where it begins and how long it is, and where now is, in units of WIDTH."""

    begins: int
    length: int
    now: int


def tiles(
    spots: Mapping[str, Spot], parents: covering.Parents, live: Sequence[tuple[Sequence[str], str]]
) -> list[tuple[str, list[Tile]]]:
    """Groups of tiles under the area they lie in; only groups in which some warning is. `live` are areas and colour of each warning."""
    counts = {level: sum(spot.level == level for spot in spots.values()) for level in LEVELS}
    shown = next((level for level in LEVELS if 0 < counts[level] <= MOST), LEVELS[-1])
    found: dict[str, list[Tile]] = {}
    for spot in sorted((each for each in spots.values() if each.level == shown), key=lambda each: each.code):
        colours = [colour for codes, colour in live if covering.overlap(parents, codes, [spot.code])]
        gravest = max((Colour(each) for each in colours), key=RANK.__getitem__, default=None)
        above = spots.get(parents.get(spot.code) or "")
        found.setdefault(above.name if above else spot.name, []).append(Tile(spot.code, spot.name, gravest))
    return [(name, group) for name, group in found.items() if any(tile.colour for tile in group)]


def bars(spans: Sequence[tuple[datetime, datetime]], now: datetime) -> list[Bar]:
    """A bar for each validity, all on the same line of time: from the first begin, or now, to the last end."""
    if not spans:
        return []
    first = min(now, *(start for start, _ in spans))
    last = max(now + timedelta(hours=1), *(end for _, end in spans))
    whole = (last - first).total_seconds()

    def at(moment: datetime) -> int:
        return round((moment - first).total_seconds() / whole * WIDTH)

    return [Bar(at(start), max(4, at(end) - at(start)), at(now)) for start, end in spans]
