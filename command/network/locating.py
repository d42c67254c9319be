"""Where subscribers are: the codes of their areas and of those that contain them."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.network.models import Area, Element, Subscriber


def areas_of(session: Session, subscribers: Collection[int]) -> Mapping[int, tuple[str, ...]]:
    """For each of some subscribers (up to a thousand at once) the code of their area and of every area that contains it, the nearest
    first; one that is not in the register any more is left out."""
    tree = {
        id: (code, parent) for id, code, parent in session.execute(select(Area.id, Area.code, Area.parent_id)).tuples()
    }
    query = (
        select(Subscriber.id, Element.area_id)
        .join(Element, Element.id == Subscriber.element_id)
        .where(Subscriber.id.in_(subscribers))
    )
    found = dict(session.execute(query).tuples().all())
    chains = {area: _chain(area, tree) for area in set(found.values())}
    return {subscriber: chains[area] for subscriber, area in found.items()}


def _chain(area: int, tree: Mapping[int, tuple[str, int | None]]) -> tuple[str, ...]:
    codes: list[str] = []
    at: int | None = area
    while at is not None and tree[at][0] not in codes:
        code, at = tree[at]
        codes.append(code)
    return tuple(codes)
