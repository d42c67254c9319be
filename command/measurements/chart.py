"""A series drawn as a line with its thresholds, as figures of an SVG that the page writes out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from command.measurements.course import Measured, Rule

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 10, 24
TICKS = 4
ROOM = 26
"""How far the names of two thresholds have to be apart, so that a phone's larger letters fit too."""


@dataclass(frozen=True, slots=True)
class Line:
    """A threshold: its kind (warn, bad, recover), its value, how high it lies, and whether there is room for its name."""

    kind: str
    value: float
    y: float
    named: bool


@dataclass(frozen=True, slots=True)
class Tick:
    at: datetime
    x: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Runs of points without a gap as `x,y x,y …`; lone points as circles; the thresholds; ticks of time; the ends of the scale."""

    runs: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    top: float
    bottom: float


def draw(points: Sequence[Measured], rule: Rule, first: datetime, last: datetime) -> Drawing:
    """The points between two instants. A gap longer than the rule allows is left open: nothing is known there."""
    thresholds = (("bad", rule.bad), ("recover", rule.recover), ("warn", rule.warn))
    values = [point.value for point in points] + [value for _, value in thresholds]
    low, high = min(values), max(values)
    room = (high - low or abs(high) or 1.0) * 0.08
    low, high = low - room, high + room
    span = max((last - first) / timedelta(seconds=1), 1.0)

    def x(at: datetime) -> float:
        return round(LEFT + (at - first) / timedelta(seconds=1) / span * (WIDTH - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        return round(TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    runs = _runs(points, rule.gap)
    steps = [first + (last - first) * step / TICKS for step in range(TICKS + 1)]
    return Drawing(
        runs=tuple(" ".join(f"{x(p.at)},{y(p.value)}" for p in each) for each in runs if len(each) > 1),
        dots=tuple((x(each[0].at), y(each[0].value)) for each in runs if len(each) == 1),
        lines=_lines([(kind, value, y(value)) for kind, value in thresholds]),
        ticks=tuple(Tick(at, x(at)) for at in steps),
        top=high,
        bottom=low,
    )


def _lines(thresholds: Sequence[tuple[str, float, float]]) -> tuple[Line, ...]:
    """The first ones are named first; one that lies too near to a named one is drawn without its name."""
    found: list[Line] = []
    for kind, value, y in thresholds:
        named = all(abs(each.y - y) >= ROOM for each in found if each.named)
        found.append(Line(kind, value, y, named))
    return tuple(found)


def _runs(points: Sequence[Measured], gap: timedelta) -> list[list[Measured]]:
    found: list[list[Measured]] = []
    for point in points:
        if found and point.at - found[-1][-1].at <= gap:
            found[-1].append(point)
        else:
            found.append([point])
    return found
