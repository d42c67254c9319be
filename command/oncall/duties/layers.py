"""Who holds a duty: layers of rotations, each perhaps only for a part of the week, with leave and overrides on top. Pure.

The preview and the pager read the same spans, so what is shown is what will run. At each instant an override holds the duty if there is
one, else the topmost layer whose windows contain it; where none does, nobody holds it, which is a gap."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

from command.oncall.duties import rotation
from command.oncall.duties.rotation import Rotation, RotationError

DAY = timedelta(days=1)


class BadWindow(RotationError):
    """A part of the week that holds no instant, or names no day."""


class OverlappingOverrides(RotationError):
    """Two people would hold one duty at once."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of each local week: on `days` (0 = Monday) from `start` to `end`, wall times; an `end` that is not later is on the next
    day, so equal times are a whole day. Which day a night belongs to is the day it begins on."""

    days: frozenset[int]
    start: time
    end: time

    def __post_init__(self) -> None:
        if not self.days:
            raise BadWindow("days: a window needs at least one day of the week; use 0 (Monday) to 6 (Sunday)")
        if not self.days <= frozenset(range(7)):
            raise BadWindow(f"days: {sorted(self.days)} are no days of the week; use 0 (Monday) to 6 (Sunday)")
        if any(each.tzinfo is not None or each.microsecond for each in (self.start, self.end)):
            raise BadWindow("start: give wall times in whole seconds without an offset; the rotation has the zone")


@dataclass(frozen=True, slots=True)
class Layer:
    """A rotation that counts inside its windows, read in the rotation's zone; without windows it always counts."""

    rotation: Rotation
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody holds the duty from `start` (inclusive) to `end` (exclusive), whoever the layers name. Aware instants."""

    member: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody is away from `start` (inclusive) to `end` (exclusive): their turns go to the next member who is not."""

    member: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Duty:
    """All that decides who holds one duty. The last layer is the topmost; `calendar`, turns written out one by one that never meet, is a
    layer above it. Raises OverlappingOverrides."""

    layers: tuple[Layer, ...]
    overrides: tuple[Override, ...] = ()
    leave: tuple[Leave, ...] = ()
    calendar: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        for first, second in pairwise(sorted(self.overrides, key=lambda each: each.start)):
            if second.start < first.end:
                raise OverlappingOverrides(
                    f"start: an override begins at {second.start.isoformat()} while another runs until "
                    f"{first.end.isoformat()}; end that one first, or begin later"
                )


@dataclass(frozen=True, slots=True)
class Span:
    """One holder from `start` (inclusive) to `end` (exclusive), UTC. `layer` counts from 0, the calendar's
    after the last; None stands for an override. Nobody
    (`member` None) is a gap."""

    member: int | None
    layer: int | None
    start: datetime
    end: datetime


def holder(duty: Duty, at: datetime) -> int | None:
    """Who holds the duty at an instant (aware); None in a gap. Raises NaiveInstant."""
    return _who(duty, rotation.utc(at))[0]


def spans(duty: Duty, start: datetime, end: datetime) -> list[Span]:
    """The holders over [start, end), cut to it, without gap or overlap; a gap is a span of nobody. Raises NaiveInstant."""
    begin, stop = rotation.utc(start), rotation.utc(end)
    if begin >= stop:
        return []
    edges = sorted({begin, stop, *(each for each in _edges(duty, begin, stop) if begin < each < stop)})
    found: list[Span] = []
    for left, right in pairwise(edges):
        member, layer = _who(duty, left)
        if found and (found[-1].member, found[-1].layer) == (member, layer):
            found[-1] = Span(member, layer, found[-1].start, right)
        else:
            found.append(Span(member, layer, left, right))
    return found


def gaps(held: Iterable[Span]) -> list[Span]:
    """The spans in which nobody holds the duty."""
    return [span for span in held if span.member is None]


def layer_holder(layer: Layer, leave: Sequence[Leave], at: datetime) -> int | None:
    """Who holds one layer at an instant (UTC): the member whose turn it is, or the next who is not on leave; None outside its windows
    or when all are away."""
    if layer.windows and not any(_within(layer, window, at) for window in layer.windows):
        return None
    members = layer.rotation.members
    away = {each.member for each in leave if each.start <= at < each.end}
    first = rotation.turn(layer.rotation, at) % len(members)
    return next((member for member in members[first:] + members[:first] if member not in away), None)


def _who(duty: Duty, at: datetime) -> tuple[int | None, int | None]:
    for override in duty.overrides:
        if override.start <= at < override.end:
            return override.member, None
    for turn in duty.calendar:
        if turn.start <= at < turn.end and not _away(duty.leave, turn.member, at):
            return turn.member, len(duty.layers)
    for place in reversed(range(len(duty.layers))):
        member = layer_holder(duty.layers[place], duty.leave, at)
        if member is not None:
            return member, place
    return None, None


def _away(leave: Sequence[Leave], member: int, at: datetime) -> bool:
    return any(each.member == member and each.start <= at < each.end for each in leave)


def _edges(duty: Duty, begin: datetime, stop: datetime) -> Iterator[datetime]:
    """Every instant inside the range at which the answer may change."""
    for turn in (*duty.overrides, *duty.calendar):
        yield from (rotation.utc(turn.start), rotation.utc(turn.end))
    for leave in duty.leave:
        yield from (rotation.utc(leave.start), rotation.utc(leave.end))
    for layer in duty.layers:
        for shift in rotation.shifts(layer.rotation, begin, stop):
            yield shift.start
        for window in layer.windows:
            for opening in _openings(layer, window, begin, stop):
                yield from opening


def _within(layer: Layer, window: Window, at: datetime) -> bool:
    return any(opens <= at < closes for opens, closes in _openings(layer, window, at, at))


def _openings(layer: Layer, window: Window, begin: datetime, stop: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When a window opens and closes (UTC) around [begin, stop]."""
    zone = rotation.zone_of(layer.rotation.zone)
    day, last = begin.astimezone(zone).date() - 2 * DAY, stop.astimezone(zone).date() + DAY
    while day <= last:
        if day.weekday() in window.days:
            until = day if window.end > window.start else day + DAY
            opens = rotation.instant(datetime.combine(day, window.start), zone)
            yield opens, rotation.instant(datetime.combine(until, window.end), zone)
        day += DAY
