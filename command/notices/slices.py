"""Cutting an audience into chunks by key: (element, subscriber) for the affected, the addressee for those told.

Bounds are found in indexes alone, so that a chunk holds a lock for its own rows only, however large an element is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, func, literal, select, true
from sqlalchemy.orm import Session

from command.notices.audience import C, Condition, D, P, S

_MOST_ELEMENTS = 500
_FEW = 4
_INTEGER = BigInteger()

AFTER, UPTO = bindparam("after", type_=_INTEGER), bindparam("upto", type_=_INTEGER)
WHOLE = C.c.element_id.between(bindparam("first", type_=_INTEGER), bindparam("last", type_=_INTEGER))
"""The cut-offs of a slice's elements; its values are `Slice.given`."""
PART = and_(WHOLE, S.c.id > AFTER, S.c.id <= UPTO)
"""The same, of one element some subscribers only."""
_GREATEST = 2**62


@dataclass(frozen=True, slots=True)
class Slice:
    """Up to a chunk of subscribers: elements first–last whole, or of one element the subscribers after–upto (upto included)."""

    first: int
    last: int
    after: int = 0
    upto: int | None = None

    @property
    def cursor(self) -> tuple[int, int]:
        """Where the next slice begins: (element, subscriber), exclusive."""
        return (self.last, self.upto) if self.upto is not None else (self.last + 1, 0)

    @property
    def whole(self) -> bool:
        """Whether it takes all subscribers of its elements."""
        return not self.after and self.upto is None

    @property
    def given(self) -> dict[str, int]:
        """Values for the condition, WHOLE or PART."""
        elements = {"first": self.first, "last": self.last}
        return elements if self.whole else elements | {"after": self.after, "upto": self.upto or _GREATEST}


def condition(whole: bool) -> Condition:
    """The condition on cut-offs and subscribers of a slice."""
    return WHOLE if whole else PART


def next_slice(session: Session, incident: int, at: tuple[int, int], size: int, *, ended: bool = False) -> Slice | None:
    """The next up to `size` subscribers of the elements in an incident's open (or ended) cut-offs, from cursor `at`; None at the end."""
    elements = _elements(session, incident, ended, at[0], size)
    if not elements:
        return None
    first, count = elements[0]
    after = at[1] if first == at[0] else 0
    if after or count > size:
        return Slice(first, first, after, _bound(session, first, after, size))
    return Slice(first, _whole(elements, size))


def _whole(elements: Sequence[tuple[int, int]], size: int) -> int:
    """The last of the elements that together have no more than `size` subscribers (at least the first). Pure."""
    total, last = 0, elements[0][0]
    for element, count in elements:
        total += count
        if total > size:
            break
        last = element
    return last


def _elements(session: Session, incident: int, ended: bool, start: int, size: int) -> Sequence[tuple[int, int]]:
    """Elements from `start` with their subscribers counted up to size + 1: as many as should fill a slice, guessed from the first."""
    found: list[tuple[int, int]] = []
    total, want = 0, _FEW
    while total <= size and len(found) < _MOST_ELEMENTS:
        given = {"incident": incident, "start": start, "want": want, "enough": size + 1}
        some = session.execute(_counted(ended), given).tuples().all()
        found += some
        total += sum(count for _, count in some)
        if len(some) < want:
            break
        start, want = some[-1][0] + 1, _more(len(found), total, size)
    return found


def _more(elements: int, total: int, size: int) -> int:
    """How many more elements fill a slice of `size` if they are like the first ones; at most sixteen times as many. Pure."""
    return min(max((size - total) * elements // max(total, 1) + 1, _FEW), 16 * elements)


@cache
def _counted(ended: bool) -> Select[int, int]:
    state = C.c.until_at.is_not(None) if ended else C.c.until_at.is_(None)
    elements = (
        select(C.c.element_id)
        .where(
            C.c.incident_id == bindparam("incident", type_=_INTEGER),
            state,
            C.c.element_id >= bindparam("start", type_=_INTEGER),
        )
        .distinct()
        .order_by(C.c.element_id)
        .limit(bindparam("want", type_=_INTEGER))
        .subquery()
    )
    served = select(literal(1)).where(S.c.element_id == elements.c.element_id)
    first = served.limit(bindparam("enough", type_=_INTEGER)).correlate(elements).subquery()
    number = select(func.count()).select_from(first).correlate(elements).scalar_subquery()
    return select(elements.c.element_id, number).order_by(elements.c.element_id)


_BOUND = (
    select(S.c.id)
    .where(S.c.element_id == bindparam("element", type_=_INTEGER), S.c.id > AFTER)
    .order_by(S.c.id)
    .offset(bindparam("but_one", type_=_INTEGER))
    .limit(1)
)


def _bound(session: Session, element: int, after: int, size: int) -> int | None:
    """The id of the `size`-th subscriber of the element after one; None when there are fewer."""
    return session.scalar(_BOUND, {"element": element, "after": after, "but_one": size - 1})


def told_bound(session: Session, notice_id: int, after: int, size: int) -> int | None:
    """The `size`-th addressee of a notice after one; the last when there are fewer; None at the end."""
    mine = D.c.notice_id == notice_id
    return _key_bound(session, D.c.addressee, mine, after, size)


def passed_bound(session: Session, whose: Condition, after: int, size: int) -> int | None:
    """The same among those passed from one incident to another."""
    return _key_bound(session, P.c.addressee, whose, after, size)


def _key_bound(session: Session, key: ColumnElement[int], whose: Condition, after: int, size: int) -> int | None:
    rest = select(key).where(whose, key > after).order_by(key)
    found = session.scalar(rest.offset(size - 1).limit(1))
    return found if found is not None else session.scalar(select(func.max(key)).where(whose, key > after, true()))
