"""What a report would bring, before it is made: grade, audience, plan, people, and open incidents it may belong to. Nothing is written.

The incident that the report would make is drafted with the report's own code, its impact is measured by the network's, and it is graded
by the same rules: `intake.report` of the same input gives the same tier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import (
    activation,
    alike,
    clocks,
    command_roles,
    facts,
    grades,
    house,
    impacts,
    intake,
    measuring,
    places,
    plans,
    words,
)
from command.incidents.clocks import Event, Fact
from command.incidents.grading import Tier
from command.incidents.intake import Report
from command.incidents.models import PERSON, Impact, Incident
from command.incidents.similarity import Likeness
from command.network import impact as network_impact
from command.network import service as network
from command.network.models import Area, Element, Service
from command.oncall.escalation import policies
from command.people.access import Principal
from command.people.models import Person
from playbooks.schema import Kind, Playbook

PASSES = 3
"""How often a report is graded: after its elements, after its users, and at the end; a tier may have its own expected duration."""


@dataclass(frozen=True, slots=True)
class Paged:
    """One step of a chain of pages: minutes after the response is activated, and the people then paged unless somebody has answered."""

    after_minutes: float
    target: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """All of it. `incident` is a draft in no session, with its tier, rules and level; `cut_off` counts elements, `areas` those hit;
    `spoken_of` are areas that its text names besides the reported one."""

    incident: Incident
    area: Area
    guessed_kind: bool
    users: int
    subscribers: int
    cut_off: int
    services: tuple[str, ...]
    areas: int
    plan: Playbook | None
    commander: Person | None
    chains: tuple[tuple[Paged, ...], ...]
    known: frozenset[Fact]
    facts_due_at: datetime | None
    similar: Sequence[Likeness[Incident]]
    spoken_of: Sequence[Area]


def guess_kind(text: str, elements: Sequence[str] = ()) -> Kind:
    """The kind of event of a report that does not say: by its words; else a fault where elements are named, an interruption where not."""
    found = words.kind_of(text, house.lexicon())
    return found or (Kind.network_fault if elements else Kind.service_interruption)


def text_of(given: Report) -> str:
    """All that is said in a report."""
    return "\n".join(part for part in (given.summary, given.feedback, given.measures) if part)


def preview(session: Session, given: Report, by: Principal, *, guessed_kind: bool = False) -> Preview:
    """What `intake.report` would make of a report by the same person; raise what it would raise."""
    intake.check(session, given, by)
    area = places.named(session, given.area)
    elements = places.elements_named(session, given.elements)
    services = intake.services_named(session, given.services)
    now = clock.now(session)
    incident = intake.drafted(given, area.id, PERSON, now)
    incident.scope_known = given.has_scope
    cut_off, rows = _measure(session, incident, area, elements, services, given.users or 0)
    for _ in range(PASSES):
        grades.settle(session, incident, now, rows)
    plan = plans.of(session, incident)
    picture = alike.reported(session, incident, text_of(given), [s.code for s in services], elements)
    return Preview(
        incident=incident,
        area=area,
        guessed_kind=guessed_kind,
        users=incident.users_now,
        subscribers=network.subscribers_total(session, area.id),
        cut_off=cut_off,
        services=_codes(session, rows),
        areas=len({row.area_id for row in rows}),
        plan=plan,
        commander=_commander(session, incident, plan),
        chains=_chains(session, incident, plan, now),
        known=facts.held(scope=given.has_scope, feedback=bool(given.feedback), measures=bool(given.measures)),
        facts_due_at=_due(session, incident),
        similar=alike.open_like(session, picture, by, exercise=given.exercise),
        spoken_of=[a for key, a in places.tree(session).items() if key in picture.areas and key != area.id],
    )


def _measure(
    session: Session,
    incident: Incident,
    area: Area,
    elements: Sequence[Element],
    services: Sequence[Service],
    users: int,
) -> tuple[int, list[Impact]]:
    """How many elements are cut off, and the rows of impact there would be; the draft's users follow."""
    lost = network.cut_off(session, [e.id for e in elements]) if elements else frozenset[int]()
    affected = network_impact.if_cut_off(session, lost)
    start = measuring.began(incident, incident.reported_at)
    rows = [impacts.row_of(incident, hit.service_id, hit.area_id, hit.users, hit.share, start) for hit in affected.rows]
    if users:
        share = impacts.share_of(session, area, users)
        rows += [
            impacts.row_of(incident, service.id, area.id, users, share, start, declared=True)
            for service in services or intake.usual_services(session)
        ]
    incident.users_now = incident.users_peak = measuring.users(affected.total, rows)
    incident.measured_at = start
    return len(lost), rows


def _codes(session: Session, rows: Sequence[Impact]) -> tuple[str, ...]:
    """The services hit, the one with most users first."""
    users: dict[int, int] = {}
    for row in rows:
        users[row.service_id] = users.get(row.service_id, 0) + row.users
    return tuple(session.get_one(Service, key).code for key in sorted(users, key=lambda key: (-users[key], key)))


def _commander(session: Session, incident: Incident, plan: Playbook | None) -> Person | None:
    if plan is None:
        return None
    return command_roles.foreseen(session, incident, plan.tier(incident.tier).echelon).get(command_roles.COMMANDER)


def _chains(
    session: Session, incident: Incident, plan: Playbook | None, now: datetime
) -> tuple[tuple[Paged, ...], ...]:
    if plan is None:
        return ()
    codes = places.codes_upward(session, incident.area_id)
    found = []
    for page in plan.tier(incident.tier).pages:
        steps = policies.foreseen(session, activation.chain(page), incident.tier, codes, now)
        found.append(tuple(Paged(minutes, target, tuple(people)) for minutes, target, people in steps))
    return tuple(found)


def _due(session: Session, incident: Incident) -> datetime | None:
    """By when the command centre must have the five facts (R5)."""
    table = house.clocks()
    mine = {definition.id for definition in table.clocks if definition.stops == Event.FIVE_FACTS_KNOWN}
    begun = {Event.FIRST_SIGN: incident.detected_at}
    profile = house.settings(session).profile
    due = clocks.due(table, Kind(incident.kind), cast(Tier, incident.tier), profile, begun)
    return next((each.due_at for each in due if each.id in mine), None)
