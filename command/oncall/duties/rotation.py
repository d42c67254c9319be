"""Who holds the duty at an instant: a rotation that hands over at a wall-clock time in a named zone.

The zone of the server never enters: every instant is aware, every wall time is read in the rotation's own IANA zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WEEK = 7


class RotationError(ValueError):
    """A rotation cannot be used; the message names the field and the remedy."""


class NoMembers(RotationError):
    """A rotation without members would leave the duty to nobody."""


class UnknownZone(RotationError):
    """The zone is not an IANA time zone."""


class BadHandover(RotationError):
    """The hand-over's day, time or period contradict each other."""


class NaiveInstant(RotationError):
    """An instant without an offset could mean any hour."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """Members take turns of `period_days`, handing over at `handover` (wall time, whole seconds) in `zone`.

    The first member takes over on the first day from `starts` that is a `weekday` (0 = Monday; None: on `starts`
    itself). Before that day the same turns are read backwards, so that there is never an instant without a holder.
    A hand-over inside a gap of the clock happens at the first instant after the gap; one that occurs twice happens at its
    first occurrence.
    """

    members: tuple[int, ...]
    starts: date
    handover: time
    zone: str
    weekday: int | None = None
    period_days: int = WEEK

    def __post_init__(self) -> None:
        if not self.members:
            raise NoMembers("members: a rotation needs at least one person; add one")
        zone_of(self.zone)
        if self.period_days < 1:
            raise BadHandover(f"period_days: {self.period_days} is no period; use 7 for a week, 1 for a day")
        if self.handover.tzinfo is not None or self.handover.microsecond:
            raise BadHandover(
                "handover: give a wall time in whole seconds without an offset; the zone has its own field"
            )
        if self.weekday is not None and not 0 <= self.weekday <= 6:
            raise BadHandover(f"weekday: {self.weekday} is no day of the week; use 0 (Monday) to 6 (Sunday)")
        if self.weekday is not None and self.period_days % WEEK:
            raise BadHandover(
                f"weekday: a period of {self.period_days} days does not keep to one weekday; leave weekday out or use 7"
            )

    @property
    def first_day(self) -> date:
        """The local day on which the first member takes over."""
        if self.weekday is None:
            return self.starts
        return self.starts + timedelta(days=(self.weekday - self.starts.weekday()) % WEEK)


@dataclass(frozen=True, slots=True)
class Shift:
    """One turn of one member: from `start` (inclusive) to `end` (exclusive), both UTC."""

    member: int
    start: datetime
    end: datetime


def on_duty(rotation: Rotation, at: datetime) -> int:
    """The one member who holds the duty at `at` (aware). Raises NaiveInstant."""
    return _holder(rotation, turn(rotation, utc(at)))


def shift(rotation: Rotation, at: datetime) -> Shift:
    """The whole turn that holds `at` (aware). Raises NaiveInstant."""
    return next(_shifts_from(rotation, utc(at), utc(at) + timedelta(microseconds=1)))


def shifts(rotation: Rotation, start: datetime, end: datetime) -> list[Shift]:
    """Every shift that holds some instant of [start, end), in order, with its true hand-over times (not cut to the window).

    Raises NaiveInstant. An empty or reversed window has no shifts.
    """
    return list(_shifts_from(rotation, utc(start), utc(end)))


def _shifts_from(rotation: Rotation, start: datetime, end: datetime) -> Iterator[Shift]:
    if start >= end:
        return
    count = turn(rotation, start)
    begun = _begins(rotation, count)
    while begun < end:
        ended = _begins(rotation, count + 1)
        if begun < ended:
            yield Shift(_holder(rotation, count), begun, ended)
        count, begun = count + 1, ended


def _holder(rotation: Rotation, count: int) -> int:
    return rotation.members[count % len(rotation.members)]


def turn(rotation: Rotation, at: datetime) -> int:
    """The last turn that has begun at `at` (UTC); the first member's first is 0. The estimate from the local day is at most a turn or two
    off."""
    day = at.astimezone(zone_of(rotation.zone)).date()
    count = (day - rotation.first_day).days // rotation.period_days
    while _begins(rotation, count) > at:
        count -= 1
    while _begins(rotation, count + 1) <= at:
        count += 1
    return count


def _begins(rotation: Rotation, count: int) -> datetime:
    day = rotation.first_day + timedelta(days=count * rotation.period_days)
    return instant(datetime.combine(day, rotation.handover), zone_of(rotation.zone))


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall time: its first occurrence, or the end of the gap that swallows it."""
    local = wall.replace(tzinfo=zone, fold=0)
    first = local.astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    return _end_of_gap(local.replace(fold=1).astimezone(UTC), first, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant (whole second) in (before, after] at which the zone's new offset holds."""
    new_offset = after.astimezone(zone).utcoffset()
    low, high = 0, round((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == new_offset:
            high = middle
        else:
            low = middle
    return before + timedelta(seconds=high)


def utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises NaiveInstant."""
    if at.tzinfo is None:
        raise NaiveInstant(f"{at.isoformat()} has no offset; give an instant such as 2026-03-29T01:00:00+00:00")
    return at.astimezone(UTC)


def zone_of(name: str) -> ZoneInfo:
    """The zone by its IANA name. ZoneInfo keeps its own cache. Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise UnknownZone(f"zone: {name!r} is not an IANA time zone; use a name such as Asia/Shanghai") from problem
