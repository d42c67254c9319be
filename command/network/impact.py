"""Who is affected: users of each service in each area, every subscriber once in the total.

One grouped query says how many subscribers of an area lose which set of services; the sets are taken apart here."""

import threading
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Case, case, func, select
from sqlalchemy.orm import Session

from command.network import masks, service
from command.network.census import census
from command.network.models import CutOff, Element, Service, Subscriber
from command.network.revision import database_of, revision

_KEPT = 64
"""Answers kept, of all databases of this process."""
_lock = threading.Lock()
_answers: dict[tuple[str, int, frozenset[int]], "Affected"] = {}


@dataclass(frozen=True, slots=True)
class Hit:
    """Users of one service in one area who lost it, and their share (0–1) of those who have it there."""

    service_id: int
    area_id: int
    users: int
    share: float


@dataclass(frozen=True, slots=True)
class Affected:
    """The impact of a set of cut-off elements. `total` and `areas` count each subscriber once; `rows` once per service."""

    total: int
    rows: tuple[Hit, ...]
    areas: Mapping[int, int]
    critical: int
    """subscribers among them who are critical customers"""


Group = tuple[int, int, int, int]
"""(area id, mask of services lost, subscribers, critical customers among them)"""


def tally(groups: Iterable[Group], bits: Mapping[int, int], users: Mapping[tuple[int, int], int]) -> Affected:
    """Add up groups. `bits` is service bit → service id, `users` (area, bit) → those who have the service there. Pure."""
    by_service: Counter[tuple[int, int]] = Counter()
    areas: Counter[int] = Counter()
    critical = 0
    for area, mask, count, marked in groups:
        areas[area] += count
        critical += marked
        for bit in masks.bits(mask):
            by_service[bit, area] += count
    rows = tuple(
        Hit(bits[bit], area, count, min(1.0, count / max(count, users.get((area, bit), 0))))
        for (bit, area), count in sorted(by_service.items())
        if bit in bits
    )
    return Affected(areas.total(), rows, dict(areas), critical)


def affected(session: Session, incident_id: int) -> Affected:
    """The users affected by an incident's open cut-offs."""
    lost = Subscriber.services.bitwise_and(CutOff.services)
    marked = func.sum(_is_critical())
    query = (
        select(Element.area_id, lost, func.count(), marked)
        .join_from(CutOff, Element, Element.id == CutOff.element_id)
        .join(Subscriber, Subscriber.element_id == CutOff.element_id)
        .where(CutOff.incident_id == incident_id, CutOff.until_at.is_(None), lost != 0)
        .group_by(Element.area_id, lost)
    )
    return tally(session.execute(query).tuples().all(), _services(session), census(session).users)


def affected_by(session: Session, incident_ids: Collection[int]) -> Affected:
    """The users affected by the open cut-offs of several incidents: an element that several hold cut off, and so a subscriber of it, counts
    once."""
    held = (
        select(CutOff.element_id, func.max(CutOff.services).label("services"))
        .where(CutOff.incident_id.in_(list(incident_ids)), CutOff.until_at.is_(None))
        .group_by(CutOff.element_id)
        .subquery()
    )
    lost = Subscriber.services.bitwise_and(held.c.services)
    query = (
        select(Element.area_id, lost, func.count(), func.sum(_is_critical()))
        .join_from(held, Element, Element.id == held.c.element_id)
        .join(Subscriber, Subscriber.element_id == held.c.element_id)
        .where(lost != 0)
        .group_by(Element.area_id, lost)
    )
    return tally(session.execute(query).tuples().all(), _services(session), census(session).users)


def if_cut_off(session: Session, elements: Collection[int]) -> Affected:
    """The users who would be affected if exactly these elements were cut off. Nothing is written.

    The latest answers are kept as long as the records stay as they are: while somebody types a report the same is asked again and again."""
    key = (database_of(session), revision(session), frozenset(elements))
    with _lock:
        known = _answers.get(key)
    if known is None:
        known = _if_cut_off(session, elements)
        with _lock:
            _answers[key] = known
            while len(_answers) > _KEPT:
                del _answers[next(iter(_answers))]
    return known


def _if_cut_off(session: Session, elements: Collection[int]) -> Affected:
    chosen = service.id_table(session, elements)
    lost = Subscriber.services.bitwise_and(Element.services)
    query = (
        select(Element.area_id, lost, func.count(), func.sum(_is_critical()))
        .join_from(chosen, Element, Element.id == chosen.c.id)
        .join(Subscriber, Subscriber.element_id == Element.id)
        .where(lost != 0)
        .group_by(Element.area_id, lost)
    )
    return tally(session.execute(query).tuples().all(), _services(session), census(session).users)


def _is_critical() -> Case[int]:
    return case((Subscriber.critical != "", 1), else_=0)


def _services(session: Session) -> dict[int, int]:
    return dict(session.execute(select(Service.bit, Service.id)).tuples().all())
