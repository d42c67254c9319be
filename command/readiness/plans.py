"""What the playbooks in force need of the pools, and how each area stands. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import plans
from command.network.models import Area
from command.readiness import holdings
from command.readiness.coverage import Need, Tier, cover, lines_served
from command.resources import reading
from command.resources.models import Resource
from playbooks.schema import TIERS, Kind, Playbook

LEVELS = ("province", "prefecture")
"""Areas that are looked at each; counties count to their prefecture."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A playbook in an area, tier by tier, the highest first."""

    plan: Playbook
    tiers: Sequence[Tier]


@dataclass(frozen=True, slots=True)
class AreaStanding:
    """An area and its playbooks."""

    area: Area
    plans: Sequence[Standing]


def in_force(session: Session) -> list[Playbook]:
    """The playbook of each kind that a response which begins now would follow."""
    now = clock.now(session)
    return [plan for kind in Kind if (plan := plans.current(session, kind, now)) is not None]


def needs(plan: Playbook) -> list[Need]:
    """Every line of a playbook's resources, by tier."""
    return [
        Need(plan.code, tier, line.id, line.type, line.quantity) for tier in TIERS for line in plan.tier(tier).resources
    ]


def areas(session: Session, code: str = "") -> list[Area]:
    """The areas that are looked at, or the one of a code; by code."""
    query = select(Area).order_by(Area.code)
    return list(session.scalars(query.where(Area.code == code) if code else query.where(Area.level.in_(LEVELS))))


def standings(session: Session, code: str = "", department: str = "") -> list[AreaStanding]:
    """How each area stands (or the one of a code), with what the pools of all departments hold, or of one."""
    piles = holdings.piles(session, department)
    serving = _serving(session)
    known = in_force(session)
    found = []
    for area in areas(session, code):
        own = reading.below(session, area.code)
        rows = []
        for plan in known:
            covers = [cover(need, serving, piles, own) for need in needs(plan)]
            tiers = [Tier(tier, [each for each in covers if each.need.tier == tier]) for tier in TIERS]
            rows.append(Standing(plan, tiers))
        found.append(AreaStanding(area, rows))
    return found


def _serving(session: Session) -> dict[str, set[int]]:
    """Resources by the lines that they serve."""
    found: dict[str, set[int]] = {}
    for row in session.scalars(select(Resource)):
        for line in lines_served(row.code, row.plan_lines):
            found.setdefault(line, set()).add(row.id)
    return found
