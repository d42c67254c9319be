"""Counting tries in rows that all processes share."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core.database import Database
from command.core.problems import TooMany
from command.people import limits
from command.people.models import Limit
from tests.conftest import Time

WINDOW = timedelta(minutes=1)


def hit(database: Database, limit: int = 3, lock: timedelta | None = None) -> None:
    database.write(lambda session: limits.hit(session, "key", limit, WINDOW, lock=lock))


def test_a_window_allows_so_many_and_then_says_how_long_to_wait(database: Database, time: Time) -> None:
    for _ in range(3):
        hit(database)
    time.forward(seconds=20)
    with pytest.raises(TooMany) as refused:
        hit(database)
    assert 35 <= refused.value.values["retry_after"] <= 40
    time.forward(seconds=41)
    hit(database)


def test_reaching_the_limit_locks_for_longer_than_the_window(database: Database, time: Time) -> None:
    lock = timedelta(minutes=15)
    for _ in range(3):
        hit(database, lock=lock)
    time.forward(minutes=14)
    with pytest.raises(TooMany):
        hit(database, lock=lock)
    time.forward(minutes=1, seconds=1)
    hit(database, lock=lock)


def test_what_is_given_back_does_not_count(database: Database) -> None:
    for _ in range(10):
        hit(database, lock=WINDOW)
        database.write(lambda session: limits.give_back(session, "key"))


def test_tries_at_once_do_not_slip_past_the_limit(database: Database) -> None:
    allowed: list[bool] = []

    def attempt() -> None:
        try:
            hit(database, limit=5)
            allowed.append(True)
        except TooMany:
            allowed.append(False)

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(allowed) == [False] * 7 + [True] * 5


def test_old_counts_are_swept_and_locks_that_hold_are_not(database: Database, time: Time) -> None:
    def begin(session: Session) -> None:
        limits.hit(session, "old", 3, WINDOW)
        limits.hit(session, "locked", 1, WINDOW, lock=timedelta(days=3))

    database.write(begin)
    time.forward(days=2)
    assert database.write(limits.sweep) == 1
    with database.read() as session:
        assert list(session.scalars(select(Limit.key))) == ["locked"]
        assert session.scalar(select(func.count()).select_from(Limit)) == 1
