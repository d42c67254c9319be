"""From when to when sites were out: a site is out while all its elements are cut off."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.incidents.family import kin
from command.network import service
from command.network.models import CutOff
from command.sites.models import SiteElement

Span = tuple[datetime, datetime | None]
"""From–until; still open where the second is null."""


def down(spans: Iterable[Span], elements: int) -> list[Span]:
    """The times in which all of a site's `elements` are cut off, of the times of each. Pure."""
    turns: Counter[datetime] = Counter()
    for start, end in spans:
        turns[start] += 1
        if end is not None:
            turns[end] -= 1
    found: list[Span] = []
    off, since = 0, None
    for at in sorted(turns):
        off += turns[at]
        if off >= elements and since is None:
            since = at
        elif off < elements and since is not None:
            found.append((since, at))
            since = None
    return [*found, (since, None)] if since is not None else found


def peak(outages: Mapping[int, Sequence[Span]]) -> int:
    """The most sites that were out at one time. Pure."""
    turns: Counter[datetime] = Counter()
    for spans in outages.values():
        for start, end in spans:
            turns[start] += 1
            if end is not None:
                turns[end] -= 1
    most = out = 0
    for at in sorted(turns):
        out += turns[at]
        most = max(most, out)
    return most


def of_incident(session: Session, incident_id: int) -> dict[int, list[Span]]:
    """The outages of each site that an incident and its parts put out, by site id. What two of them cut off at a time is cut off once."""
    query = (
        select(SiteElement.site_id, CutOff.element_id, CutOff.from_at, CutOff.until_at)
        .join(CutOff, CutOff.element_id == SiteElement.element_id)
        .where(CutOff.incident_id.in_(kin.whole(session, incident_id)))
    )
    spans: dict[int, dict[int, list[Span]]] = {}
    for site, element, start, end in session.execute(query).tuples():
        spans.setdefault(site, {}).setdefault(element, []).append((start, end))
    counts = element_counts(session, spans)
    each_once = {site: [span for rows in of.values() for span in down(rows, 1)] for site, of in spans.items()}
    found = {site: down(rows, counts[site]) for site, rows in each_once.items()}
    return {site: rows for site, rows in found.items() if rows}


def fallen_now(session: Session, *, exercise: bool, site_ids: Iterable[int]) -> dict[int, int]:
    """Those of these sites of which all elements have failed themselves, with the id of the first incident that holds them. One that only
    lost its way to the core still stands: its batteries run."""
    open_now = (
        select(CutOff.element_id, func.min(CutOff.incident_id).label("incident_id"))
        .where(CutOff.until_at.is_(None), CutOff.failed, CutOff.exercise.is_(exercise))
        .group_by(CutOff.element_id)
        .subquery()
    )
    query = (
        select(SiteElement.site_id, func.min(open_now.c.incident_id), func.count())
        .join(open_now, open_now.c.element_id == SiteElement.element_id)
        .group_by(SiteElement.site_id)
    )
    query = query.where(SiteElement.site_id.in_(service.ids(session, list(site_ids))))
    rows = session.execute(query).tuples().all()
    counts = element_counts(session, [site for site, *_ in rows])
    return {site: incident for site, incident, cut in rows if cut == counts[site]}


def element_counts(session: Session, site_ids: Iterable[int]) -> dict[int, int]:
    """How many elements sites have."""
    query = select(SiteElement.site_id, func.count()).where(
        SiteElement.site_id.in_(service.ids(session, list(site_ids)))
    )
    return dict(session.execute(query.group_by(SiteElement.site_id)).tuples().all())
