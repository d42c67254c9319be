"""Sites without mains that fall for real are tied to the incident that cut them off, and let go when they are back, on record.

Hears of every unit of work in which an incident's impact changed, and of reports. Sites whose mains are on are no business of it: what is
cut off for other reasons costs one query."""

from collections.abc import Mapping, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.incidents.models import Incident
from command.network import service
from command.sites import entries, outages
from command.sites.entries import Back, Fell
from command.sites.models import Mains, Site, SiteStatus

TURNS = frozenset(
    {
        "impact.changed",
        "incident.restored",
        "incident.reopened",
        "incident.cancelled",
        "incident.merged",
        "incident.absorbed",
    }
)
"""Entries after which other elements may be cut off than before."""


def follow(session: Session, streams: frozenset[str]) -> None:
    """Compare what has fallen with what is known to have fallen, where an incident's impact changed."""
    del streams
    numbers = {
        each.stream.removeprefix("incident:")
        for each in journal.recorded(session)
        if each.kind in TURNS and each.stream.startswith("incident:")
    }
    for exercise in (False, True):
        query = select(Incident.id).where(Incident.number.in_(numbers), Incident.exercise.is_(exercise))
        if numbers and session.scalar(query.limit(1)) is not None:
            _look(session, exercise)


def _look(session: Session, exercise: bool) -> None:
    watched = or_(SiteStatus.mains == Mains.OFF, SiteStatus.fell_at.is_not(None))
    query = select(SiteStatus).where(SiteStatus.exercise.is_(exercise), watched).order_by(SiteStatus.site_id)
    compare(session, session.scalars(query.with_for_update().execution_options(populate_existing=True)).all(), exercise)


def compare(session: Session, rows: Sequence[SiteStatus], exercise: bool) -> None:
    """Tie sites (locked statuses) that have fallen without mains to the incident that holds them, and let those go that are back."""
    if not rows:
        return
    out = outages.fallen_now(session, exercise=exercise, site_ids=[row.site_id for row in rows])
    turned = [row for row in rows if _fallen(row, out) != (row.fell_at is not None)]
    fallen = select(Site).where(Site.id.in_(service.ids(session, [row.site_id for row in turned])))
    by_id = {site.id: site for site in session.scalars(fallen)} if turned else {}
    for row in turned:
        _turn(session, by_id[row.site_id], row, out.get(row.site_id))


def _fallen(row: SiteStatus, out: Mapping[int, int]) -> bool:
    """What fell without mains has fallen until it is back, whether the mains are by then or not."""
    return row.site_id in out and (row.mains == Mains.OFF or row.fell_at is not None)


def _turn(session: Session, site: Site, row: SiteStatus, incident_id: int | None) -> None:
    before = row.incident_id
    row.fell_at = clock.now(session) if incident_id is not None else None
    row.incident_id = incident_id
    known = (Incident.id == (incident_id or before)) & Incident.restricted.is_(False)
    number = session.scalar(select(Incident.number).where(known)) or ""
    said = Fell(incident=number, predicted_at=row.told_fall_at) if incident_id is not None else Back(incident=number)
    entries.record(session, site, said, exercise=row.exercise)
