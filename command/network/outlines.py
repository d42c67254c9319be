"""Simplifying outlines: fewer points, the same shape to the eye. Pure."""

import math
from collections.abc import Mapping, Sequence

Point = tuple[float, float]
Ring = Sequence[Point]
Shapes = Mapping[str, Sequence[Ring]]

FINEST = 1e-5
"""Degrees, about a metre: where simplifying begins."""


def fitted(shapes: Shapes, budget: int) -> dict[str, list[list[Point]]]:
    """The shapes with `budget` points in all at most, or as few as a triangle each needs; the tolerance is the same for all."""
    found = {code: [list(ring) for ring in rings] for code, rings in shapes.items()}
    tolerance = FINEST
    while _points(found) > max(budget, 4 * len(found)):
        found = {code: _shape(rings, tolerance) for code, rings in found.items()}
        tolerance *= 1.6
    return {code: [[(round(x, 5), round(y, 5)) for x, y in ring] for ring in rings] for code, rings in found.items()}


def _points(shapes: Mapping[str, Sequence[Ring]]) -> int:
    return sum(len(ring) for rings in shapes.values() for ring in rings)


def _shape(rings: Sequence[Ring], tolerance: float) -> list[list[Point]]:
    """Rings simplified; what becomes thinner than a triangle is left out, but never all of a shape."""
    thin = [simplified(ring, tolerance) for ring in rings]
    kept = [ring for ring in thin if len(ring) >= 4]
    return kept or [_corners(max(rings, key=len))]


def _corners(ring: Ring) -> list[Point]:
    """A triangle of a ring: its first point, the one farthest from it, and the one farthest from the line between them."""
    far = max(ring, key=lambda point: math.dist(point, ring[0]))
    third = max(ring, key=lambda point: _off(point, ring[0], far))
    return [ring[0], far, third, ring[0]]


def simplified(ring: Ring, tolerance: float) -> list[Point]:
    """A closed ring without the points that lie within `tolerance` degrees of the line that the others draw (Douglas-Peucker)."""
    points = list(ring)
    far = max(range(len(points)), key=lambda n: math.dist(points[n], points[0]))
    keep = {0, far, len(points) - 1}
    spans = [(0, far), (far, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        start, end = points[first], points[last]
        worst = max(range(first + 1, last), key=lambda n: _off(points[n], start, end))
        if _off(points[worst], start, end) > tolerance:
            keep.add(worst)
            spans += [(first, worst), (worst, last)]
    return [points[n] for n in sorted(keep)]


def _off(point: Point, start: Point, end: Point) -> float:
    """The distance of a point from the line through two others; from the first of them where they are one."""
    x, y = end[0] - start[0], end[1] - start[1]
    length = math.hypot(x, y)
    if length == 0:
        return math.dist(point, start)
    return abs(x * (point[1] - start[1]) - y * (point[0] - start[0])) / length
