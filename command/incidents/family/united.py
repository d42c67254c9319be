"""The one picture of an incident and all that is part of it: a subscriber counts once, whatever cuts them off.

By topology an element counts once, however many of the incidents hold it cut off. What people declared for one area is taken as
covering the same people as the topology's there, and as each other's: the largest counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.incidents import measuring
from command.incidents.family import kin
from command.incidents.models import Impact, Incident
from command.network import impact as network_impact
from command.network.impact import Affected


class Lost(NamedTuple):
    """Users of one service in one area, and their share of those who have it there (0..1)."""

    users: int
    share: float
    kind: Literal["outage", "degradation"] = "outage"


Rows = Mapping[tuple[int, int], Lost]
"""By (service id, area id)."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Users, each counted once; what is lost where besides what was declared for the incident itself; and users cut off by area."""

    users: int
    rows: Rows
    areas: Mapping[int, int]


def picture(session: Session, incident: Incident) -> Picture:
    """What an incident looks like now, with all that is part of it."""
    below = kin.descendants(session, incident.id)
    own = network_impact.affected(session, incident.id)
    mine = measuring.users(own.total, measuring.open_impacts(session, incident))
    if not below:
        return Picture(mine, _rows(own, ()), own.areas)
    whole = network_impact.affected_by(session, [incident.id, *below])
    declared = _declared(session, below)
    each = [mine, *(child.users_now for child in kin.children(session, incident.id))]
    said = by_area([*declared, *_declared(session, [incident.id])])
    return Picture(users(each, larger(whole.areas, said)), _rows(whole, declared), whole.areas)


def users(each: Sequence[int], areas: Mapping[int, int]) -> int:
    """Users of several incidents, each person once: `each` has the users of every incident by itself, `areas` those of all together by
    area. Never fewer than the largest has, never more than all have together; what has no area in common adds up. Pure."""
    return min(sum(each), max(*each, 0, sum(areas.values())))


def larger(one: Mapping[int, int], other: Mapping[int, int]) -> dict[int, int]:
    """Of two figures for an area the larger. Pure."""
    return {area: max(one.get(area, 0), other.get(area, 0)) for area in one.keys() | other.keys()}


def by_area(rows: Iterable[Impact]) -> dict[int, int]:
    """Declared users by area: of its services that with most, since one person uses several."""
    most: dict[int, int] = {}
    for row in rows:
        most[row.area_id] = max(most.get(row.area_id, 0), row.users)
    return most


def _rows(cut_off: Affected, declared: Sequence[Impact]) -> Rows:
    found = {(hit.service_id, hit.area_id): Lost(hit.users, hit.share) for hit in cut_off.rows}
    for row in declared:
        key = (row.service_id, row.area_id)
        if key not in found or row.users > found[key].users:
            found[key] = Lost(row.users, row.share, cast(Literal["outage", "degradation"], row.kind))
    return found


def _declared(session: Session, incident_ids: Sequence[int]) -> Sequence[Impact]:
    still = (Impact.incident_id.in_(list(incident_ids)), Impact.until_at.is_(None), Impact.declared)
    return session.scalars(select(Impact).where(*still).order_by(Impact.id)).all()
