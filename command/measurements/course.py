"""What the points of a series say: bad for long enough, good again for long enough without a gap, or neither. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["unknown", "good", "bad"]


@dataclass(frozen=True, slots=True)
class Rule:
    """Thresholds in the unit of the series, times in minutes; see models.Series. A value on a threshold is beyond it."""

    below: bool
    warn: float
    bad: float
    recover: float
    bad_minutes: float
    recover_minutes: float
    gap_minutes: float
    none_at: float
    all_at: float

    def is_bad(self, value: float) -> bool:
        """Whether a value is beyond the bad threshold."""
        return value <= self.bad if self.below else value >= self.bad

    def is_warning(self, value: float) -> bool:
        """Whether it is beyond the warning threshold."""
        return value <= self.warn if self.below else value >= self.warn

    def is_back(self, value: float) -> bool:
        """Whether it is beyond the threshold of recovery."""
        return value >= self.recover if self.below else value <= self.recover

    def share(self, value: float) -> float:
        """The part (0..1) of the users who have it worse at a value."""
        return min(1.0, max(0.0, (self.none_at - value) / (self.none_at - self.all_at)))

    @property
    def gap(self) -> timedelta:
        return timedelta(minutes=self.gap_minutes)

    @property
    def span(self) -> timedelta:
        """How far back from the newest point a verdict may reach."""
        return timedelta(minutes=max(self.bad_minutes, self.recover_minutes)) + 2 * self.gap


@dataclass(frozen=True, slots=True)
class Measured:
    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a series, and since when the run of points that shows it lasts (None: as before)."""

    state: State
    since: datetime | None = None


def fresh(points: Sequence[Measured], rule: Rule, now: datetime) -> bool:
    """Whether the newest point is recent enough to say anything of now."""
    return bool(points) and now - points[-1].at <= rule.gap


def run(points: Sequence[Measured], gap: timedelta, holds: Callable[[float], bool]) -> datetime | None:
    """When the run of points up to the newest began for all of which `holds` is true, none further apart than `gap`; None for no run."""
    start: datetime | None = None
    for point in reversed(points):
        if not holds(point.value) or (start is not None and start - point.at > gap):
            break
        start = point.at
    return start


def lasted(
    points: Sequence[Measured], rule: Rule, now: datetime, holds: Callable[[float], bool], minutes: float
) -> datetime | None:
    """Since when `holds` is true, if that is for `minutes` at least, without a gap, up to now."""
    start = run(points, rule.gap, holds)
    if start is None or not fresh(points, rule, now):
        return None
    return start if points[-1].at - start >= timedelta(minutes=minutes) else None


def bad_since(points: Sequence[Measured], rule: Rule, now: datetime) -> datetime | None:
    """Since when the series is bad, if it has been for long enough."""
    return lasted(points, rule, now, rule.is_bad, rule.bad_minutes)


def back_since(points: Sequence[Measured], rule: Rule, now: datetime) -> datetime | None:
    """Since when it is good again, if it has been for long enough."""
    return lasted(points, rule, now, rule.is_back, rule.recover_minutes)


def judge(held: State, points: Sequence[Measured], rule: Rule, now: datetime) -> Verdict:
    """The state that points, in order of time, give a series that had the state `held`."""
    if (since := bad_since(points, rule, now)) is not None:
        return Verdict("bad", since)
    if (since := back_since(points, rule, now)) is not None:
        return Verdict("good", since)
    return Verdict(held)
