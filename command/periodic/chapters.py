"""The chapters of reports by code, in the order in which they stand. A room that has more to say adds its own here."""

from collections.abc import Mapping

from command.periodic import of_handling, of_incidents, of_readiness
from command.periodic.chapter import Chapter

CHAPTERS: Mapping[str, Chapter] = {
    "overview": of_incidents.OVERVIEW,
    "rates": of_incidents.RATES,
    "tiers": of_incidents.BY_TIER,
    "durations": of_incidents.DURATIONS,
    "gravest": of_incidents.GRAVEST,
    "late": of_incidents.LATE,
    "clocks": of_handling.CLOCKS,
    "causes": of_handling.CAUSES,
    "notices": of_handling.NOTICES,
    "complaints": of_handling.OF_COMPLAINTS,
    "drills": of_readiness.DRILLS,
    "improvement": of_readiness.IMPROVEMENT,
    "resources": of_readiness.RESOURCES,
}
