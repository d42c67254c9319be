"""Injects as a picture: a lane for each role, minutes from left to right, a mark for each inject. Pure; lengths are in the units of an
SVG's own space."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playbooks.scenario import Inject, Role, Scenario

NAMES, PLOT, TOP = 196, 820, 34
ROW, PAD, MARK = 32, 8, 13
"""A mark is `MARK` from its middle to its edge; marks of a lane that would touch stand in rows under each other."""
_STEPS = (5, 10, 15, 20, 30, 60, 120, 240)


@dataclass(frozen=True, slots=True)
class Mark:
    """An inject in the picture. `waits`: it comes after what players do, so `minute` is when it comes at the earliest. `until` is the x
    where its recording ends."""

    inject: Inject
    minute: float
    x: float
    y: float
    waits: bool
    until: float | None


@dataclass(frozen=True, slots=True)
class Lane:
    """A role, and the top and height of its lane."""

    role: Role
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """The drawing; `ticks` are (minute, x), `lines` paths from what is waited for to what waits."""

    width: float
    height: float
    lanes: Sequence[Lane]
    marks: Sequence[Mark]
    ticks: Sequence[tuple[int, float]]
    lines: Sequence[str]


def draw(scenario: Scenario) -> Picture:
    """The picture of a scenario whose rules hold (see playbooks.scenario_rules)."""
    when = minutes(scenario)
    lanes, marks = list[Lane](), list[Mark]()
    top = float(TOP)
    for role in scenario.roles:
        mine = sorted((inject for inject in scenario.injects if inject.to == role.id), key=lambda i: when[i.number])
        placed, rows = _rows(mine, when, scenario.duration_minutes, top)
        height = max(1, rows) * ROW + 2 * PAD
        lanes.append(Lane(role, top, height))
        marks += placed
        top += height
    place = {mark.inject.number: mark for mark in marks}
    lines = [
        _line(place[before], mark)
        for mark in marks
        if (before := awaited(scenario, mark.inject)) in place and mark.inject.after
    ]
    return Picture(NAMES + PLOT + 24, top + 4, lanes, marks, _ticks(scenario.duration_minutes), lines)


def awaited(scenario: Scenario, inject: Inject) -> int | None:
    """The inject whose answer this one waits for: the one it names, else the first that asks for what it waits for."""
    if inject.after is None:
        return None
    if inject.after.inject is not None:
        return inject.after.inject
    asking = (other.number for other in scenario.injects if other.proof == inject.after and other is not inject)
    return next(asking, None)


def minutes(scenario: Scenario) -> Mapping[int, float]:
    """About when each inject comes: at its minute, or after the one it waits for came; what waits in a circle stands at its own minute."""
    by_number = {inject.number: inject for inject in scenario.injects}
    found = dict[int, float]()

    def of(number: int, asked: frozenset[int]) -> float:
        inject = by_number[number]
        own = inject.at_minutes or 0.0
        if number not in found:
            before = awaited(scenario, inject)
            waits = before in by_number and before not in asked
            came = of(before, asked | {number}) if waits and before is not None else 0.0
            found[number] = max(own, came + inject.wait_minutes) if inject.after else own
        return found[number]

    for number in by_number:
        of(number, frozenset({number}))
    return found


def _rows(injects: Sequence[Inject], when: Mapping[int, float], duration: int, top: float) -> tuple[list[Mark], int]:
    """Each mark in the first row of the lane where it touches no other, and how many rows that takes."""
    ends, marks = list[float](), list[Mark]()
    for inject in injects:
        x = _x(when[inject.number], duration)
        until = None
        if inject.trace:
            seconds = (inject.trace.end - inject.trace.start) / inject.trace.speed
            until = _x(when[inject.number] + seconds / 60, duration)
        row = next((row for row, end in enumerate(ends) if end < x - MARK), len(ends))
        if row == len(ends):
            ends.append(0.0)
        ends[row] = max(x + MARK, until or 0.0) + 3
        y = top + PAD + row * ROW + ROW / 2
        marks.append(Mark(inject, when[inject.number], x, y, inject.after is not None, until))
    return marks, len(ends)


def _x(minute: float, duration: int) -> float:
    return round(NAMES + MARK + (PLOT - 2 * MARK) * min(minute / duration, 1.0), 1)


def _ticks(duration: int) -> list[tuple[int, float]]:
    step = next((step for step in _STEPS if duration / step <= 12), _STEPS[-1])
    minutes = [minute for minute in range(0, duration, step) if duration - minute >= step / 2]
    return [(minute, _x(minute, duration)) for minute in (*minutes, duration)]


def _line(before: Mark, after: Mark) -> str:
    """A curve from the right of one mark to the left of the other, or from below where both stand at about the same minute."""
    if after.x - before.x > 2 * MARK:
        x0, x1, half = before.x + MARK, after.x - MARK, (after.x - before.x) / 2
        return f"M{x0:g} {before.y:g} C{x0 + half:g} {before.y:g} {x1 - half:g} {after.y:g} {x1:g} {after.y:g}"
    down = 1 if after.y > before.y else -1
    return f"M{before.x:g} {before.y + down * MARK:g} L{after.x:g} {after.y - down * MARK:g}"
