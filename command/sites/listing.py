"""Sites as lists ask for them, and the record of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from command.core import journal
from command.incidents import places
from command.incidents.rendering import Line, Reader
from command.sites import entries, scope
from command.sites.models import Mains, Site, SiteReport, SiteStatus

REPORTS = 50
"""The newest reports that a site's page shows."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sites: in an area (code) and all that lies in it, with words in code or name, of a class, with mains as reported."""

    area: str | None = None
    words: str = ""
    mains: Mains | None = None
    site_class: str | None = None
    exercise: bool = False
    after: str = ""
    limit: int = 100


def sites(session: Session, wanted: Wanted) -> Sequence[Site]:
    """Sites by code, one more than `limit` where there are more."""
    held = and_(SiteStatus.site_id == Site.id, SiteStatus.exercise.is_(wanted.exercise))
    query = select(Site).outerjoin(SiteStatus, held).where(Site.code > wanted.after)
    if wanted.area:
        query = query.where(Site.area_id.in_(area_ids(session, wanted.area)))
    if wanted.site_class:
        query = query.where(Site.site_class == wanted.site_class)
    if wanted.mains == Mains.UNKNOWN:
        query = query.where(or_(SiteStatus.mains == Mains.UNKNOWN, SiteStatus.id.is_(None)))
    elif wanted.mains:
        query = query.where(SiteStatus.mains == wanted.mains)
    for word in wanted.words.split()[:8]:
        columns = (Site.code, Site.name_zh, Site.name_en)
        query = query.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return session.scalars(query.order_by(Site.code).limit(wanted.limit + 1)).all()


def area_ids(session: Session, code: str) -> set[int]:
    """An area (by code) and all that lie in it; raise Invalid."""
    return scope.areas_below(session, places.named(session, code).id)


@dataclass(frozen=True, slots=True)
class Reported:
    """A report as it came; `late` are figures that did not count."""

    at: datetime
    received_at: datetime
    actor: str
    said: dict[str, object]
    late: list[str]
    exercise: bool


def reported(session: Session, site: Site) -> list[Reported]:
    """The newest reports of a site, by when they were measured."""
    query = select(SiteReport).where(SiteReport.site_id == site.id)
    rows = session.scalars(query.order_by(SiteReport.at.desc(), SiteReport.id.desc()).limit(REPORTS))
    return [Reported(row.at, row.received_at, row.actor, row.said, row.late, row.exercise) for row in rows]


def history(session: Session, site: Site) -> list[Line]:
    """What the journal tells of a site, the newest first."""
    found = list(journal.entries(session, entries.stream(site.code)))[-REPORTS:]
    reader = Reader(session, found)
    return [reader.line(entry) for entry in reversed(found)]
