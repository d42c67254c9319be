"""Outlines in degrees to SVG paths: equirectangular, with longitudes shortened by the cosine of the middle latitude. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

WIDTH = 1000.0

Ring = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """SVG paths by area id, in a box of WIDTH × height."""

    height: float
    paths: Mapping[int, str]


def draw(outlines: Mapping[int, Sequence[Ring]]) -> Drawing:
    """The outlines of areas as one drawing, north above. Holes are left open by the even-odd rule."""
    points = [point for rings in outlines.values() for ring in rings for point in ring]
    if not points:
        return Drawing(0.0, {})
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / max((east - west) * shrink, 1e-9)

    def place(ring: Ring) -> Iterator[str]:
        for longitude, latitude in ring:
            yield f"{(longitude - west) * shrink * scale:.1f} {(north - latitude) * scale:.1f}"

    paths = {area: "".join(f"M{'L'.join(place(ring[:-1]))}Z" for ring in rings) for area, rings in outlines.items()}
    return Drawing(round(max((north - south) * scale, 1.0), 1), paths)
