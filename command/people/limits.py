"""How often something may be tried, counted in rows that all processes share."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, TooMany
from command.people.models import Limit

KEPT = timedelta(days=1)


def hit(session: Session, key: str, limit: int, window: timedelta, *, lock: timedelta | None = None) -> datetime | None:
    """Count one try of `key`, of which `window` allows `limit`; raise TooMany (with `retry_after` seconds) for one more.

    With `lock`, the try that reaches the limit also locks the key for that long and returns until when; it may itself still
    succeed, and then `clear` or `give_back` lifts the lock."""
    now = clock.now(session)
    row = _row(session, key, now)
    if row.locked_until is not None and row.locked_until > now:
        raise _too_many(row.locked_until - now)
    if now - row.started_at >= window or row.locked_until is not None:
        row.started_at, row.count, row.locked_until = now, 0, None
    if row.count >= limit:
        raise _too_many(row.started_at + window - now)
    row.count += 1
    if lock is not None and row.count >= limit:
        row.locked_until = now + lock
    return row.locked_until


def give_back(session: Session, key: str) -> None:
    """A try that succeeded does not count: take it back, and the lock it brought."""
    row = _row(session, key, clock.now(session))
    row.count, row.locked_until = max(0, row.count - 1), None


def clear(session: Session, key: str) -> None:
    """Forget all tries of a key."""
    session.execute(delete(Limit).where(Limit.key == key))


def sweep(session: Session, most: int = 500) -> int:
    """Delete counts nobody needs any more; return how many."""
    now = clock.now(session)
    old = (
        select(Limit.key)
        .where(Limit.started_at < now - KEPT, Limit.locked_until.is_(None) | (Limit.locked_until < now))
        .limit(most)
    )
    keys = list(session.scalars(old))
    session.execute(delete(Limit).where(Limit.key.in_(keys)))
    return len(keys)


def _row(session: Session, key: str, now: datetime) -> Limit:
    """The key's row, made if need be and locked, so that tries at once are counted one after the other."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(Limit).values(key=key, started_at=now, count=0).on_conflict_do_nothing())
    query = select(Limit).where(Limit.key == key).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one()


def _too_many(wait: timedelta) -> TooMany:
    seconds = max(1, round(wait.total_seconds()))
    return TooMany(
        N_("Too many tries."),
        remedy=N_("Wait %(minutes)d minutes, then try again."),
        retry_after=seconds,
        minutes=-(-seconds // 60),
    )
