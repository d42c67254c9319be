"""What a dashboard is drawn from, read for one reader: cases, failed elements, names in their language."""

from collections.abc import Iterable
from datetime import tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.boards.words import WORDS
from command.core import clock, names
from command.core.problems import N_
from command.incidents import house
from command.insights import cases
from command.insights.cases import Failure, Part
from command.insights.charts import Say
from command.insights.filters import Filters
from command.insights.groups import UNKNOWN, Ground, Place
from command.network.models import Area
from command.people.access import Principal


def read(
    session: Session,
    wanted: Filters,
    zone: tzinfo,
    who: Principal,
    say: Say,
    language: str,
    *,
    elements: bool = True,
    targets: bool = False,
) -> Ground:
    """The ground of a period; without `elements` no dimension of elements and sites can be asked for."""
    failed = cases.failures(session, wanted, zone, who) if elements else []
    found = cases.cases(session, wanted, zone, who, clock.now(session), targets=targets)
    return of(session, found, failed, zone, say, language)


def of(
    session: Session, found: list[cases.Case], failed: Iterable[Failure], zone: tzinfo, say: Say, language: str
) -> Ground:
    """Cases and failures that were read, with their names."""
    failed = list(failed)
    known = cases.parts(session, failed)
    within: dict[int, tuple[Part, ...]] = {}
    for one in failed:
        within[one.incident] = (*within.get(one.incident, ()), known[one.element])
    areas = {
        area.id: Place(area.code, names.of(area, language), area.parent_id) for area in session.scalars(select(Area))
    }
    sites = {key: Place(site.code, names.of(site, language)) for key, site in cases.sites(session).items()}
    table = house.causes()
    return Ground(
        found,
        zone,
        within,
        areas,
        sites,
        words={
            "kind": {code: say(word) for code, word in WORDS["kind"].items()},
            "root": {code: getattr(text, language) for code, text in table.roots.items()},
            "cause": {code: getattr(cause.name, language) for code, cause in table.causes.items()},
            "site": {site.code: f"{site.name} ({site.code})" for site in sites.values()},
            "at": (places := {area.code: f"{area.name} ({area.code})" for area in areas.values()}),
            "within": places,
            "element_kind": {UNKNOWN: say(N_("no element failed"))},
            "third_party": {"1": say(N_("third party")), "0": say(N_("ourselves, or not said"))},
            "other": {UNKNOWN: say(N_("not known"))},
        },
        roots={code: cause.root for code, cause in table.causes.items()},
    )
