"""One clock: the database's time plus an offset row, so that every process agrees and tests can move time."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, CheckConstraint, Integer, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from command.core.columns import Base

_KEY = "clock.now"


class ClockOffset(Base):
    """The one row by which the clock is ahead of the database's time, in microseconds."""

    __tablename__ = "clock_offset"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, default=1)
    microseconds: Mapped[int] = mapped_column(BigInteger, default=0)


class ClockFixed(Exception):
    """The clock cannot be moved in production."""


def now(session: Session) -> datetime:
    """The instant of this unit of work (aware, UTC): asked of the database once, then the same until it ends."""
    known = session.info.get(_KEY)
    if known is None:
        known = session.info[_KEY] = instant(session)
    return known


def instant(session: Session) -> datetime:
    """The database's time at this very moment, plus the offset."""
    if session.get_bind().dialect.name == "sqlite":
        row = session.execute(
            text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now'), (SELECT microseconds FROM clock_offset)")
        ).one()
        at = datetime.fromisoformat(row[0]).replace(tzinfo=UTC)
    else:
        row = session.execute(text("SELECT clock_timestamp(), (SELECT microseconds FROM clock_offset)")).one()
        at = row[0].astimezone(UTC)
    return at + timedelta(microseconds=row[1] or 0)


def move(session: Session, by: timedelta, *, allowed: bool) -> datetime:
    """Move the clock forward for every process on this database; raise ClockFixed unless `allowed`."""
    if not allowed:
        raise ClockFixed("the clock cannot be moved in production")
    step = by // timedelta(microseconds=1)
    if session.scalar(select(ClockOffset.id)) is None:
        session.add(ClockOffset(id=1, microseconds=step))
        session.flush()
    else:
        session.execute(update(ClockOffset).values(microseconds=ClockOffset.microseconds + step))
    session.info.pop(_KEY, None)
    return now(session)
