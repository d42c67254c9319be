"""Cutting an audience into chunks by key: bands of elements and ranges of subscribers for the affected, the addressee for those told.

Bounds are found in indexes alone, so that a chunk holds a lock for its own rows only, however large an element is. A chunk takes a
range of subscribers' ids across many elements, rather than all of a few: rows that are neighbours then stay neighbours, so that a
chunk touches few pages of its indexes. That halves what a commit has to write where subscribers lie scattered over elements."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, func, literal, select, true
from sqlalchemy.orm import Session

from command.notices.story import A, C, Condition, D, E, N, P, S

_NARROWEST, _WIDEST = 128, 2048
"""Elements of a band: each costs every chunk a look into the index."""
_FILL = 0.9
"""How full of what is allowed the next range is meant to be."""


def _bind(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigInteger())


def bounds(column: ColumnElement[int]) -> Condition:
    """The condition on ids of subscribers, in whichever column, of a slice or a range."""
    return and_(column > _bind("after"), column <= _bind("upto"))


def between(after: int, last: int) -> Callable[[ColumnElement[int]], Condition]:
    """The same with the bounds in it."""
    return lambda column: and_(column > after, column <= last)


WITHIN = and_(C.c.element_id.between(_bind("first"), _bind("last")), bounds(S.c.id))
"""The condition on cut-offs and subscribers of a slice; its values are `Slice.given`."""

WITHIN_IDS = bounds(S.c.id)
"""The condition on subscribers of a range of ids; its values are `Range.given`."""


@dataclass(frozen=True, slots=True)
class Range:
    """Subscribers of some areas by id: those in after–upto (upto included), and how many ids the next range takes."""

    after: int
    upto: int
    next_span: int

    @property
    def given(self) -> dict[str, int]:
        """Values for WITHIN_IDS."""
        return {"after": self.after, "upto": self.upto}

    @property
    def cursor(self) -> tuple[int, ...]:
        """Where the next range begins."""
        return self.upto, self.next_span


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pass stands: in the band of elements first–last, whose subscribers have ids up to `top`, those up to `after` are done.

    `span` is how many ids the next slice should take, by what the last one held. A band that is done has `after` = `top`."""

    first: int = 0
    last: int = -1
    top: int = 0
    after: int = 0
    span: int = 1024

    @property
    def cursor(self) -> tuple[int, ...]:
        return self.first, self.last, self.top, self.after, self.span


@dataclass(frozen=True, slots=True)
class Slice:
    """Up to a chunk of subscribers: of the elements of a band, those with ids after–upto (upto included)."""

    place: Place
    upto: int
    next_span: int

    @property
    def given(self) -> dict[str, int]:
        """Values for WITHIN."""
        return {"first": self.place.first, "last": self.place.last, "after": self.place.after, "upto": self.upto}

    @property
    def cursor(self) -> tuple[int, ...]:
        """Where the next slice begins."""
        return replace(self.place, after=self.upto, span=self.next_span).cursor


def next_slice(session: Session, incident: int, place: Place, size: int, *, ended: bool = False) -> Slice | None:
    """The next up to `size` subscribers of the elements in an incident's open (or ended) cut-offs; None at the end."""
    while place.after >= place.top:
        following = _band(session, incident, place, size, ended)
        if following is None:
            return None
        place = following
    span, fits = place.span, False
    while True:
        upto = min(place.after + span, place.top)
        given = {"incident": incident, "enough": size + 1, **Slice(place, upto, 0).given}
        found = session.execute(_count(ended), given).scalar_one()
        wanted = fitting(upto - place.after, found, size)
        # Once a range was too long, any shorter one that fits is taken: where ids lie in clumps there may be none half full.
        fits = fits or upto == place.top or 2 * found >= size
        if upto - place.after == 1 or (found <= size and fits):
            return Slice(place, upto, wanted)
        span = wanted


