"""Why messages of a notice did not reach, counted as they end: however many there were, a look costs a row for each reason.

Only what enters or leaves LOST is read again, so that a message that goes well costs nothing more."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session

from command.messages import failures, rows
from command.messages.models import Delivery, LossTally

_d = cast(Table, Delivery.__table__).c
_WHY = func.coalesce(_d.code, _d.reason, _d.state)


@dataclass(frozen=True, slots=True)
class Loss:
    """A class of failures (see `failures`), its codes with how often each came, the most frequent first."""

    kind: str
    count: int
    codes: tuple[tuple[str, int], ...]


def why(session: Session, ids: Collection[int]) -> Counter[tuple[int, str]]:
    """By notice and reason, how many of these deliveries there are."""
    if not ids:
        return Counter()
    given = rows.table(session, ["id"], [{"id": each} for each in sorted(ids)])
    mine = select(_d.notice_id, _WHY.label("why")).where(_d.id.in_(select(given.c.id)), _d.notice_id.is_not(None))
    return Counter((notice, str(reason)) for notice, reason in session.execute(mine).tuples())


def bump(session: Session, deltas: Mapping[tuple[int, str], int]) -> None:
    """Add to the counts by (notice, why), in that order, so that two transactions cannot wait for each other."""
    given = [{"notice": notice, "why": reason, "by": by} for (notice, reason), by in sorted(deltas.items()) if by]
    if given:
        session.execute(_BUMP, given)


_BUMP = text(
    "INSERT INTO loss_tally (notice_id, why, count) VALUES (:notice, :why, :by) "
    "ON CONFLICT (notice_id, why) DO UPDATE SET count = loss_tally.count + excluded.count"
)


def of(session: Session, notice_id: int) -> tuple[Loss, ...]:
    """Why messages of a notice did not reach, the most frequent class first."""
    query = select(LossTally.why, LossTally.count).where(LossTally.notice_id == notice_id, LossTally.count > 0)
    return classed(session.execute(query).tuples())


def classed(counts: Iterable[tuple[str, int]]) -> tuple[Loss, ...]:
    """Reasons put into classes. Pure."""
    by: dict[str, list[tuple[str, int]]] = {}
    for reason, count in counts:
        by.setdefault(failures.of(reason), []).append((reason, count))
    found = [
        Loss(kind, sum(count for _, count in codes), tuple(sorted(codes, key=lambda each: (-each[1], each[0]))))
        for kind, codes in by.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.count, each.kind)))
