"""Quiet hours by the clock on the wall of whoever is told: until when, and where it is quiet now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.messages import policy
from command.messages.policy import Quiet
from command.network.models import Area

HERE = ""
"""The zone of areas that have none of their own: the operator's."""


def release(at: datetime, zone: ZoneInfo, hours: Quiet) -> datetime | None:
    """When quiet hours that hold at an instant are over in a zone; None where it is not quiet. Pure.

    A time that the clocks pass twice is the later one, and one that they leap over is when they have."""
    there = at.astimezone(zone)
    now, overnight = there.time(), hours.begins > hours.ends
    evening, morning = now >= hours.begins, now < hours.ends
    if not ((evening or morning) if overnight else (evening and morning)):
        return None
    day = there.date() + timedelta(days=1 if overnight and evening else 0)
    ends = datetime.combine(day, hours.ends, tzinfo=zone)
    return max(ends.replace(fold=fold).astimezone(at.tzinfo) for fold in (0, 1))


@dataclass(frozen=True, slots=True)
class Releases:
    """When whoever lives in a zone may be told: at once (`now`), or in their own morning. `here` is for zones that are not named."""

    now: datetime
    here: datetime
    zones: tuple[tuple[str, datetime], ...] = ()

    def of(self, zone: str | None) -> datetime:
        """When somebody in a zone may be told."""
        return dict(self.zones).get(zone or HERE, self.here)

    @property
    def last(self) -> datetime | None:
        """When the last may be told; None where all may now."""
        found = max([self.here, *(at for _, at in self.zones)])
        return found if found > self.now else None


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def releases(session: Session) -> Releases:
    """When whom may be told from now on, by the operator's policy and the zones of its areas. Where the settings turn quiet hours off,
    everybody may be told now."""
    now, settings = clock.now(session), policy.settings(session)
    if not settings.quiet_hours:
        return Releases(now, now)
    hours = policy.current(session).quiet
    known = session.scalars(select(Area.zone).where(Area.zone.is_not(None), Area.zone != settings.zone).distinct())
    zones = tuple(sorted((name, release(now, _zone(name), hours) or now) for name in known if name))
    return Releases(now, release(now, settings.tz, hours) or now, zones)
