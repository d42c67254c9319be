"""A gateway's rate, shared by all engines: permits of the current second, leased from one row in a short transaction of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.messages import outbox
from command.messages.models import Delivery, GatewayState, Lane, State


@dataclass(frozen=True, slots=True)
class Limit:
    """What one sender of a gateway may carry a second and a day; None: whatever the gateway may."""

    sender: str
    rate: int | None = None
    daily_cap: int | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """`count` calls may begin within the next `seconds`, on the account of `day` (of UTC); what is left then is given back. None granted:
    ask again after `seconds`. `by_sender` says by which senders they go, where the gateway has several."""

    count: int
    seconds: float
    by_sender: tuple[tuple[str, int], ...] = ()
    day: str = ""


@dataclass(frozen=True, slots=True)
class Unused:
    """Permits of `day` that no call was begun by, by sender (empty: the gateway's only one)."""

    day: str
    by_sender: Mapping[str, int]


def lease(
    session: Session,
    gateway: str,
    want: int,
    *,
    rate: int,
    pages: bool,
    pages_share: float,
    daily_cap: int | None = None,
    senders: Sequence[Limit] = (),
    unused: Unused | None = None,
) -> Grant:
    """Lease up to `want` permits of this second of the database's clock, and give back what was `unused` of those before.

    All engines together never get more than `rate` in a second, nor more than each sender may. Notices leave `pages_share` of it to pages;
    where that share is less than one message, notices get nothing while a page is due: a page never waits behind a mass notice. A day is a
    day of UTC."""
    row = locked_state(session, gateway)
    if unused is not None:
        _take_back(row, unused)
    now = clock.now(session)
    second = now.replace(microsecond=0)
    counted = daily_cap is not None or bool(senders)
    if row.second != second:
        row.second, row.used, row.pages_used = second, 0, 0
        row.senders = {name: {**each, "used": 0, "pages_used": 0} for name, each in row.senders.items()}
    if counted and row.day != (today := now.date().isoformat()):
        row.day, row.day_used = today, 0
        row.senders = {name: {**each, "day_used": 0} for name, each in row.senders.items()}
    count = min(want, _left(rate, row.used, row.pages_used, pages, pages_share))
    if not (pages or int(rate * pages_share)) and count > 0 and _page_due(session):
        count = 0
    if daily_cap is not None:
        count = min(count, daily_cap - row.day_used)
    count = max(0, count)
    shares: tuple[tuple[str, int], ...] = ()
    if senders and count:
        shares = _shared_out(row, count, senders, pages, pages_share)
        count = sum(share for _, share in shares)
    row.used += count
    row.pages_used += count if pages else 0
    row.day_used += count if counted else 0
    return Grant(count, (second + timedelta(seconds=1) - now).total_seconds(), shares, now.date().isoformat())


def give_back(session: Session, gateway: str, unused: Unused) -> None:
    """Let permits that nothing was sent by be used later on their day."""
    _take_back(locked_state(session, gateway), unused)


def _take_back(row: GatewayState, unused: Unused) -> None:
    """The day has them again; the second they were of does not: it is over, or about to be. Those of a day that is over count no more."""
    if row.day != unused.day:
        return
    row.day_used = max(0, row.day_used - sum(unused.by_sender.values()))
    row.senders = {
        name: {**each, "day_used": max(0, each["day_used"] - unused.by_sender.get(name, 0))}
        for name, each in row.senders.items()
    }


def _left(rate: int, used: int, pages_used: int, pages: bool, pages_share: float) -> int:
    if pages:
        return rate - used
    kept = int(rate * pages_share)
    return min(rate - used, rate - kept - (used - pages_used))


def _shared_out(
    row: GatewayState, count: int, senders: Sequence[Limit], pages: bool, pages_share: float
) -> tuple[tuple[str, int], ...]:
    """By which senders so many messages go: those first that have the most left."""
    known = {
        each.sender: {"used": 0, "pages_used": 0, "day_used": 0} | row.senders.get(each.sender, {}) for each in senders
    }
    room = {}
    for each in senders:
        has = known[each.sender]
        left = count if each.rate is None else _left(each.rate, has["used"], has["pages_used"], pages, pages_share)
        room[each.sender] = left if each.daily_cap is None else min(left, each.daily_cap - has["day_used"])
    found = []
    for name in sorted(room, key=lambda name: -room[name]):
        share = max(0, min(count, room[name]))
        if share:
            count -= share
            known[name]["used"] += share
            known[name]["pages_used"] += share if pages else 0
            known[name]["day_used"] += share
            found.append((name, share))
    row.senders = known
    return tuple(found)


def _page_due(session: Session) -> bool:
    due = (
        outbox.in_state(State.READY)
        & outbox.EITHER
        & (Delivery.lane == Lane.PAGE)
        & (Delivery.due_at <= clock.now(session))
    )
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
