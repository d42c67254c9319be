"""Which kinds, tiers and areas lack a plan in force (R1): what a commander would miss tonight. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import house, places, plans
from command.network.models import Area
from command.people.models import EmergencyGroup
from playbooks.checks import WARN_DAYS
from playbooks.schema import TIERS, Echelon, Kind, Playbook

LEVELS = {"province": Echelon.province, "prefecture": Echelon.prefecture, "county": Echelon.county}
"""Areas that have an emergency group of their own echelon."""


@dataclass(frozen=True, slots=True)
class TierCover:
    """A tier of a plan: which echelon handles it, and the areas of that level which have no group of it or an area above: a wider one
    steps in there. `groups` is how many groups there are. `scripted`: agents have words to say."""

    tier: int
    echelon: Echelon
    groups: int
    without: Sequence[Area]
    scripted: bool


@dataclass(frozen=True, slots=True)
class KindCover:
    """How a kind of event stands: `state` is missing, expired, early (not in force yet), expiring or valid; `days` to the last day."""

    kind: Kind
    state: str
    plan: Playbook | None
    days: int
    tiers: Sequence[TierCover]


def cover(session: Session) -> list[KindCover]:
    """How every kind of event stands today."""
    now = clock.now(session)
    today = house.today(session, now)
    groups: dict[str, set[str]] = {}
    for echelon, code in session.execute(select(EmergencyGroup.echelon, EmergencyGroup.area_code)).tuples():
        groups.setdefault(echelon, set()).add(code)
    holes = {echelon: _without(session, level, groups.get(echelon, set())) for level, echelon in LEVELS.items()}
    found = []
    for kind in Kind:
        plan = plans.current(session, kind, now)
        if plan is None:
            found.append(KindCover(kind, "missing", None, 0, ()))
            continue
        days = (plan.expires - today).days
        state = (
            "expired" if days < 0 else "early" if today < plan.issued else "expiring" if days <= WARN_DAYS else "valid"
        )
        found.append(KindCover(kind, state, plan, days, [_tier(plan, number, groups, holes) for number in TIERS]))
    return found


def _tier(
    plan: Playbook, number: int, groups: dict[str, set[str]], holes: Mapping[Echelon, Sequence[Area]]
) -> TierCover:
    tier = plan.tier(number)
    count = len(groups.get(tier.echelon, ()))
    return TierCover(number, tier.echelon, count, holes.get(tier.echelon, ()), tier.script is not None)


def _without(session: Session, level: str, codes: set[str]) -> list[Area]:
    areas = session.scalars(select(Area).where(Area.level == level).order_by(Area.code)).all()
    if not codes:
        return list(areas)
    return [area for area in areas if codes.isdisjoint(places.codes_upward(session, area.id))]
