"""What weak points are counted from, read for one reader."""

from datetime import timedelta, tzinfo

from sqlalchemy.orm import Session

from command.core import clock
from command.insights import cases, grounds, weak_points
from command.insights.cases import Part
from command.insights.charts import Say
from command.insights.filters import Filters
from command.insights.groups import Ground
from command.insights.weak_points import Network
from command.people.access import Principal

BEFORE = timedelta(days=90)
"""How far back a failure of the period may have its earlier one."""


def read(
    session: Session, wanted: Filters, zone: tzinfo, who: Principal, say: Say, language: str
) -> tuple[Ground, Network]:
    """The ground of a period, and the failures of its elements with those of the 90 days before."""
    found = cases.cases(session, wanted, zone, who, clock.now(session))
    inside = {case.id for case in found}
    failed = cases.failures(session, wanted, zone, who, BEFORE)
    ground = grounds.of(session, found, [one for one in failed if one.incident in inside], zone, say, language)
    repeated = weak_points.repeated(failed, inside)
    known = cases.parts(session, failed)
    there = cases.population(session)
    elements = {
        "element_kind": there["element_kind"],
        "site": {ground.sites[key].code: count for key, count in there["site"].items()},
        "at": {ground.areas[key].code: count for key, count in there["at"].items()},
    }
    return ground, Network(elements, repeated, {key: _keys(ground, part) for key, part in known.items()})


def _keys(ground: Ground, part: Part) -> dict[str, str]:
    """The keys of an element in each dimension of elements."""
    keys = {"element": part.name, "element_kind": part.kind, "at": ground.areas[part.area_id].code}
    return keys | ({"site": ground.sites[part.site].code} if part.site in ground.sites else {})
