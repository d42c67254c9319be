"""Which figures each incident adds to the overview: response, restoration, users. Pure; definitions in docs/reference/figures.md."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from command.incidents.figures import user_minutes_at

Answer = Literal["met", "breached", "running", "error", "none"]


class Counted(NamedTuple):
    """An incident that counts: no exercise, not cancelled, not merged into another. `target` is when service has to be back;
    `measured_at` is needed of those only that still have users without service."""

    id: int
    number: str
    tier: int
    occurred_at: datetime | None
    detected_at: datetime
    reported_at: datetime
    acknowledged_at: datetime | None
    responding_at: datetime | None
    restored_at: datetime | None
    target: datetime | None
    users_peak: int
    users_now: int
    user_minutes: float
    measured_at: datetime | None


def response(one: Counted, limit: timedelta, now: datetime) -> Answer:
    """Report received → handling begins, within `limit`: one second more is breached, and so is one that is open and overdue."""
    if one.responding_at is None:
        return "breached" if now > one.reported_at + limit else "running"
    if one.responding_at < one.reported_at:
        return "error"
    return "met" if one.responding_at <= one.reported_at + limit else "breached"


def restoration(one: Counted, now: datetime) -> Answer:
    """Restored by the target of its tier. Counted once the target has passed, so that quick ones do not flatter the rate."""
    if one.restored_at is not None and one.restored_at < one.reported_at:
        return "error"
    if one.target is None:
        return "none"
    if not one.target < now:
        return "running"
    return "met" if one.restored_at is not None and one.restored_at <= one.target else "breached"


def minutes(one: Counted, now: datetime) -> float:
    """User-minutes up to now; those of incidents merged into it are in it already."""
    return user_minutes_at(one.user_minutes, one.users_now, one.measured_at, now)


def tenths(one: Counted, now: datetime) -> int:
    """The same in whole tenths of a user-minute, as they are added up: their sum is the same in whatever order."""
    return round(minutes(one, now) * 10)
