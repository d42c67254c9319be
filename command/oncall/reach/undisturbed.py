"""The hours in which somebody is not to be disturbed, in their own zone. Pure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

WAKING_TIER = 2
"""Incidents of this tier and above reach people whatever the hour."""


def until(at: datetime, start: time, end: time, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours in which `at` lies are over, or None outside of them. They last from `start` (inclusive) to `end` (exclusive) by
    the wall clock; an `end` that is not later than `start` is on the next day."""
    local = at.astimezone(zone)
    clock = local.time()
    if start < end:
        inside, day = start <= clock < end, local.date()
    else:
        inside = clock >= start or clock < end
        day = local.date() + timedelta(days=1) if clock >= start else local.date()
    if not inside:
        return None
    over = datetime.combine(day, end, zone)
    later = over.replace(fold=1)  # an hour that comes twice in autumn: the second one, where the first is over
    return (over if over.astimezone(UTC) > at else later).astimezone(UTC)
