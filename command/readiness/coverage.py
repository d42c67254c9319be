"""What pools hold fit for use against what playbooks ask for: by area, playbook, tier and line. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Stands(StrEnum):
    """How a line of a plan, or all of a tier, stands: the worst last."""

    READY = "ready"  # the area's own pools do
    HELP = "help"  # only with pieces from elsewhere
    LACKING = "lacking"  # all pools together hold too few


ORDER = tuple(Stands)


@dataclass(frozen=True, slots=True)
class Need:
    """A line of a playbook's resources for a tier: so many pieces of `type` or a more capable one (None: of any type)."""

    plan: str
    tier: int
    line: str
    type: int | None
    quantity: int


@dataclass(frozen=True, slots=True)
class Pile:
    """Pieces fit for use: of a resource and type, in a pool of an area."""

    resource_id: int
    type: int
    area_id: int
    pieces: int


@dataclass(frozen=True, slots=True)
class Cover:
    """A need against what there is: pieces in the area's own pools, and in all. `known`: the register has a resource for the line."""

    need: Need
    known: bool
    own: int
    everywhere: int

    @property
    def stands(self) -> Stands:
        if self.own >= self.need.quantity:
            return Stands.READY
        return Stands.HELP if self.everywhere >= self.need.quantity else Stands.LACKING

    @property
    def from_elsewhere(self) -> int:
        """Pieces that have to come from pools of other areas, as far as these have them."""
        return min(self.everywhere, self.need.quantity) - min(self.own, self.need.quantity)

    @property
    def short(self) -> int:
        """Pieces that no pool has."""
        return max(0, self.need.quantity - self.everywhere)


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier of a playbook in an area: as ready as the worst of its lines."""

    tier: int
    lines: Sequence[Cover]

    @property
    def stands(self) -> Stands:
        return max((line.stands for line in self.lines), key=ORDER.index, default=Stands.READY)

    def count(self, stands: Stands) -> int:
        """Lines that stand like this."""
        return sum(line.stands == stands for line in self.lines)


def lines_served(code: str, plan_lines: Collection[str]) -> set[str]:
    """Lines of playbooks that a resource serves: those it names, and the one called like its code (fibre-crew serves fibre_crew)."""
    return {code.replace("-", "_"), *plan_lines}


def cover(need: Need, serving: Mapping[str, Collection[int]], piles: Sequence[Pile], own: Collection[int]) -> Cover:
    """How a need stands in an area; `serving` has resources by line, `own` the area and all that lie in it. Lines are looked at one by
    one: what one incident takes, another has not."""
    resources = serving.get(need.line, ())
    able = [pile for pile in piles if pile.resource_id in resources and (need.type is None or pile.type <= need.type)]
    return Cover(
        need,
        known=bool(resources),
        own=sum(pile.pieces for pile in able if pile.area_id in own),
        everywhere=sum(pile.pieces for pile in able),
    )
