"""Impact as people read it: by area, services that are hit alike side by side. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Alike:
    """Services of an area that lost the same users by the same share."""

    services: tuple[int, ...]
    kind: str
    users: int
    share: float


@dataclass(frozen=True, slots=True)
class AreaImpact:
    """One area: most users of any service, and its services in groups, the worst first."""

    area_id: int
    users: int
    groups: tuple[Alike, ...]


def by_area(rows: Sequence[Mapping[str, Any]]) -> list[AreaImpact]:
    """The rows of an impact card by area, the one with most users first."""
    areas: dict[int, dict[tuple[str, int, float], list[int]]] = {}
    for row in rows:
        same = (row["kind"], row["users"], row["share"])
        areas.setdefault(row["area_id"], {}).setdefault(same, []).append(row["service_id"])
    found = [_area(area_id, groups) for area_id, groups in areas.items()]
    return sorted(found, key=lambda area: (-area.users, area.area_id))


def _area(area_id: int, groups: Mapping[tuple[str, int, float], Sequence[int]]) -> AreaImpact:
    alike = [Alike(tuple(sorted(ids)), kind, users, share) for (kind, users, share), ids in groups.items()]
    alike.sort(key=lambda each: (each.kind != "outage", -each.users, each.services))
    return AreaImpact(area_id, max(each.users for each in alike), tuple(alike))
