"""How alike two events are, as figures between 0 and 1 with their reasons. Pure.

Each kind of evidence is measured by itself, 0 (nothing in common) to 1 (the same), and counts by its weight. Evidence that one side
does not have counts as none, neither for nor against: among candidates for one report it is the same for all. Words count by how rare
they are among the candidates, so that 中断, which every outage says, tells little, and 光缆 much."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from command.incidents.words import CONCEPT

Who = TypeVar("Who")

NEARNESS = (1.0, 0.6, 0.3, 0.1)
"""How much areas 0, 1, 2 and 3 steps apart in the tree have in common: the same county, a county and its prefecture, two counties of
one prefecture, a county and the prefecture beside its own. Farther apart they have nothing in common."""
FADES = timedelta(hours=6)
"""After this time between two first signs they are half as close in time."""
CONCEPTS_ALONE = 0.7
"""How much concepts in common count where the very words differ: less than the words themselves."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An event as far as likeness goes. `areas` and `elements` are ids, `services` codes, `words` terms (see `words.terms`); `elements`
    are all that are cut off, failed or not."""

    kind: str | None = None
    areas: frozenset[int] = frozenset()
    services: frozenset[str] = frozenset()
    elements: frozenset[int] = frozenset()
    element_kinds: frozenset[str] = frozenset()
    alarms: frozenset[str] = frozenset()
    at: datetime | None = None
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Weights:
    """What each kind of evidence counts. They need not add up to 1: likeness is cut off there."""

    elements: float
    area: float
    words: float
    services: float
    kind: float
    element_kinds: float
    alarms: float
    time: float


SAME_EVENT = Weights(
    elements=0.35, area=0.25, words=0.35, services=0.12, kind=0.12, element_kinds=0.08, alarms=0.0, time=0.08
)
"""Is this the event that is reported here? Where it is and what is said of it tell most; an element that the incident has cut off
already all but settles it. The kind counts little, because reporters guess it; time, because open incidents are of today anyway."""

SAME_PROBLEM = Weights(
    elements=0.05, area=0.04, words=0.45, services=0.12, kind=0.12, element_kinds=0.18, alarms=0.25, time=0.0
)
"""Is this a problem that was solved before? What it is tells, not where or when it was: its words, the alarms it raises, the kind of
element that fails."""


@dataclass(frozen=True, slots=True)
class Likeness(Generic[Who]):
    """A candidate with how alike it is, 0 to 1, what each kind of evidence adds to that, and the words shared, the rarest first."""

    who: Who
    score: float
    parts: Mapping[str, float] = field(default_factory=dict)
    shared: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """The kinds of evidence that speak for it, the strongest first."""
        return tuple(sorted((name for name, part in self.parts.items() if part >= 0.03), key=lambda n: -self.parts[n]))


Path = Sequence[int]
"""An area and those that contain it, the narrowest first."""


def closest(
    new: Picture,
    candidates: Iterable[tuple[Who, Picture]],
    paths: Mapping[int, Path],
    weights: Weights,
    *,
    least: float,
    most: int = 3,
) -> list[Likeness[Who]]:
    """The `most` candidates most like `new`, the closest first, of those with a score of `least` or more."""
    known = list(candidates)
    rarity = rarities([picture.words for _, picture in known])
    found = [compared(new, picture, who, paths, weights, rarity) for who, picture in known]
    return sorted((each for each in found if each.score >= least), key=lambda each: -each.score)[:most]


def rarities(texts: Collection[frozenset[str]]) -> Mapping[str, float]:
    """What each term counts: the more the fewer of the texts have it."""
    counts = Counter(term for words in texts for term in words)
    return {term: math.log(1 + len(texts) / count) for term, count in counts.items()}


def compared(
    new: Picture,
    old: Picture,
    who: Who,
    paths: Mapping[int, Path],
    weights: Weights,
    rarity: Mapping[str, float],
) -> Likeness[Who]:
    """One candidate measured."""
    measured = {
        "elements": float(bool(new.elements & old.elements)),
        "area": nearest(new.areas, old.areas, paths),
        "words": told_alike(new.words, old.words, rarity),
        "services": overlap(new.services, old.services),
        "kind": float(new.kind is not None and new.kind == old.kind),
        "element_kinds": overlap(new.element_kinds, old.element_kinds),
        "alarms": overlap(new.alarms, old.alarms),
        "time": close_in_time(new.at, old.at),
    }
    parts = {name: getattr(weights, name) * value for name, value in measured.items()}
    shared = sorted(new.words & old.words, key=lambda term: (-rarity.get(term, 0.0), term))
    return Likeness(who, min(1.0, sum(parts.values())), parts, tuple(shared))


def nearest(ours: Collection[int], theirs: Collection[int], paths: Mapping[int, Path]) -> float:
    """How near the nearest two areas are."""
    return max((_near(paths.get(a, (a,)), paths.get(b, (b,))) for a in ours for b in theirs), default=0.0)


def _near(one: Path, other: Path) -> float:
    """By the steps up to the narrowest area that holds both, and down again."""
    steps = next((one.index(area) + other.index(area) for area in one if area in other), len(NEARNESS))
    return NEARNESS[steps] if steps < len(NEARNESS) else 0.0


def told_alike(ours: frozenset[str], theirs: frozenset[str], rarity: Mapping[str, float]) -> float:
    """How much of what both texts say they say both, each term by its rarity; a long text does not win by its length. Texts in two
    languages share concepts only, so these are compared by themselves too."""
    concepts = _told(frozenset(filter(_is_concept, ours)), frozenset(filter(_is_concept, theirs)), rarity)
    return max(_told(ours, theirs, rarity), CONCEPTS_ALONE * concepts)


def _is_concept(term: str) -> bool:
    return term.startswith(CONCEPT)


def _told(ours: frozenset[str], theirs: frozenset[str], rarity: Mapping[str, float]) -> float:
    if not ours or not theirs:
        return 0.0
    rarest = max(rarity.values(), default=1.0)

    def weight(terms: Collection[str]) -> float:
        return sum(rarity.get(term, rarest) for term in terms)

    return weight(ours & theirs) / math.sqrt(weight(ours) * weight(theirs))


def overlap(ours: frozenset[str], theirs: frozenset[str]) -> float:
    """What two sets share: 1 where they are the same, less the more either has that the other lacks."""
    return len(ours & theirs) / math.sqrt(len(ours) * len(theirs)) if ours and theirs else 0.0


def close_in_time(one: datetime | None, other: datetime | None) -> float:
    """1 at the same moment, a half after FADES, and so on."""
    if one is None or other is None:
        return 0.0
    return float(0.5 ** (abs(one - other) / FADES))
