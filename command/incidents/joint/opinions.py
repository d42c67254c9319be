"""What follows from several views of one incident: the tier they suggest, and where they disagree. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

HARMS = ("low", "medium", "high", "very_high")
CONFIDENCES = ("low", "medium", "high")
FAULT_CLASSES = ("hardware", "software", "network", "service")
CAUSE_CLASSES = (
    "power",
    "fibre",
    "equipment",
    "software",
    "third_party",
    "weather",
    "attack",
    "overload",
    "human",
    "unknown",
)
"""Where a fault comes from, as far as a department can tell."""
APART = 2
"""Figures of users that differ by more than this factor disagree. Ours."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """How one department sees an incident: its nature, its scope (codes of areas and services, users where known), its harm, and the tier
    (1 highest) that follows in their eyes."""

    kind: str
    harm: str
    tier: int
    fault_class: str | None = None
    cause_class: str | None = None
    areas: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    users: int | None = None
    confidence: str = "medium"


FIELDS = tuple(each.name for each in fields(Opinion))


def suggested(views: Sequence[Opinion]) -> int | None:
    """The tier that at least half of the views hold or think too low a word: the middle one, of two the graver. None without views."""
    tiers = sorted(view.tier for view in views)
    return tiers[(len(tiers) - 1) // 2] if tiers else None


def disagreement(views: Sequence[Opinion]) -> frozenset[str]:
    """The fields in which the views differ. What a department left open disagrees with nobody."""
    said: Mapping[str, set[object]] = {
        "kind": {view.kind for view in views},
        "harm": {view.harm for view in views},
        "tier": {view.tier for view in views},
        "fault_class": {view.fault_class for view in views if view.fault_class},
        "cause_class": {view.cause_class for view in views if view.cause_class},
        "areas": {frozenset(view.areas) for view in views if view.areas},
        "services": {frozenset(view.services) for view in views if view.services},
    }
    found = {name for name, values in said.items() if len(values) > 1}
    counts = [view.users for view in views if view.users is not None]
    if counts and max(counts) > APART * min(counts):
        found.add("users")
    return frozenset(found)
