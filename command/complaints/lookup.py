"""Is this caller affected? By which incidents, in which services, since when; what they were told; what else is open near them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import places
from command.incidents.guards import BEFORE_RESTORATION, State
from command.incidents.models import Impact, Incident
from command.incidents.visibility import only_visible
from command.messages.models import Body, Delivery
from command.network import masks
from command.network.models import Area, Concerned, CutOff, Element, Service, Subscriber
from command.notices.models import Notice
from command.people.access import Principal

RECENT = timedelta(hours=24)
"""How long after its restoration an incident still explains a call."""
NEAR = 5
LATEST_NOTICES = 300
"""Notices searched for messages to the caller, the newest first: some days of them."""
_AFTER = (State.RESTORED, State.REVIEWING, State.CLOSED)


@dataclass(frozen=True, slots=True)
class Hit:
    """An incident that affects (or, with `until`, affected) the caller. `sure`: their own element is cut off, or (without services) it
    concerns them otherwise; else users of their area were declared affected and nobody knows whether they are among them."""

    incident: Incident
    services: tuple[Service, ...]
    since: datetime
    until: datetime | None
    sure: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One notice to this subscriber: what it said, how far it came, when."""

    kind: str
    state: str
    reason: str | None
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a caller. `subscriber` None: the number is not ours."""

    subscriber: Subscriber | None = None
    area: Area | None = None
    hits: Sequence[Hit] = ()
    told: Sequence[Told] = ()
    near: Sequence[Incident] = field(default=())

    @property
    def out(self) -> Sequence[Hit]:
        """What affects the caller now."""
        return [hit for hit in self.hits if hit.until is None]


def find(session: Session, number_index: bytes, who: Principal) -> Found:
    """What `who` may know of the owner of a number (by blind index). Exercises never count."""
    live = list(session.scalars(_live(session, who)))
    subscriber = session.scalar(select(Subscriber).where(Subscriber.number_index == number_index))
    if subscriber is None:
        return Found(near=_newest(live)[:NEAR])
    tree = places.tree(session)
    area_id = session.scalar(select(Element.area_id).where(Element.id == subscriber.element_id))
    above = list(places.upward(tree, area_id))
    hits = _hits(session, subscriber, above, {incident.id: incident for incident in live})
    hit = {each.incident.id for each in hits}
    near = [each for each in live if each.id not in hit and _is_near(tree, each, above)]
    return Found(
        subscriber=subscriber,
        area=above[0] if above else None,
        hits=hits,
        told=told(session, subscriber, who),
        near=_newest(near)[:NEAR],
    )


def _live(session: Session, who: Principal) -> Select[Incident]:
    recently = clock.now(session) - RECENT
    ended = and_(Incident.state.in_(_AFTER), Incident.restored_at > recently)
    going = Incident.state.in_(BEFORE_RESTORATION)
    return only_visible(session, select(Incident).where(Incident.exercise.is_(False), or_(going, ended)), who)


def _newest(incidents: Collection[Incident]) -> list[Incident]:
    going = [each for each in incidents if each.state in BEFORE_RESTORATION]
    return sorted(going, key=lambda each: (each.tier, -each.id))


def _hits(
    session: Session, subscriber: Subscriber, above: Sequence[Area], incidents: dict[int, Incident]
) -> Sequence[Hit]:
    services = session.scalars(select(Service).order_by(Service.bit)).all()
    mine = {service.bit: service for service in services if subscriber.services >> service.bit & 1}
    found = _cut_off(session, subscriber, mine, incidents)
    sure = {hit.incident.id for hit in found}
    found += [hit for hit in _concerned(session, subscriber, incidents) if hit.incident.id not in sure]
    sure |= {hit.incident.id for hit in found}
    found += [hit for hit in _declared(session, above, mine, incidents) if hit.incident.id not in sure]
    return sorted(found, key=lambda hit: (hit.until is not None, not hit.sure, hit.incident.tier, -hit.incident.id))


def _cut_off(
    session: Session, subscriber: Subscriber, mine: dict[int, Service], incidents: dict[int, Incident]
) -> list[Hit]:
    query = select(CutOff).where(CutOff.incident_id.in_(incidents), CutOff.element_id == subscriber.element_id)
    latest: dict[int, CutOff] = {}
    for row in session.scalars(query.order_by(CutOff.id)):
        latest[row.incident_id] = row
    recently = clock.now(session) - RECENT
    made = []
    for row in latest.values():
        lost = tuple(mine[bit] for bit in masks.bits(row.services & subscriber.services) if bit in mine)
        if lost and (row.until_at is None or row.until_at > recently):
            made.append(Hit(incidents[row.incident_id], lost, row.from_at, row.until_at, True))
    return made


def _concerned(session: Session, subscriber: Subscriber, incidents: dict[int, Incident]) -> list[Hit]:
    """Incidents that concern the subscriber though nothing of theirs is cut off: without services."""
    query = select(Concerned).where(Concerned.subscriber_id == subscriber.id, Concerned.incident_id.in_(incidents))
    recently = clock.now(session) - RECENT
    return [
        Hit(incidents[row.incident_id], (), row.from_at, row.until_at, True)
        for row in session.scalars(query.order_by(Concerned.incident_id))
        if row.until_at is None or row.until_at > recently
    ]


def _declared(
    session: Session, above: Sequence[Area], mine: dict[int, Service], incidents: dict[int, Incident]
) -> list[Hit]:
    query = select(Impact).where(
        Impact.incident_id.in_(incidents), Impact.declared, Impact.area_id.in_([area.id for area in above])
    )
    mine_by_id = {service.id: service for service in mine.values()}
    rows: dict[int, list[Impact]] = {}
    for row in session.scalars(query.order_by(Impact.id)):
        if row.service_id in mine_by_id:
            rows.setdefault(row.incident_id, []).append(row)
    return [_of_rows(incidents[each], rows[each], mine_by_id) for each in rows]


def _of_rows(incident: Incident, rows: Sequence[Impact], mine: dict[int, Service]) -> Hit:
    going = [row for row in rows if row.until_at is None]
    shown = going or rows
    services = tuple(mine[each] for each in dict.fromkeys(row.service_id for row in shown))
    ended = None if going else max(row.until_at for row in rows if row.until_at is not None)
    return Hit(incident, services, min(row.from_at for row in shown), ended, False)


def _is_near(tree: places.Tree, incident: Incident, above: Sequence[Area]) -> bool:
    """Whether an incident is in the caller's prefecture, or around it."""
    mine = {area.id for area in above}
    if incident.area_id in mine:
        return True
    prefecture = {area.id for area in above if area.level in ("county", "prefecture")}
    return any(area.id in prefecture for area in places.upward(tree, incident.area_id))


def told(session: Session, subscriber: Subscriber, who: Principal) -> Sequence[Told]:
    """The notices of late to a subscriber, the newest first; none of an incident that `who` may not know of. Advisories of warnings (of no
    incident, 0) everybody may know of."""
    latest = select(Notice.id).where(Notice.exercise.is_(False)).order_by(Notice.id.desc()).limit(LATEST_NOTICES)
    ids = list(session.scalars(latest))
    rows = session.execute(
        select(Notice.kind, Notice.incident_id, Delivery, Body.text)
        .join(Delivery, Delivery.notice_id == Notice.id)
        .join(Body, Body.id == Delivery.body_id)
        .where(Delivery.notice_id.in_(ids), Delivery.addressee == subscriber.id)
        .order_by(Notice.id.desc())
        .limit(20)
    ).all()
    wanted = select(Incident).where(Incident.id.in_({row.incident_id for row in rows}))
    seen = {incident.id for incident in session.scalars(only_visible(session, wanted, who))}
    return [_told(kind, row, text) for kind, incident_id, row, text in rows if incident_id in {0, *seen}]


def _told(kind: str, row: Delivery, text: str) -> Told:
    return Told(kind, row.state, row.reason, row.settled_at or row.submitted_at or row.created_at, text)
