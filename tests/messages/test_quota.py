"""The shared rate: never exceeded in any second, whoever asks, and pages are never shut out."""

import threading
from collections import Counter
from datetime import timedelta

import pytest

from command.core import clock
from command.core.database import Database
from command.messages import quota
from tests.conftest import Time
from tests.messages.house import House


def ask(database: Database, want: int, rate: int, *, pages: bool = False, cap: int | None = None) -> tuple[str, int]:
    """Lease; return the second of the database's clock and the permits granted."""

    def work(session: object) -> tuple[str, int]:
        grant = quota.lease(session, "g", want, rate=rate, pages=pages, pages_share=0.2, daily_cap=cap)  # type: ignore[arg-type]
        return clock.now(session).strftime("%H:%M:%S"), grant.count  # type: ignore[arg-type]

    return database.write(work)


def test_engines_together_never_exceed_the_rate_in_any_second(database: Database) -> None:
    granted: Counter[str] = Counter()
    guard = threading.Lock()

    def engine(seed: int) -> None:
        for turn in range(40):
            second, count = ask(database, 1 + (seed * 7 + turn) % 9, 50, pages=turn % 3 == 0)
            with guard:
                granted[second] += count

    engines = [threading.Thread(target=engine, args=(seed,)) for seed in range(4)]
    for one in engines:
        one.start()
    for one in engines:
        one.join()
    assert granted and max(granted.values()) <= 50


@pytest.mark.proves("D5")
def test_notices_leave_a_fifth_to_pages(database: Database, time: Time) -> None:
    second, bulk = ask(database, 1000, 100)
    later, page = ask(database, 1000, 100, pages=True)
    assert bulk == 80
    assert page == (20 if later == second else 100)


def test_at_one_message_a_second_a_due_page_goes_first(house: House) -> None:
    assert ask(house.database, 1, 1)[1] == 1
    house.page()
    house.database.write(lambda session: clock.move(session, timedelta(seconds=2), allowed=True))
    assert ask(house.database, 1, 1)[1] == 0
    assert ask(house.database, 1, 1, pages=True)[1] == 1


def test_a_daily_cap_ends_the_day(database: Database, time: Time) -> None:
    granted = 0
    for _ in range(5):
        granted += ask(database, 10, 100, cap=25)[1]
        time.forward(seconds=1)
    assert granted <= 25
    time.forward(days=1)
    assert ask(database, 10, 100, cap=25)[1] == 10
