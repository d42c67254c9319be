"""A series drawn as a line with its thresholds, as figures of an SVG that the page writes out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from command.measurements.course import Measured, Rule

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 10, 24
TICKS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A threshold: its kind (warn, bad, recover), its value, and how high it lies."""

    kind: str
    value: float
    y: float


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
    thresholds = (("recover", rule.recover), ("warn", rule.warn), ("bad", rule.bad))
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
        lines=tuple(Line(kind, value, y(value)) for kind, value in thresholds),
        ticks=tuple(Tick(at, x(at)) for at in steps),
        top=high,
        bottom=low,
    )


def _runs(points: Sequence[Measured], gap: timedelta) -> list[list[Measured]]:
    found: list[list[Measured]] = []
    for point in points:
        if found and point.at - found[-1][-1].at <= gap:
            found[-1].append(point)
        else:
            found.append([point])
    return found
