"""Changing deliveries: lock in ascending id, write many in one statement, keep the tallies and tell of pages in the same transaction."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, false, literal_column, select, text, true, update
from sqlalchemy.orm import Session

from command.messages import bad, losses, rows, second_counts
from command.messages.handlers import Handlers, Settled
from command.messages.models import HELD, LOST, TERMINAL, Delivery, Purpose, State

deliveries: Table = Delivery.__table__  # type: ignore[assignment]
_c = deliveries.c
LOCKED = (_c.id, _c.state, _c.fence, _c.purpose, _c.notice_id, _c.page_id, _c.first_channel)
_TELLING = frozenset({State.SUBMITTED, State.SENT, *TERMINAL})
Change = Mapping[str, Any]
"""New values of one delivery by column, with its `id`."""
tallied: list[Callable[[Session, Collection[int]], object]] = []
"""Called with the ids of notices whose tallies have moved, in the transaction that moves them, after they are locked. Joined where the
application is put together."""


def among(session: Session, column: str, values: Iterable[Any]) -> ColumnElement[bool]:
    """`column` is one of `values`, given as one parameter."""
    given = rows.table(session, [column], [{column: value} for value in values])
    return _c[column].in_(select(given.c[column]))


def in_state(*states: State) -> ColumnElement[bool]:
    """The state is one of these, written out so that both databases use the partial indexes. SQLite sees that a partial index serves only
    where its condition stands in the query word for word: equality for one state, all the states of an index beside some of them."""
    if states == (State.READY,):
        return _state == _written(State.READY)
    one_of = _state.in_(map(_written, states))
    return one_of & _state.in_(map(_written, HELD)) if set(states) < set(HELD) else one_of


_state: ColumnElement[str] = literal_column("delivery.state")
EITHER: ColumnElement[bool] = _c.exercise.in_([false(), true()])
"""Of an exercise or not, said for the index of what is ready, which begins with it."""


def _written(state: State) -> ColumnElement[str]:
    return literal_column(f"'{state}'")


def lock(
    session: Session,
    where: ColumnElement[bool],
    extra: Sequence[ColumnElement[Any]] = (),
    *,
    limit: int | None = None,
    order: ColumnElement[Any] = _c.id,
) -> Sequence[Row[Any]]:
    """Lock the deliveries for which `where` holds, in ascending id, and read LOCKED and `extra`."""
    if limit is not None:
        chosen = select(_c.id).where(where).order_by(order).limit(limit)
        where = _c.id.in_(chosen)
    return session.execute(select(*LOCKED, *extra).where(where).order_by(_c.id).with_for_update(of=deliveries)).all()


def write(session: Session, changes: Sequence[Change], *, keep_fence: bool = False) -> None:
    """Write locked deliveries, one statement for each set of columns. The fence rises, so whoever held the row has lost it.

    Values that are the same for all are given once, not with every row."""
    groups: dict[tuple[str, ...], list[Change]] = defaultdict(list)
    for change in changes:
        groups[tuple(sorted(change))].append(change)
    for columns, group in groups.items():
        alike = {name: group[0][name] for name in columns if all(one[name] == group[0][name] for one in group)}
        given = rows.table(session, [name for name in columns if name not in alike or name == "id"], group)
        values: dict[str, Any] = {name: given.c[name] for name in columns if name not in alike} | alike
        values.pop("id", None)
        if not keep_fence:
            values["fence"] = _c.fence + 1
        session.execute(
            update(deliveries).where(_c.id == given.c.id).values(values),
            execution_options={"synchronize_session": False},
        )


def change(
    session: Session,
    locked: Sequence[Row[Any]],
    changes: Mapping[int, Change],
    handlers: Handlers,
    *,
    keep_fence: bool = False,
) -> None:
    """Write `changes` (by id) of `locked` deliveries, move the tallies, learn of numbers and tell of pages."""
    states = {row.id: row.state for row in locked}
    lost = Counter[tuple[int, str]]()
    lost.subtract(losses.why(session, [id for id in changes if states[id] in LOST]))
    write(session, list(changes.values()), keep_fence=keep_fence)
    lost.update(losses.why(session, [id for id, new in changes.items() if new.get("state", states[id]) in LOST]))
    deltas: Counter[tuple[int, str]] = Counter()
    again: Counter[tuple[int, str]] = Counter()
    told = []
    for row in locked:
        new = changes.get(row.id)
        state = new.get("state", row.state) if new else row.state
        if new is not None and row.notice_id is not None:
            again[row.notice_id, row.state] -= row.first_channel is not None
            again[row.notice_id, state] += new.get("first_channel", row.first_channel) is not None
        if state == row.state:
            continue
        if row.notice_id is not None:
            deltas[row.notice_id, row.state] -= 1
            deltas[row.notice_id, state] += 1
        if row.purpose == Purpose.PAGE and state in _TELLING and new is not None:
            told.append(Settled(row.id, row.purpose, row.page_id, row.notice_id, str(state), new.get("code")))
    bump(session, deltas)
    losses.bump(session, lost)
    bad.heed(session, states, changes)
    second_counts.bump(session, again)
    handlers.tell(session, told)


def bump(session: Session, deltas: Mapping[tuple[int, str], int]) -> None:
    """Add to tallies by (notice, state), in that order, so that two transactions cannot wait for each other."""
    given = [{"notice": notice, "state": str(state), "by": by} for (notice, state), by in sorted(deltas.items()) if by]
    if given:
        session.execute(_BUMP, given)
        notices = sorted({notice for (notice, _), by in deltas.items() if by})
        for hear in tallied:
            hear(session, notices)


_BUMP = text(
    "INSERT INTO tally (notice_id, state, count) VALUES (:notice, :state, :by) "
    "ON CONFLICT (notice_id, state) DO UPDATE SET count = tally.count + excluded.count"
)
