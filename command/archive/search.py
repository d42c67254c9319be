"""Finding cases: the filter as SQL over the tables, in pages that go on where the last one ended. Restricted cases are found by those
who may know of them, and counted for nobody else."""

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, asc, desc, func, or_, select, tuple_
from sqlalchemy.orm import Session

from command.archive import grams
from command.archive.filters import Wanted
from command.archive.models import ArchiveGram, ArchiveNote
from command.core import finding
from command.core.problems import N_, Invalid
from command.incidents import places, visibility
from command.incidents.models import Impact, Incident, Role, Task
from command.network.models import Area, Service
from command.network.service import ids
from command.oncall.models import Page
from command.people.access import Principal
from command.people.models import Person

COMMON = 2000
"""A gram in so many notes narrows down too little: reading all texts in a row is faster than looking up so many of them."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of cases; `next` is the cursor to go on with, None at the end."""

    cases: Sequence[Incident]
    next: str | None


@dataclass(frozen=True, slots=True)
class _Order:
    """How a result is sorted: a column that is never null, and which way; equal ones by id, the same way."""

    column: Any
    down: bool
    value: Callable[[Incident], Any]
    read: Callable[[str], Any]


_ORDERS = {
    "newest": _Order(Incident.detected_at, True, lambda case: case.detected_at.isoformat(), datetime.fromisoformat),
    "oldest": _Order(Incident.detected_at, False, lambda case: case.detected_at.isoformat(), datetime.fromisoformat),
    "tier": _Order(Incident.tier, False, lambda case: case.tier, int),
    "users": _Order(Incident.users_peak, True, lambda case: case.users_peak, int),
    "user_minutes": _Order(Incident.user_minutes, True, lambda case: repr(case.user_minutes), float),
}


def looked_up(session: Session, wanted: Wanted) -> Wanted:
    """The same search with the words of its text looked up, so that counting and paging do not look again."""
    words = finding.words(wanted.filter.text or "")
    if not words or wanted.cases is not None:
        return wanted
    found = [frozenset(session.scalars(_with_word(session, word))) for word in words]
    return replace(wanted, cases=frozenset.intersection(*found))


def _with_word(session: Session, word: str) -> Select[int]:
    """The cases in one of whose notes a word stands. The rarest of its grams narrows down where to look, if it is rare enough to be
    worth it; the comparison decides."""
    query = select(ArchiveNote.incident_id).where(ArchiveNote.body.contains(word, autoescape=True)).distinct()
    counts = {gram: _up_to(session, gram) for gram in grams.asked(word)}
    rarest = min(counts, key=lambda gram: counts[gram], default=None)
    if rarest is None or counts[rarest] >= COMMON:
        return query
    return query.where(ArchiveNote.note_id.in_(select(ArchiveGram.note_id).where(ArchiveGram.gram == rarest)))


def _up_to(session: Session, gram: str) -> int:
    """In how many notes a gram stands, counted up to COMMON."""
    some = select(ArchiveGram.note_id).where(ArchiveGram.gram == gram).limit(COMMON).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def count(session: Session, wanted: Wanted, who: Principal) -> int:
    """How many cases match."""
    query = _matching(session, wanted, who).with_only_columns(func.count(Incident.id))
    return session.scalar(query) or 0


def page(session: Session, wanted: Wanted, who: Principal, *, after: str | None = None, limit: int = 25) -> Found:
    """The cases that match, in the order asked for, at most `limit` of them from the cursor `after` on."""
    order = _ORDERS[wanted.filter.sort]
    query = _matching(session, wanted, who)
    if after:
        place = tuple_(order.column, Incident.id)
        at = tuple_(*_cursor(after, order))
        query = query.where(place < at if order.down else place > at)
    direction = desc if order.down else asc
    query = query.order_by(direction(order.column), direction(Incident.id)).limit(limit + 1)
    found = list(session.scalars(query))
    cases = found[:limit]
    return Found(cases, _mark(cases[-1], order) if len(found) > limit else None)


