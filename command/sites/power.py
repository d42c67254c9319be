"""When a site without mains will fall. Pure.

Batteries carry a site from when the mains failed. A generator that runs carries it until its fuel is used up, and then the batteries do. A
generator that stands by is not counted upon: somebody has to start it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from command.sites.models import Generator, Mains

Lacking = Literal["mains", "battery", "fuel"]


@dataclass(frozen=True, slots=True)
class Power:
    """What is known of a site's power, each figure with the instant of its measurement. `by_design`: minutes that its batteries should
    last."""

    mains: str = Mains.UNKNOWN
    since: datetime | None = None
    battery_minutes: int | None = None
    battery_at: datetime | None = None
    generator: str = Generator.UNKNOWN
    fuel_hours: float | None = None
    fuel_at: datetime | None = None
    by_design: int | None = None


@dataclass(frozen=True, slots=True)
class Fall:
    """When a site falls, by what (`battery`, `design`: batteries as they were planned, `fuel`), as measured at; and for how long it would
    stand if the generator that stands by were started when the batteries end."""

    at: datetime
    by: Literal["battery", "design", "fuel"]
    measured_at: datetime | None
    with_generator: datetime | None = None


def falls_at(power: Power, now: datetime) -> Fall | None:
    """When a site falls; None while the mains are on, or where too little is known (`lacks` says what)."""
    if power.mains != Mains.OFF:
        return None
    if power.generator == Generator.RUNNING:
        return _on_fuel(power)
    ends = _battery_ends(power)
    if ends is None:
        return None
    at, by = ends
    started = None
    if power.generator == Generator.STANDBY and power.fuel_hours:
        started = max(at, now) + timedelta(hours=power.fuel_hours)
    return Fall(at, by, power.battery_at if by == "battery" else None, started)


def lacks(power: Power) -> Lacking | None:
    """The measurement for want of which nothing is predicted; None where nothing is wanting or the mains are on."""
    if power.mains == Mains.UNKNOWN:
        return "mains"
    if power.mains == Mains.ON:
        return None
    if power.generator == Generator.RUNNING:
        return "fuel" if power.fuel_hours is None or power.fuel_at is None else None
    return "battery" if _battery_ends(power) is None else None


def _on_fuel(power: Power) -> Fall | None:
    if power.fuel_hours is None or power.fuel_at is None:
        return None
    after = power.battery_minutes if power.battery_minutes is not None else power.by_design
    at = power.fuel_at + timedelta(hours=power.fuel_hours, minutes=after or 0)
    return Fall(at, "fuel", power.fuel_at)


def _battery_ends(power: Power) -> tuple[datetime, Literal["battery", "design"]] | None:
    """A measurement counts from when it was made, or from the failure of the mains where it is older than that."""
    if power.battery_minutes is not None and power.battery_at is not None:
        start = max(power.battery_at, power.since) if power.since else power.battery_at
        return start + timedelta(minutes=power.battery_minutes), "battery"
    if power.by_design is not None and power.since is not None:
        return power.since + timedelta(minutes=power.by_design), "design"
    return None
