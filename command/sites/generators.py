"""Bringing a generator to a site before it falls: one button, one resource request."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.problems import N_, Conflict
from command.incidents import entries as incident_entries
from command.incidents import resource_requests, standing, visibility
from command.people.access import Principal
from command.resources.models import ResourceRequest
from command.resources.requests import LIVE, Need
from command.sites import entries, power, register, reports, rules
from command.sites.entries import GeneratorAsked
from command.sites.models import Site, SiteStatus
from command.sites.power import Fall

SOON = timedelta(minutes=30)
"""For when a generator is asked for where the site should have fallen already."""


def is_time(fall: Fall | None, now: datetime) -> bool:
    """Whether a generator should be on its way by now."""
    return fall is not None and fall.at <= now + timedelta(minutes=rules.sites().generator_minutes)


def asked_for(session: Session, row: SiteStatus) -> ResourceRequest | None:
    """The request for a generator that still wants something, or has got it; None where there is none or it is over."""
    found = session.get(ResourceRequest, row.request_id) if row.request_id else None
    return found if found is not None and found.state in LIVE else None


def bring(session: Session, number: str, code: str, by: Principal) -> ResourceRequest:
    """Ask the pools for a generator for a site, for an incident, by the time at which the site falls. Raise NotFound, or Conflict where
    nothing is predicted or one is asked for already."""
    incident = visibility.seen_by(session, standing.lock(session, number), by)
    site = register.find(session, code)
    register.lock(session, [site.id])
    now = clock.now(session)
    row = reports.statuses(session, [site.id], exercise=incident.exercise).get(site.id)
    fall = power.falls_at(reports.power_of(site, row), now)
    if row is None or fall is None:
        raise Conflict(
            N_("It is not predicted that this site falls."),
            field="site",
            remedy=N_("Report how its power stands first, or ask on the incident's page of resources."),
        )
    if (held := asked_for(session, row)) is not None:
        raise Conflict(
            N_("A generator is asked for already: request %(request)d."),
            field="site",
            remedy=N_("Open that request; cancel it first where it is of no use."),
            request=held.id,
        )
    need = Need(
        rules.sites().generator,
        rules.sites().generator_type,
        1,
        max(fall.at, now + SOON),
        place_of(site, by.language),
    )
    made = resource_requests.ask(session, number, need, by)
    row.request_id = made.id
    said = GeneratorAsked(site=site.code, request_id=made.id, falls_at=fall.at)
    entries.record(session, site, said, exercise=row.exercise)
    incident_entries.record(session, incident, said)
    return made


def place_of(site: Site, language: str) -> str:
    """A site as the place of a request."""
    return f"{site.code} {names.of(site, language)}"[:120]
