"""All figures of a period for one reader, each beside the period before: the page, the file and the interface show what this gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta, tzinfo

from sqlalchemy.orm import Session

from command.agreements import reading as agreements
from command.complaints import figures as complaints
from command.core import clock
from command.incidents import house
from command.insights import (
    drill_rows,
    impact_rows,
    incident_rows,
    message_rows,
    page_rows,
    population,
    resource_rows,
    service_figures,
)
from command.insights.buckets import instants
from command.insights.defined.shape import Definition
from command.insights.defined.table import DEFINITIONS
from command.insights.filters import Filters
from command.insights.incident_rows import Asked
from command.insights.measures import Change, Measure, change, rate, spread, verdict
from command.insights.page_rows import Load
from command.insights.periods import response_limit
from command.insights.rates import Verdict
from command.insights.service_figures import Clocks
from command.insights.sql_time import MICROSECOND
from command.people.access import Principal
from command.satisfaction import reading as satisfaction

Key = tuple[str, str]
Found = Mapping[Key, Measure]
CLOCKS = {"report_to_centre": "report-to-centre", "first_plan": "first-plan"}
LEVELS = {"sla_respond": "sla-respond", "sla_resolve": "sla-resolve"}
COMPLAINTS = {
    "complaint_response": "first_response",
    "complaint_plan": "first_plan",
    "complaint_steps": "complete",
    "first_contact": "first_contact",
    "complaint_resolved": "resolved",
    "complaint_rate": "complaint_rate",
    "complaint_rate_house": "complaint_rate",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: of `key` (a service, a class, a kind) where its definition has several. `before` is the same of the period before, as
    long; None for what stands as it does today."""

    definition: Definition
    key: str
    now: Measure
    before: Measure | None

    @property
    def verdict(self) -> Verdict:
        return verdict(self.now, self.definition.aim)

    @property
    def change(self) -> Change:
        return change(self.now, self.before, self.definition.better)


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """The figures in their order, and the load of each person on call, who had most pages first."""

    wanted: Filters
    lines: Sequence[Line]
    loads: Sequence[Load]

    def of(self, group: str) -> list[Line]:
        return [line for line in self.lines if line.definition.group == group]


def before(wanted: Filters) -> Filters:
    """The same choices over the period before, as many days long."""
    days = wanted.last - wanted.first + timedelta(days=1)
    return replace(wanted, first=wanted.first - days, last=wanted.last - days)


def figures(session: Session, wanted: Filters, zone: tzinfo, who: Principal) -> PeriodFigures:
    """The figures of what `who` may know of, with days as `zone` has them. Raise Invalid for unknown areas and services."""
    asked = asked_for(session, wanted, zone, who)
    now = {**of_period(session, wanted, zone, who), **of_today(session, wanted, who)}
    past = of_period(session, before(wanted), zone, who)
    order = {code: place for place, code in enumerate(DEFINITIONS)}
    lines = [
        Line(DEFINITIONS[code], key, found, past.get((code, key)))
        for (code, key), found in sorted(now.items(), key=lambda each: order[each[0][0]])
    ]
    which = page_rows.mine(session, wanted, asked, who)
    return PeriodFigures(wanted, lines, page_rows.loads(session, which, house.settings(session).tz, asked))


def asked_for(session: Session, wanted: Filters, zone: tzinfo, who: Principal) -> Asked:
    """The incidents and the instants that a period means. These are of UTC: within a zone Python subtracts what clocks show, and a day in
    which they change would have 24 hours."""
    begin, end = (at.astimezone(UTC) for at in instants(wanted.first, wanted.last, zone))
    return Asked(population.chosen(session, wanted, zone, who), begin, end, clock.now(session))


