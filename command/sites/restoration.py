"""The order in which the sites of an incident are restored: by priority, and as a commander changed it, with who sees to each."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid
from command.incidents import entries as incident_entries
from command.incidents import standing, visibility
from command.incidents.guards import LIVE
from command.incidents.models import Incident
from command.network import service
from command.network.models import Subscriber
from command.people.access import Principal
from command.people.models import Person
from command.resources import finding
from command.sites import falling, outages, priorities, register, reports, rules, scope
from command.sites.entries import OrderChanged, OwnerNamed
from command.sites.models import Generator, Mains, RestorationLine, Site, SiteClass, SiteElement, SiteStatus
from command.sites.priorities import Weight

MOST = 200
"""Lines of the list; the others have less priority."""
ACT = "assess"
"""Who judges an incident says in which order it is mended."""
Standing = Literal["out", "on_battery", "on_generator", "back"]
ORDER: tuple[Standing, ...] = ("out", "on_battery", "on_generator", "back")


@dataclass(frozen=True, slots=True)
class Line:
    """A site in the order. `placed`: the place a commander gave it; null: it stands where the rule puts it."""

    site: Site
    state: Standing
    weight: Weight
    placed: int | None
    owner_id: int | None
    since: datetime | None


def lines(session: Session, incident: Incident) -> list[Line]:
    """Sites of an incident that are out, without mains, or were out: in the order in which they are restored, those that are back last."""
    out = outages.of_incident(session, incident.id)
    concerned = scope.sites_of(session, incident)
    status = reports.statuses(session, concerned, exercise=incident.exercise)
    wanted = {*out, *(site for site, row in status.items() if row.mains == Mains.OFF)}
    sites = {site.id: site for site in session.scalars(select(Site).where(Site.id.in_(service.ids(session, wanted))))}
    weights = weigh(session, list(sites.values()))
    held = _held(session, incident.id)
    state = {site: _state(out.get(site, []), status.get(site)) for site in sites}
    by_rule = sorted(sites, key=lambda each: (priorities.rank(weights[each]), sites[each].code))
    live = [each for each in by_rule if state[each] != "back"]
    placed = {row.site_id: row.place for row in held.values() if row.place is not None}
    order = [*priorities.ordered(live, placed), *(each for each in by_rule if state[each] == "back")]
    found = []
    for site in order[:MOST]:
        row, spans = held.get(site), out.get(site, [])
        since = spans[-1][0] if state[site] == "out" else status[site].mains_since if site in status else None
        placing = row.place if row else None
        line = Line(sites[site], state[site], weights[site], placing, row.owner_id if row else None, since)
        found.append(line)
    return found


def _state(spans: list[outages.Span], row: SiteStatus | None) -> Standing:
    if spans and spans[-1][1] is None:
        return "out"
    if row is not None and row.mains == Mains.OFF:
        return "on_generator" if row.generator == Generator.RUNNING else "on_battery"
    return "back"


def weigh(session: Session, sites: Collection[Site]) -> dict[int, Weight]:
    """What sites weigh. Users are those that would be cut off if the site alone failed; beyond the COUNTED heaviest, those it serves
    itself."""
    ids = [site.id for site in sites]
    elements = falling.elements_of(session, ids)
    customers, served = _customers(session, ids), _served(session, ids)
    found = {}
    for site in sites:
        kinds = customers.get(site.id, {})
        marks = priorities.marked(site.serves, kinds, rules.sites().customers)
        given = bool(marks) and marks[0] in site.serves
        found[site.id] = Weight(marks, served.get(site.id, 0), sum(kinds.values()), given)
    classes = {site.id: list(SiteClass).index(SiteClass(site.site_class)) for site in sites}
    heaviest = sorted(found, key=lambda each: (classes[each], priorities.rank(found[each]), each))
    for each in heaviest[: falling.COUNTED]:
        lost = falling.loss(session, elements.get(each, ()))
        found[each] = replace(found[each], users=lost.users, critical=lost.critical)
    return found


def _served(session: Session, site_ids: Collection[int]) -> dict[int, int]:
    """Users that sites serve themselves."""
    query = (
        select(SiteElement.site_id, func.count())
        .join(Subscriber, Subscriber.element_id == SiteElement.element_id)
        .where(SiteElement.site_id.in_(service.ids(session, site_ids)))
        .group_by(SiteElement.site_id)
    )
    return dict(session.execute(query).tuples().all())


def _customers(session: Session, site_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Critical customers by kind that sites serve themselves."""
    query = (
        select(SiteElement.site_id, Subscriber.critical, func.count())
        .join(Subscriber, Subscriber.element_id == SiteElement.element_id)
        .where(SiteElement.site_id.in_(service.ids(session, site_ids)), Subscriber.critical != "")
        .group_by(SiteElement.site_id, Subscriber.critical)
    )
    found: dict[int, dict[str, int]] = {}
    for site, kind, count in session.execute(query).tuples():
        found.setdefault(site, {})[kind] = count
    return found


