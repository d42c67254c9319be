"""Where a request could be filled from: the nearest pools first, the least capable that will do, the best stocked. Pure but for `paths`."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.network.models import Area
from command.resources.states import serves

FAR = 9
"""Steps to a pool whose area has nothing in common with the place of need."""


@dataclass(frozen=True, slots=True)
class Source:
    """A stock that could give: its capability type, pieces available, and steps up the tree of areas to one that holds both places."""

    stock_id: int
    type: int
    available: int
    steps: int


def ranked(sources: Sequence[Source], asked: int) -> list[Source]:
    """Those that do for a request of type `asked`, the best first."""
    able = [each for each in sources if each.available > 0 and serves(each.type, asked)]
    return sorted(able, key=lambda each: (each.steps, asked - each.type, -each.available, each.stock_id))


def steps(need: Sequence[int], home: Sequence[int]) -> int:
    """From paths of area ids, the narrowest first: how far up from the place of need an area lies that holds the pool's home too."""
    return next((at for at, area in enumerate(need) if area in home), FAR)


def paths(session: Session) -> dict[int, tuple[int, ...]]:
    """The path of every area: itself and those that contain it, the narrowest first."""
    parents = dict(session.execute(select(Area.id, Area.parent_id)).tuples().all())

    def path(area_id: int) -> tuple[int, ...]:
        found: list[int] = []
        at: int | None = area_id
        while at is not None and at not in found:
            found.append(at)
            at = parents.get(at)
        return tuple(found)

    return {area_id: path(area_id) for area_id in parents}