def fitting(span: int, found: int, size: int) -> int:
    """How many ids should hold a little under `size` subscribers, when `span` held `found` (or more, if that is over `size`). Pure."""
    if found > size:
        return max(1, span // 2)
    return max(1, int(span * min(16.0, _FILL * size / max(found, 1))))


def next_range(session: Session, notice_id: int, after: int, span: int, size: int) -> Range | None:
    """The next range of ids with up to `size` subscribers of the notice's areas; None at the end."""
    return _next_range(session, _count_of_areas(), {"notice": notice_id}, after, span, size)


def next_selected(session: Session, chosen: Condition, after: int, span: int, size: int) -> Range | None:
    """The next range of ids with up to `size` subscribers of a selection; None at the end."""
    some = select(literal(1)).select_from(S).where(chosen, WITHIN_IDS).limit(_bind("enough"))
    return _next_range(session, select(func.count()).select_from(some.subquery()), {}, after, span, size)


def _next_range(
    session: Session, count: Select[int], given: dict[str, int], after: int, span: int, size: int
) -> Range | None:
    """A range of ids that `count` finds small enough. Ranges follow the primary key, so that
    the whole register is read once, however few live in the areas."""
    top = session.scalar(select(func.max(S.c.id))) or 0
    if after >= top:
        return None
    while True:
        upto = min(after + span, top)
        found = session.execute(count, {**given, "after": after, "upto": upto, "enough": size + 1}).scalar_one()
        wanted = fitting(upto - after, found, size)
        if upto - after == 1 or found <= size:
            return Range(after, upto, wanted)
        span = wanted


@cache
def _count_of_areas() -> Select[int]:
    joined = S.join(E, E.c.id == S.c.element_id).join(A, A.c.area_id == E.c.area_id)
    some = select(literal(1)).select_from(joined).where(A.c.notice_id == _bind("notice"), WITHIN_IDS)
    return select(func.count()).select_from(some.limit(_bind("enough")).subquery())


def _band(session: Session, incident: int, place: Place, size: int, ended: bool) -> Place | None:
    """The next elements that are cut off, as many as there may be with few subscribers each."""
    width = min(max(_NARROWEST, size // 16), _WIDEST)
    given: dict[str, Any] = {"incident": incident, "start": place.last + 1, "want": width}
    first, last, top = session.execute(_elements(ended), given).one()
    return None if first is None else replace(place, first=first, last=last, top=top or 0, after=0)


def _mine(ended: bool) -> Condition:
    state = C.c.until_at.is_not(None) if ended else C.c.until_at.is_(None)
    return and_(C.c.incident_id == _bind("incident"), state)


@cache
def _count(ended: bool) -> Select[int]:
    joined = C.join(S, S.c.element_id == C.c.element_id)
    some = select(literal(1)).select_from(joined).where(_mine(ended), WITHIN).limit(_bind("enough"))
    return select(func.count()).select_from(some.subquery())


@cache
def _elements(ended: bool) -> Select[int, int, int]:
    mine = select(C.c.element_id).where(_mine(ended), C.c.element_id >= _bind("start"))
    some = mine.distinct().order_by(C.c.element_id).limit(_bind("want")).subquery()
    last = select(func.max(S.c.id)).where(S.c.element_id == some.c.element_id).correlate(some).scalar_subquery()
    each = select(some.c.element_id, last.label("top")).subquery()
    return select(func.min(each.c.element_id), func.max(each.c.element_id), func.max(each.c.top))


def told_bound(session: Session, notice_id: int, after: int, size: int) -> int | None:
    """The `size`-th addressee of a notice after one; the last when there are fewer; None at the end."""
    mine = D.c.notice_id == notice_id
    return _key_bound(session, D.c.addressee, mine, after, size)


def passed_bound(session: Session, whose: Condition, after: int, size: int) -> int | None:
    """The same among those passed from one incident to another."""
    return _key_bound(session, P.c.addressee, whose, after, size)


def concerned_bound(session: Session, incident: int, after: int, size: int, *, ended: bool = False) -> int | None:
    """The same among those whom an incident concerns (or concerned, `ended`)."""
    whose = and_(N.c.incident_id == incident, N.c.until_at.is_not(None) if ended else N.c.until_at.is_(None))
    return _key_bound(session, N.c.subscriber_id, whose, after, size)


def _key_bound(session: Session, key: ColumnElement[int], whose: Condition, after: int, size: int) -> int | None:
    rest = select(key).where(whose, key > after).order_by(key)
    found = session.scalar(rest.offset(size - 1).limit(1))
    return found if found is not None else session.scalar(select(func.max(key)).where(whose, key > after, true()))
