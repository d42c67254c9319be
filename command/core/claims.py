"""Claiming due rows: one statement on both databases, no row to two claimants, every later write guarded by the fence.

A claim raises `fence`; whoever writes to the row later says `WHERE fence = :mine`. A lease that ran out can be claimed again, so a
claimant that was slow loses the row instead of overwriting its successor."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Table, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from command.core import clock


class Claimable:
    """Columns of a row that engines claim. `lease_until` is by the database's clock."""

    fence: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    lease_until: Mapped[datetime | None]


def claim(
    session: Session,
    table: Table,
    due: ColumnElement[bool],
    *,
    order: Sequence[ColumnElement[Any]],
    limit: int,
    lease: timedelta,
    values: Mapping[str, Any] | None = None,
    returning: Sequence[ColumnElement[Any]] = (),
) -> Sequence[Row[Any]]:
    """Lease up to `limit` rows for which `due` holds, first by `order`; return id, fence and `returning`, sorted by id.

    On PostgreSQL rows that another claimant holds are skipped, not waited for. The CTE stays one: a plain `IN (… LIMIT n)` may be
    evaluated again."""
    chosen = select(table.c.id).where(due).order_by(*order).limit(limit).with_for_update(skip_locked=True).cte("due")
    statement = (
        update(table)
        .where(table.c.id.in_(select(chosen.c.id)))
        .values(fence=table.c.fence + 1, lease_until=clock.now(session) + lease, **(values or {}))
        .returning(table.c.id, table.c.fence, *returning)
    )
    return sorted(
        session.execute(statement, execution_options={"synchronize_session": False}).all(), key=lambda row: row[0]
    )


def free(table: Table, now: datetime | ColumnElement[Any]) -> ColumnElement[bool]:
    """Nobody holds a lease on the row at `now`."""
    return table.c.lease_until.is_(None) | (table.c.lease_until < now)