def _held(session: Session, incident_id: int) -> dict[int, RestorationLine]:
    rows = session.scalars(select(RestorationLine).where(RestorationLine.incident_id == incident_id))
    return {row.site_id: row for row in rows}


def place(session: Session, number: str, code: str, where: int | None, reason: str, by: Principal) -> None:
    """Give a site another place in the order (from 1; None: where the rule puts it), with a reason on record. Raise NotFound, Denied,
    Invalid, or Conflict for an incident that is over."""
    incident = _changeable(session, number, by)
    standing.authorise(session, incident, by, ACT)
    site = _listed(session, incident, code)
    finding.reason(reason)
    row = _row(session, incident, site)
    if where is not None and not 1 <= where <= MOST:
        raise Invalid(
            N_("A place is a whole number from 1 to %(most)d."),
            field="place",
            remedy=N_("Write 1 for the site that comes first."),
            most=MOST,
        )
    before, row.place, row.changed_at = row.place, where, clock.now(session)
    cited = incident_entries.note(session, masked_words(reason))
    assert cited is not None  # a reason was given
    said = OrderChanged(site=site.code, place=where, place_before=before, reason=cited)
    incident_entries.record(session, incident, said)


def own(session: Session, number: str, code: str, username: str, by: Principal) -> None:
    """Name who sees to a site's restoration (empty: nobody). Raise NotFound, Invalid or Conflict."""
    incident = _changeable(session, number, by)
    site = _listed(session, incident, code)
    person = None
    if username.strip():
        person = session.scalar(select(Person).where(Person.username == username.strip(), Person.active))
        if person is None:
            raise Invalid(
                N_("There is nobody of the username %(username)s."),
                field="owner",
                remedy=N_("Look at the list of people."),
                username=username.strip()[:64],
            )
    row = _row(session, incident, site)
    owner = person.id if person else None
    if row.owner_id != owner:
        row.owner_id, row.changed_at = owner, clock.now(session)
        incident_entries.record(session, incident, OwnerNamed(site=site.code, owner_id=owner))


def _changeable(session: Session, number: str, by: Principal) -> Incident:
    incident = visibility.seen_by(session, standing.lock(session, number), by)
    if incident.state not in LIVE:
        raise Conflict(
            N_("This incident is over; its record stands."),
            field="incident",
            remedy=N_("Reopen the incident where the emergency goes on."),
        )
    return incident


def _listed(session: Session, incident: Incident, code: str) -> Site:
    site = register.find(session, code)
    if site.id not in scope.sites_of(session, incident):
        raise Invalid(
            N_("Site %(site)s is no concern of this incident."),
            field="site",
            remedy=N_("Take a site of its area, or one that it has put out."),
            site=site.code,
        )
    return site


def _row(session: Session, incident: Incident, site: Site) -> RestorationLine:
    """The line of a site; the incident is locked, so nobody else makes the same."""
    row = _held(session, incident.id).get(site.id)
    if row is None:
        row = RestorationLine(incident_id=incident.id, site_id=site.id, exercise=incident.exercise)
        row.changed_at = clock.now(session)
        session.add(row)
        session.flush()
    return row
