"""Where a request could be filled from: what arrives first, the least capable that will do, the most that are ready. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from command.resources.states import serves

FAR = 9
"""Steps to a pool whose area has nothing in common with the place of need."""
NOBODY_KNOWS = float("inf")


@dataclass(frozen=True, slots=True)
class Source:
    """A stock that could give: its capability type, pieces available, the minutes of the way to the place of need (None: nobody knows),
    and steps up the tree of areas to one that holds both. Of those available `unfit` must not be used now, and the service of `overdue`
    is overdue."""

    stock_id: int
    type: int
    available: int
    minutes: float | None
    steps: int = 0
    unfit: int = 0
    overdue: int = 0

    @property
    def ready(self) -> int:
        """Pieces that can leave at once with nothing against them."""
        return self.available - self.unfit - self.overdue


def ranked(sources: Sequence[Source], asked: int) -> list[Source]:
    """Those that do for a request of type `asked`, the best first. Where nobody knows the way, the tree of areas says what is near."""
    able = [each for each in sources if each.available > 0 and serves(each.type, asked)]
    return sorted(able, key=lambda each: (*_way(each), asked - each.type, -each.ready, each.stock_id))


def _way(source: Source) -> tuple[float, int]:
    return (source.minutes, 0) if source.minutes is not None else (NOBODY_KNOWS, source.steps)


def steps(need: Sequence[int], home: Sequence[int]) -> int:
    """From lines of area ids, the narrowest first: how far up from the place of need an area lies that holds the pool's home too."""
    return next((at for at, area in enumerate(need) if area in home), FAR)
