"""A gateway's rate, shared by all engines: permits of the current second, leased from one row in a short transaction of its own."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.messages import outbox
from command.messages.models import Delivery, GatewayState, Lane, State


@dataclass(frozen=True, slots=True)
class Grant:
    """`count` calls may begin within the next `seconds`; what is left then is lost. None granted: ask again after `seconds`."""

    count: int
    seconds: float


def lease(
    session: Session,
    gateway: str,
    want: int,
    *,
    rate: int,
    pages: bool,
    pages_share: float,
    daily_cap: int | None = None,
) -> Grant:
    """Lease up to `want` permits of this second of the database's clock.

    All engines together never get more than `rate` in a second. Notices leave `pages_share` of it to pages; where that share is less
    than one message, notices get nothing while a page is due: a page never waits behind a mass notice. A day is a day of UTC."""
    row = locked_state(session, gateway)
    now = clock.now(session)
    second = now.replace(microsecond=0)
    if row.second != second:
        row.second, row.used, row.pages_used = second, 0, 0
    count = min(want, rate - row.used)
    if not pages:
        kept = int(rate * pages_share)
        count = min(count, rate - kept - (row.used - row.pages_used))
        if not kept and count > 0 and _page_due(session):
            count = 0
    if daily_cap is not None:
        count = min(count, _left_today(row, now.date().isoformat(), daily_cap))
    count = max(0, count)
    row.used += count
    row.pages_used += count if pages else 0
    row.day_used += count if daily_cap is not None else 0
    return Grant(count, (second + timedelta(seconds=1) - now).total_seconds())


def _left_today(row: GatewayState, today: str, cap: int) -> int:
    if row.day != today:
        row.day, row.day_used = today, 0
    return cap - row.day_used


def _page_due(session: Session) -> bool:
    due = outbox.in_state(State.READY) & (Delivery.lane == Lane.PAGE) & (Delivery.due_at <= clock.now(session))
    return bool(session.scalar(select(exists().select_from(outbox.deliveries).where(due))))


def locked_state(session: Session, gateway: str) -> GatewayState:
    """The row of a gateway, made at its first use, locked until the unit of work ends."""
    query = select(GatewayState).where(GatewayState.gateway == gateway).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
        fresh = insert(GatewayState).values(gateway=gateway, used=0, pages_used=0, day_used=0, failures=0)
        session.execute(fresh.on_conflict_do_nothing(index_elements=["gateway"]))
        found = session.scalars(query).one()
    return found
