"""One clock for all processes: the database's time, moved by tests and never in production."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from command.core import clock
from command.core.database import Database
from tests.conftest import Time


def test_it_is_the_time_of_the_database_in_utc(database: Database) -> None:
    with database.read() as session:
        now = clock.now(session)
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


def test_within_a_unit_of_work_it_is_one_instant(database: Database) -> None:
    def work(session: object) -> list[datetime]:
        first = clock.now(session)  # type: ignore[arg-type]
        for _ in range(200):
            session.execute(text("SELECT 1"))  # type: ignore[attr-defined]
        return [first, clock.now(session), clock.instant(session)]  # type: ignore[arg-type]

    first, again, this_moment = database.write(work)
    assert first == again
    assert this_moment > first


@pytest.mark.parametrize("delta", [timedelta(days=400), timedelta(microseconds=7), timedelta(hours=-3)])
def test_moving_it_moves_every_process(database: Database, database_url: str, delta: timedelta) -> None:
    other = Database(database_url)
    with other.read() as session:
        before = clock.now(session)
    moved = database.write(lambda s: clock.move(s, delta, allowed=True))
    with other.read() as session:
        after = clock.now(session)
    other.close()
    assert timedelta(0) <= after - (before + delta) < timedelta(seconds=30)
    assert after >= moved


def test_moves_add_up(database: Database, time: Time) -> None:
    before = time.now()
    time.forward(hours=1)
    time.forward(hours=2)
    assert timedelta(hours=3) <= time.now() - before < timedelta(hours=3, seconds=30)


def test_it_never_moves_in_production(database: Database, time: Time) -> None:
    before = time.now()
    with pytest.raises(clock.ClockFixed, match="production"):
        database.write(lambda s: clock.move(s, timedelta(hours=1), allowed=False))
    assert time.now() - before < timedelta(minutes=1)
