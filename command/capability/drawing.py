"""Domains as a web and scores as a line over time, in the units of an SVG's viewBox. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import cos, pi, sin

WIDTH, HEIGHT = 720, 400
MIDDLE = (WIDTH / 2, HEIGHT / 2 + 4)
RADIUS = 150
RINGS = (25, 50, 75, 100)
TREND = (640, 240)
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 18, 40
EDGE = 6.0
"""Units from the middle line within which a word stands centred above or below its corner."""


@dataclass(frozen=True, slots=True)
class Corner:
    """A corner of the web: where its axis ends, where its word stands and which end of the word that is."""

    x: float
    y: float
    words_x: float
    words_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Web:
    """`rings` and `shapes` are the points of polygons; a shape without three scores is empty. `dots` are those of the first shape."""

    corners: Sequence[Corner]
    rings: Sequence[str]
    shapes: Sequence[str]
    dots: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Point:
    """A score at a day; `index` is its place in what was given."""

    x: float
    y: float
    index: int


@dataclass(frozen=True, slots=True)
class Trend:
    """`lines` are the points of a polyline for each sort, `levels` (score, y), `days` (x, words)."""

    points: Sequence[Point]
    lines: Sequence[str]
    levels: Sequence[tuple[int, float]]
    days: Sequence[tuple[float, str, str]]


def web(*shapes: Sequence[float | None]) -> Web:
    """A web with a corner for each score of the first shape; scores are of 100, what has none stands in the middle."""
    corners = len(shapes[0])
    return Web(
        [_corner(at, corners) for at in range(corners)],
        [_points([(at, float(ring)) for at in range(corners)], corners) for ring in RINGS],
        [_shape(shape, corners) for shape in shapes],
        [_place(at, score, corners) for at, score in enumerate(shapes[0]) if score is not None],
    )


def _shape(shape: Sequence[float | None], corners: int) -> str:
    known = sum(score is not None for score in shape)
    return _points([(at, score or 0.0) for at, score in enumerate(shape)], corners) if known >= 3 else ""


def _points(scores: Sequence[tuple[int, float]], corners: int) -> str:
    return " ".join(f"{x},{y}" for x, y in (_place(at, score, corners) for at, score in scores))


def _place(at: int, score: float, corners: int, more: float = 0) -> tuple[float, float]:
    turn = 2 * pi * at / corners
    far = RADIUS * score / 100 + more
    return round(MIDDLE[0] + far * sin(turn), 1), round(MIDDLE[1] - far * cos(turn), 1)


def _corner(at: int, corners: int) -> Corner:
    (x, y), (words_x, words_y) = _place(at, 100, corners), _place(at, 100, corners, 14)
    off = words_x - MIDDLE[0]
    anchor = "middle" if abs(off) <= EDGE else "start" if off > 0 else "end"
    return Corner(x, y, words_x, words_y + 4, anchor)


def trend(scores: Sequence[tuple[str, date, float]]) -> Trend:
    """A line for each sort over (sort, day, score of 100)."""
    days = sorted({day for _, day, _ in scores})
    first, last = (days[0], days[-1]) if days else (date.min, date.min)
    room = TREND[0] - LEFT - RIGHT

    def x_of(day: date) -> float:
        share = (day - first).days / (last - first).days if last > first else 0.5
        return round(LEFT + room * share, 1)

    points = [Point(x_of(day), _height(score), index) for index, (_, day, score) in enumerate(scores)]
    lines = []
    for sort in dict.fromkeys(sort for sort, _, _ in scores):
        mine = sorted((point.x, point.y) for point in points if scores[point.index][0] == sort)
        lines.append(" ".join(f"{x},{y}" for x, y in mine))
    return Trend(points, lines, [(level, _height(level)) for level in (0, 25, 50, 75, 100)], _days(days, x_of))


def _days(days: Sequence[date], x_of: Callable[[date], float]) -> Sequence[tuple[float, str, str]]:
    """The first and the last day under the axis, each within the picture."""
    if not days:
        return []
    ends = [days[0]] if len(days) == 1 else [days[0], days[-1]]
    anchors = ["middle"] if len(ends) == 1 else ["start", "end"]
    return [(x_of(day), day.isoformat(), anchor) for day, anchor in zip(ends, anchors, strict=True)]


def _height(score: float) -> float:
    return round(TREND[1] - BOTTOM - (TREND[1] - TOP - BOTTOM) * score / 100, 1)
