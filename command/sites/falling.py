"""Which sites fall next, when, and whom that would cut off besides those who are cut off already."""

import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.network import impact, service
from command.network.models import CutOff
from command.network.revision import database_of, revision
from command.sites import outages, power, reports
from command.sites.models import Mains, Site, SiteElement, SiteStatus
from command.sites.power import Fall, Lacking

COUNTED = 40
"""Sites of a list for which users are counted: those that fall first."""
_KEPT = 1024
_lock = threading.Lock()
_lost: dict[tuple[str, int, frozenset[int], frozenset[int]], "Loss"] = {}


@dataclass(frozen=True, slots=True)
class Loss:
    """Users who would lose service, each once, and critical customers among them."""

    users: int
    critical: int


@dataclass(frozen=True, slots=True)
class Falling:
    """A site without mains. `fall` null: nothing is predicted, for `lacks` is not known. `loss` null: not counted. `out`: it has fallen."""

    site: Site
    status: SiteStatus
    fall: Fall | None
    lacks: Lacking | None
    loss: Loss | None
    out: bool


@dataclass(frozen=True, slots=True)
class Ahead:
    """The sites without mains that have not fallen, the next to fall first; and whom all counted ones would cut off, each user once."""

    sites: tuple[Falling, ...]
    together: Loss


def next_to_fall(
    session: Session, now: datetime, *, exercise: bool = False, site_ids: Collection[int] | None = None
) -> Ahead:
    """Sites without mains that still stand, of these (None: of all): those that fall first, then those of which it is not known."""
    rows = [row for row in without_mains(session, now, exercise=exercise, site_ids=site_ids) if not row.out]
    if not rows:
        return Ahead((), Loss(0, 0))
    failed = _failed(session, exercise)
    base = service.cut_off(session, failed)
    elements = elements_of(session, [row.site.id for row in rows[:COUNTED]])
    found = [replace(row, loss=loss(session, elements.get(row.site.id, ()), failed, base)) for row in rows[:COUNTED]]
    everything = {element for some in elements.values() for element in some}
    return Ahead((*found, *rows[COUNTED:]), loss(session, everything, failed, base))


def without_mains(
    session: Session, now: datetime, *, exercise: bool = False, site_ids: Collection[int] | None = None
) -> list[Falling]:
    """Sites without mains, fallen or not, in the order in which they fall; users are not counted."""
    query = (
        select(Site, SiteStatus)
        .join(SiteStatus, SiteStatus.site_id == Site.id)
        .where(SiteStatus.mains == Mains.OFF, SiteStatus.exercise.is_(exercise))
    )
    rows = session.execute(query).tuples().all()
    if site_ids is not None:
        wanted = set(site_ids)
        rows = [(site, row) for site, row in rows if site.id in wanted]
    out = outages.fallen_now(session, exercise=exercise, site_ids=[site.id for site, _ in rows]) if rows else {}
    found = []
    for site, row in rows:
        known = reports.power_of(site, row)
        found.append(Falling(site, row, power.falls_at(known, now), power.lacks(known), None, site.id in out))
    return sorted(found, key=_soonest)


def _soonest(each: Falling) -> tuple[bool, datetime, str]:
    fall = each.fall
    return fall is None, fall.at if fall else each.status.changed_at, each.site.code


def elements_of(session: Session, site_ids: Iterable[int]) -> dict[int, list[int]]:
    """The elements of sites."""
    query = select(SiteElement.site_id, SiteElement.element_id).where(
        SiteElement.site_id.in_(service.ids(session, list(site_ids)))
    )
    found: dict[int, list[int]] = {}
    for site, element in session.execute(query.order_by(SiteElement.element_id)).tuples():
        found.setdefault(site, []).append(element)
    return found


def _failed(session: Session, exercise: bool) -> frozenset[int]:
    query = select(CutOff.element_id).where(CutOff.until_at.is_(None), CutOff.failed, CutOff.exercise.is_(exercise))
    return frozenset(session.scalars(query))


def loss(
    session: Session,
    elements: Collection[int],
    failed: frozenset[int] = frozenset(),
    base: frozenset[int] = frozenset(),
) -> Loss:
    """Who would lose service if these elements failed besides the ones that have `failed` and cut off `base`. The latest answers are kept
    as long as the network's records stay as they are: boards ask the same again and again."""
    if not elements:
        return Loss(0, 0)
    key = (database_of(session), revision(session), failed, frozenset(elements))
    with _lock:
        known = _lost.get(key)
    if known is None:
        more = service.cut_off(session, failed.union(elements)) - base
        hit = impact.if_cut_off(session, more)
        known = Loss(hit.total, hit.critical)
        with _lock:
            _lost[key] = known
            while len(_lost) > _KEPT:
                del _lost[next(iter(_lost))]
    return known


def of_area(session: Session, area_ids: Collection[int]) -> Sequence[int]:
    """The sites that stand in areas."""
    return session.scalars(select(Site.id).where(Site.area_id.in_(list(area_ids)))).all()
