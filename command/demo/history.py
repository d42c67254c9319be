"""Writing the demo's past down: rows and journal of incidents that were handled long ago, at the times they would have had.

Each incident is one unit of work. The clock is moved to each of its moments and back again before the unit ends, so that nobody else
ever sees it moved. Nothing is sent, and no board shows them as going on; their source is `demo`, and their summaries say that they are
made up."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.archive import index
from command.boards import cards
from command.core import clock
from command.core.database import Database
from command.demo import life
from command.demo.life import LARGE, RECENT, SOURCE, Cast
from command.demo.shift import Shift
from command.demo.tales import Origin, Past, Place, Tale, tales
from command.incidents import entries, house
from command.incidents.models import Incident
from command.network.models import Area, Element, Service, Subscriber
from command.people.models import PersonPost

Bar = Callable[[int, int], None]
"""Called with how many are written and how many there will be."""


def load_past(database: Database, past: Past, done: Bar) -> int:
    """Write the past down; return how many incidents it has. Where it was loaded before nothing happens."""
    with database.read() as session:
        if session.scalar(select(Incident.id).where(Incident.source == SOURCE).limit(1)) is not None:
            return 0
        served = _served(session)
        players, places = _cast(session, served), _places(session, served)
        now = house.local(session, clock.now(session))
    told = list(tales(past, places, datetime.combine(now.date(), time(), now.tzinfo))) if places else []
    for count, tale in enumerate(told, 1):
        database.write(partial(_write, tale=tale, origin=past.causes[tale.cause], players=players), actor="system:demo")
        done(count, len(told))
    return len(told)


Served = Mapping[int, Counter[int]]
"""By element and mask of services: how many subscribers."""


def _served(session: Session) -> Served:
    found: dict[int, Counter[int]] = {}
    masks = select(Subscriber.element_id, Subscriber.services, func.count())
    for element, mask, count in session.execute(masks.group_by(Subscriber.element_id, Subscriber.services)).tuples():
        if element is not None:
            found.setdefault(element, Counter())[mask] = count
    return found


def _cast(session: Session, served: Served) -> Cast:
    rows = session.execute(select(PersonPost.post, PersonPost.person_id).order_by(PersonPost.person_id)).tuples().all()
    holders = {post: [person for its, person in rows if its == post] for post, _ in rows}
    services = session.scalars(select(Service).where(Service.critical.is_(False))).all()
    located = dict(session.execute(select(Element.id, Element.area_id)).tuples().all())
    subscribers: Counter[tuple[int, int]] = Counter()
    for element, masks in served.items():
        for service in services:
            users = sum(count for mask, count in masks.items() if mask >> service.bit & 1)
            subscribers[located[element], service.id] += users
    return Cast(
        commander=holders["commander"][-1],
        duty_officer=holders["duty_officer"][0],
        engineers=holders["engineer"],
        services={service.id: service for service in services},
        areas={area.id: area for area in session.scalars(select(Area))},
        subscribers=subscribers,
        signers=_signers(holders),
        signed_until=clock.now(session) - RECENT,
    )


def _signers(holders: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """Who signs as each post: nobody as two."""
    found: dict[str, int] = {}
    for post, people in sorted(holders.items(), key=lambda each: len(each[1])):
        free = [person for person in people if person not in found.values()]
        if free:
            found[post] = free[-1]
    return found


def _places(session: Session, served: Served) -> list[Place]:
    """Elements that serve subscribers themselves, large ones with a part of them (a card fails, not all of it), and aggregation sites
    with a third of those of their area."""
    services = session.scalars(select(Service).where(Service.critical.is_(False))).all()
    rows = session.execute(select(Element.id, Element.kind, Element.area_id).order_by(Element.id)).tuples().all()
    of_area: dict[int, Counter[int]] = {}
    parents = select(Area.id, func.coalesce(Area.parent_id, Area.id))
    above = dict(session.execute(parents).tuples().all())
    for element, _, area in rows:
        of_area.setdefault(area, Counter()).update(served.get(element, Counter()))
    found = []
    for element, kind, area in rows:
        wide = kind == "aggregation"
        masks = of_area[area] if wide else served.get(element, Counter())
        part = 3 if wide else 1 + sum(masks.values()) // LARGE
        masks = Counter({mask: count // part for mask, count in masks.items()})
        hit = {each.id: sum(n for mask, n in masks.items() if mask >> each.bit & 1) for each in services}
        if users := sum(count for mask, count in masks.items() if any(mask >> each.bit & 1 for each in services)):
            lost = {one: count for one, count in hit.items() if count}
            found.append(Place(element, area, above[area], users, lost, wide))
    return found


def _write(session: Session, tale: Tale, origin: Origin, players: Cast) -> None:
    """One incident, from its report to its end."""
    shift = Shift(session)
    incident = life.reported(session, shift, tale, players)
    if tale.ends == "cancelled":
        life.cancelled(session, shift, tale, incident, players)
    else:
        life.handled(session, shift, tale, incident, players)
        life.restored(session, shift, tale, origin, incident, players)
        life.closed(session, shift, tale, origin, incident, players)
    index.rebuild(session, incident.number)
    cards.record_changes(session, frozenset({entries.stream(incident)}))
    shift.back()
