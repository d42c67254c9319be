"""Reports of how sites stand, from telemetry or from people: each is kept, and each of its figures counts unless a later measurement of it
is known already."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.core.problems import N_, Invalid
from command.incidents.entries import note
from command.network import service
from command.sites import entries, following, power, register
from command.sites.entries import Told
from command.sites.models import Site, SiteReport, SiteStatus
from command.sites.power import Power

AHEAD = timedelta(minutes=5)
"""How far a clock of a site may be ahead of ours."""
NEWS = timedelta(minutes=15)
"""A predicted fall that moves by less is no news for the journal."""
FIELDS = ("mains", "battery_minutes", "generator", "fuel_hours", "access")
WORDS = ("mains", "generator", "access")


@dataclass(frozen=True, slots=True)
class Said:
    """What a report says of a site (by id) as it was at an instant; null: not said."""

    site_id: int
    at: datetime
    mains: str | None = None
    battery_minutes: int | None = None
    generator: str | None = None
    fuel_hours: float | None = None
    access: str | None = None
    words: str = ""

    def given(self) -> dict[str, Any]:
        """What it says, by field."""
        return {name: value for name in FIELDS if (value := getattr(self, name)) is not None}


def check(said: Said, now: datetime) -> None:
    """Raise Invalid for a report of the future, or one that says nothing."""
    if said.at > now + AHEAD:
        raise Invalid(
            N_("This was measured in the future."), field="at", remedy=N_("Set the clock of the source right.")
        )
    if not said.given():
        raise Invalid(
            N_("The report says nothing of the site."),
            field="mains",
            remedy=N_("Say at least one of: mains, battery_minutes, generator, fuel_hours, access."),
        )


def take(session: Session, reports: Sequence[Said], *, exercise: bool = False) -> int:
    """Keep reports (checked) in the order in which they were measured; return how many had a figure that came too late to count."""
    sites = register.lock(session, {said.site_id for said in reports})
    status = statuses(session, sites, exercise=exercise)
    late = 0
    for said in sorted(reports, key=lambda each: (each.at, each.site_id)):
        site = sites[said.site_id]
        row = status.get(site.id)
        if row is None:
            row = status[site.id] = _new(session, site, exercise)
        late += bool(_take(session, site, row, said))
    following.compare(session, list(status.values()), exercise)
    return late


def statuses(session: Session, site_ids: Collection[int], *, exercise: bool) -> dict[int, SiteStatus]:
    """How sites stand, by site; those of which nothing was reported are left out."""
    query = select(SiteStatus).where(
        SiteStatus.site_id.in_(service.ids(session, site_ids)), SiteStatus.exercise.is_(exercise)
    )
    return {row.site_id: row for row in session.scalars(query.execution_options(populate_existing=True))}


def _new(session: Session, site: Site, exercise: bool) -> SiteStatus:
    row = SiteStatus(
        site_id=site.id,
        exercise=exercise,
        mains="unknown",
        generator="unknown",
        access="unknown",
        changed_at=clock.now(session),
    )
    session.add(row)
    session.flush()
    return row


def _take(session: Session, site: Site, row: SiteStatus, said: Said) -> list[str]:
    """Count what is newer than what is known; return the fields that are older."""
    now = clock.now(session)
    before = {name: getattr(row, name) for name in WORDS}
    late = []
    for name, value in said.given().items():
        known: datetime | None = getattr(row, f"{name}_at")
        if known is not None and said.at < known:
            late.append(name)
            continue
        if name == "mains" and value != row.mains:
            row.mains_since = said.at
        setattr(row, name, value)
        setattr(row, f"{name}_at", said.at)
    row.changed_at = now
    kept = SiteReport(
        site_id=site.id,
        exercise=row.exercise,
        at=said.at,
        received_at=now,
        actor=session.info["actor"],
        said=said.given(),
        late=late,
    )
    session.add(kept)
    session.flush()
    _tell(session, site, row, said, before)
    return late


def _tell(session: Session, site: Site, row: SiteStatus, said: Said, before: dict[str, str]) -> None:
    """The journal hears what is news; every report is kept besides."""
    fall = power.falls_at(power_of(site, row), clock.now(session))
    at = fall.at if fall else None
    moved = (at is None) != (row.told_fall_at is None)
    if at is not None and row.told_fall_at is not None:
        moved = abs(at - row.told_fall_at) >= NEWS
    words = note(session, masked_words(said.words))
    if not moved and words is None and all(getattr(row, name) == value for name, value in before.items()):
        return
    row.told_fall_at = at
    told = Told(
        mains=row.mains,
        battery_minutes=row.battery_minutes,
        generator=row.generator,
        fuel_hours=row.fuel_hours,
        access=row.access,
        falls_at=at,
        reported_at=said.at,
        words=words,
    )
    entries.record(session, site, told, exercise=row.exercise)


def power_of(site: Site, row: SiteStatus | None) -> Power:
    """What is known of a site's power."""
    if row is None:
        return Power(by_design=site.battery_minutes)
    return Power(
        mains=row.mains,
        since=row.mains_since,
        battery_minutes=row.battery_minutes,
        battery_at=row.battery_minutes_at,
        generator=row.generator,
        fuel_hours=row.fuel_hours,
        fuel_at=row.fuel_hours_at,
        by_design=site.battery_minutes,
    )
