"""How many subscribers there are, and how many of them have which service where."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.network import masks
from command.network.models import Area, Element, Subscriber
from command.network.revision import database_of, revision

_lock = threading.Lock()
_known: dict[str, tuple[int, "Census"]] = {}


@dataclass(frozen=True)
class Census:
    """Subscribers by area and by (area, service bit), as of one revision of the network."""

    areas: Mapping[int, int]
    users: Mapping[tuple[int, int], int]
    parents: Mapping[int, int | None]

    def total(self, area_id: int | None) -> int:
        """Subscribers in an area and all below it; everybody for None."""
        return sum(count for area, count in self.areas.items() if area_id is None or area_id in self.above(area))

    def above(self, area_id: int) -> tuple[int, ...]:
        """The area itself and those it lies in."""
        chain: list[int] = []
        at: int | None = area_id
        while at is not None and at not in chain:
            chain.append(at)
            at = self.parents.get(at)
        return tuple(chain)


def census(session: Session) -> Census:
    """The census of now, counted once per revision and process."""
    place, now = database_of(session), revision(session)
    with _lock:
        known = _known.get(place)
        if known is None or known[0] != now:
            known = _known[place] = (now, _count(session))
        return known[1]


def _count(session: Session) -> Census:
    per_element = (
        select(Subscriber.element_id, Subscriber.services, func.count().label("users"))
        .group_by(Subscriber.element_id, Subscriber.services)
        .subquery()
    )
    query = (
        select(Element.area_id, per_element.c.services, func.sum(per_element.c.users))
        .join(Element, Element.id == per_element.c.element_id)
        .group_by(Element.area_id, per_element.c.services)
    )
    areas: Counter[int] = Counter()
    users: Counter[tuple[int, int]] = Counter()
    for area, mask, count in session.execute(query).tuples():
        areas[area] += int(count)
        for bit in masks.bits(mask):
            users[area, bit] += int(count)
    parents = dict(session.execute(select(Area.id, Area.parent_id)).tuples().all())
    return Census(dict(areas), dict(users), parents)
