"""Cutting an audience into chunks by key: (element, subscriber) for the affected, the addressee for those told.

Bounds are found in indexes alone, so that a chunk holds a lock for its own rows only, however large an element is."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, literal, select, true
from sqlalchemy.orm import Session

from command.notices.audience import C, Condition, D, P, S

_MOST_ELEMENTS = 500


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

    def where(self) -> Condition:
        """The condition on cut-offs and subscribers."""
        parts: list[ColumnElement[bool]] = [C.c.element_id.between(self.first, self.last)]
        if self.after:
            parts.append(S.c.id > self.after)
        if self.upto is not None:
            parts.append(S.c.id <= self.upto)
        return and_(*parts)


def next_slice(session: Session, whose: Condition, at: tuple[int, int], size: int) -> Slice | None:
    """The next up to `size` subscribers of the elements in cut-offs `whose`, from cursor `at`; None at the end."""
    elements = _elements(session, whose, at[0], size)
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


def _elements(session: Session, whose: Condition, start: int, size: int) -> Sequence[tuple[int, int]]:
    """Elements from `start` with their subscribers counted up to size + 1; more elements when the first few are small."""
    found: list[tuple[int, int]] = []
    total, want = 0, 4
    while total <= size and len(found) < _MOST_ELEMENTS:
        some = _counted(session, whose, start, size, want)
        found += some
        total += sum(count for _, count in some)
        if len(some) < want:
            break
        start, want = some[-1][0] + 1, want * 4
    return found


def _counted(session: Session, whose: Condition, start: int, size: int, want: int) -> Sequence[tuple[int, int]]:
    elements = (
        select(C.c.element_id)
        .where(whose, C.c.element_id >= start)
        .distinct()
        .order_by(C.c.element_id)
        .limit(want)
        .subquery()
    )
    served = select(literal(1)).where(S.c.element_id == elements.c.element_id).limit(size + 1).correlate(elements)
    number = select(func.count()).select_from(served.subquery()).correlate(elements).scalar_subquery()
    query = select(elements.c.element_id, number).order_by(elements.c.element_id)
    return session.execute(query).tuples().all()


def _bound(session: Session, element: int, after: int, size: int) -> int | None:
    """The id of the `size`-th subscriber of the element after one; None when there are fewer."""
    query = select(S.c.id).where(S.c.element_id == element, S.c.id > after).order_by(S.c.id)
    return session.scalar(query.offset(size - 1).limit(1))


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