def of_period(session: Session, wanted: Filters, zone: tzinfo, who: Principal) -> Found:
    """The figures of one period, by code and key."""
    asked = asked_for(session, wanted, zone, who)
    return {
        **_of_incidents(session, asked),
        **_keyed("availability", impact_rows.availabilities(session, wanted, asked, who)),
        **_keyed("failures", impact_rows.failures_by_kind(session, wanted, asked, who)),
        **_of_customers(session, asked),
        **_plain(message_rows.measures(session, asked)),
        **_of_pages(session, wanted, asked, who),
        ("requests_covered", ""): resource_rows.covered(session, wanted, asked, who),
        **_keyed("resource_use", resource_rows.use(session, asked)),
        ("drills_held", ""): drill_rows.held(session, asked, who),
        ("drill_subjects", ""): drill_rows.subjects(session, asked, who),
        **_keyed("drill_results", drill_rows.results(session, asked, who)),
        ("actions_in_time", ""): drill_rows.actions_done(session, wanted, house.today(session, asked.now), who),
    }


def of_today(session: Session, wanted: Filters, who: Principal) -> Found:
    """The figures that stand as they do today."""
    return {
        ("readiness", ""): resource_rows.readiness(session, wanted),
        **_plain(drill_rows.actions(session, who)),
    }


def _of_incidents(session: Session, asked: Asked) -> Found:
    cases = incident_rows.cases(session, asked, response_limit())
    answers = incident_rows.answers(cases)
    clocks = incident_rows.clocks(session, asked)
    found: dict[str, Measure] = {name: service_figures.attainment(clocks, code) for name, code in CLOCKS.items()}
    found |= {
        "detection": spread(one.detection for one in cases),
        "acknowledgement": spread(one.acknowledgement for one in cases),
        "begun": spread(one.begun for one in cases),
        "restoration": spread(one.outage for one in cases),
    }
    found |= {
        "response": service_figures.in_time(answers, "response"),
        "restored_in_time": service_figures.in_time(answers, "restoration"),
        "users_restored": service_figures.users_restored(answers, incident_rows.late_ones(session, asked)),
        "incidents": Measure(sum(row.alike for row in answers)),
        "affected_users": Measure(sum(row.users for row in answers)),
        "user_minutes": Measure(sum(row.user_minutes for row in answers)),
        "tasks_in_time": service_figures.execution(incident_rows.tasks(session, asked)),
    }
    return {**_plain(found), **_of_levels(session, asked, clocks)}


def _of_levels(session: Session, asked: Asked, clocks: Sequence[Clocks]) -> Found:
    """Attainment by SLA class, with how its breaches stand beside it as far as somebody has said."""
    stand = agreements.standing(session, asked.ids)
    found: dict[Key, Measure] = {}
    for name, code in LEVELS.items():
        for each in house.clocks().sla_classes:
            met = service_figures.attainment(clocks, code, frozenset(each.tiers))
            found[name, each.id] = replace(met, more={**met.more, **stand.get((code, each.id), {})})
    return found


def _of_customers(session: Session, asked: Asked) -> Found:
    """Complaints are those of the complaints room, satisfaction is that of the surveys of these incidents."""
    last = asked.until - MICROSECOND
    counted = complaints.between(session, asked.begin - MICROSECOND, last, asked.now)
    found = {name: rate(*counted.counts[its]) for name, its in COMPLAINTS.items()}
    found["complaint_handling"] = Measure(counted.handling_minutes)
    said = satisfaction.over(session, asked.ids)
    score = said.score.tenths
    found |= {
        "satisfied": rate(said.satisfied.good, said.satisfied.of),
        "satisfaction_score": Measure(None if score is None else score / 10),
        "first_response_satisfied": rate(said.first_response.good, said.first_response.of),
    }
    return _plain(found)


def _of_pages(session: Session, wanted: Filters, asked: Asked, who: Principal) -> Found:
    which = page_rows.mine(session, wanted, asked, who)
    found = page_rows.counts(session, which, house.settings(session).tz, asked)
    return _plain(found | {"passed_on": page_rows.passed_on(session, which)})


def _plain(found: Mapping[str, Measure]) -> Found:
    return {(code, ""): each for code, each in found.items()}


def _keyed(code: str, found: Mapping[str, Measure]) -> Found:
    return {(code, key): each for key, each in found.items()}