def _mark(case: Incident, order: _Order) -> str:
    return base64.urlsafe_b64encode(f"{order.value(case)}~{case.id}".encode()).decode().rstrip("=")


def _cursor(after: str, order: _Order) -> tuple[Any, int]:
    try:
        value, _, case = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode().rpartition("~")
        found, last = order.read(value), int(case)
        if not 0 < last < 2**62 or (isinstance(found, datetime) and found.tzinfo is None):
            raise ValueError(after)
        return found, last
    except (ValueError, OverflowError) as error:
        raise Invalid(
            N_("This is no place in the list."), field="after", remedy=N_("Start again from the first page.")
        ) from error


def _matching(session: Session, wanted: Wanted, who: Principal) -> Select[Any]:
    wanted = looked_up(session, wanted)
    query = visibility.only_visible(session, select(Incident), who)
    if wanted.cases is not None:
        query = query.where(Incident.id.in_(ids(session, wanted.cases)))
    return query.where(*_plain(wanted), *_places(session, wanted), *_people(session, wanted))


def _plain(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    asked = wanted.filter
    if asked.number:
        yield Incident.number.contains(asked.number.upper(), autoescape=True)
    if asked.tier is not None:
        yield Incident.tier == asked.tier
    if asked.kind is not None:
        yield Incident.kind == asked.kind.value
    if asked.state is not None:
        yield Incident.state == asked.state.value
    if asked.exercise is not None:
        yield Incident.exercise.is_(asked.exercise == "yes")
    if wanted.since is not None:
        yield Incident.detected_at >= wanted.since
    if wanted.until is not None:
        yield Incident.detected_at < wanted.until


def _places(session: Session, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.filter.area:
        within = ids(session, below(places.tree(session), places.named(session, wanted.filter.area).id))
        hit = select(Impact.incident_id).where(Impact.area_id.in_(within))
        yield or_(Incident.area_id.in_(within), Incident.id.in_(hit))
    if wanted.filter.service:
        service = session.scalar(select(Service.id).where(Service.code == wanted.filter.service))
        if service is None:
            raise Invalid(
                N_("There is no service %(name)s."),
                field="service",
                remedy=N_("Choose one of the list."),
                name=wanted.filter.service,
            )
        yield Incident.id.in_(select(Impact.incident_id).where(Impact.service_id == service))


def below(areas: places.Tree, area_id: int) -> set[int]:
    """An area and all areas within it."""
    children: dict[int | None, list[int]] = {}
    for area in areas.values():
        children.setdefault(area.parent_id, []).append(area.id)
    found, left = set[int](), [area_id]
    while left:
        at = left.pop()
        if at not in found:
            found.add(at)
            left += children.get(at, [])
    return found


def _people(session: Session, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """Whoever held a role, commanded, owned it, was paged, or finished a task."""
    if not wanted.filter.person:
        return
    person = session.scalar(select(Person.id).where(Person.username == wanted.filter.person))
    if person is None:
        raise Invalid(
            N_("There is nobody with the name %(name)s."),
            field="person",
            remedy=N_("Choose a username of the list of people."),
            name=wanted.filter.person,
        )
    yield or_(
        Incident.commander_id == person,
        Incident.owner_id == person,
        Incident.id.in_(select(Role.incident_id).where(Role.person_id == person)),
        Incident.id.in_(select(Page.incident_id).where(Page.person_id == person)),
        Incident.id.in_(select(Task.incident_id).where(Task.done_by == f"person:{person}")),
    )


def choices(session: Session) -> tuple[Sequence[Area], Sequence[Service], Sequence[Person]]:
    """What a search may choose from: areas, services, people."""
    areas = session.scalars(select(Area).order_by(Area.code)).all()
    services = session.scalars(select(Service).order_by(Service.bit)).all()
    return areas, services, session.scalars(select(Person).order_by(Person.username)).all()
