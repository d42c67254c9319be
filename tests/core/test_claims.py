"""No row goes to two claimants, every row goes to one, and who lost a row cannot write to it."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session

from command.core import claims, clock
from command.core.database import Database
from command.oncall.models import Escalation
from tests.conftest import Time

ROWS: Table = Escalation.__table__  # type: ignore[assignment]
LEASE = timedelta(seconds=30)


def put(database: Database, count: int, *, step: int = 0) -> None:
    def work(session: Session) -> None:
        now = clock.now(session)
        shared: dict[str, Any] = {
            "incident_id": 1, "incident_number": "INC-1", "tier": 1, "steps": [], "area_codes": [], "texts": {},
            "step": step, "due_at": now, "state": "running", "created_at": now, "exercise": False,
        }  # fmt: skip
        if count:
            session.execute(insert(ROWS), [shared] * count)

    database.write(work)


def take(database: Database, limit: int = 10, **values: Any) -> list[Any]:
    def work(session: Session) -> list[Any]:
        due = (ROWS.c.state == "running") & claims.free(ROWS, clock.now(session))
        order = [ROWS.c.id.desc()]
        return list(
            claims.claim(
                session, ROWS, due, order=order, limit=limit, lease=LEASE, values=values, returning=[ROWS.c.step]
            )
        )

    return database.write(work)


def write_as(database: Database, row: Any, step: int) -> bool:
    mine = (ROWS.c.id == row.id) & (ROWS.c.fence == row.fence)
    return database.write(lambda s: s.execute(update(ROWS).where(mine).values(step=step)).rowcount) == 1


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.integers(0, 40), claimants=st.integers(2, 4), limit=st.integers(3, 20))
@pytest.mark.proves("I2", "I11")
def test_claimants_at_once_share_all_rows_and_none_twice(
    database: Database, rows: int, claimants: int, limit: int
) -> None:
    database.write(lambda s: s.execute(delete(ROWS)))
    put(database, rows)
    taken: list[int] = []

    def claimant() -> None:
        while found := take(database, limit):
            taken.extend(row.id for row in found)

    threads = [threading.Thread(target=claimant) for _ in range(claimants)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert sorted(taken) == sorted(session.scalars(select(ROWS.c.id)))


def test_a_claim_takes_the_first_by_order_and_returns_them_by_id(database: Database) -> None:
    put(database, 5, step=7)
    found = take(database, 2, state="running")
    assert [row.id for row in found] == [4, 5]
    assert [row.step for row in found] == [7, 7]
    assert [row.fence for row in found] == [1, 1]


@pytest.mark.proves("I11")
def test_a_lease_that_ran_out_can_be_claimed_again_with_a_higher_fence(database: Database, time: Time) -> None:
    put(database, 1)
    (first,) = take(database)
    time.forward(seconds=29)
    assert take(database) == []
    time.forward(seconds=2)
    (second,) = take(database)
    assert (second.id, second.fence) == (first.id, first.fence + 1)


@pytest.mark.proves("I2")
def test_an_old_fence_loses(database: Database, time: Time) -> None:
    put(database, 1)
    (slow,) = take(database)
    time.forward(seconds=31)
    (quick,) = take(database)
    assert not write_as(database, slow, 1)
    assert write_as(database, quick, 2)
    with database.read() as session:
        assert session.scalar(select(ROWS.c.step)) == 2


def test_a_claim_that_is_rolled_back_is_no_claim(database: Database) -> None:
    put(database, 1)

    def fails(session: Session) -> None:
        claims.claim(session, ROWS, ROWS.c.state == "running", order=[ROWS.c.id], limit=1, lease=LEASE)
        raise RuntimeError("the engine died")

    with pytest.raises(RuntimeError):
        database.write(fails)
    assert [row.fence for row in take(database)] == [1]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_row_another_holds_is_passed_over_and_not_waited_for(database: Database) -> None:
    put(database, 2)
    holding, done = threading.Event(), threading.Event()

    def hold(session: Session) -> None:
        session.execute(select(ROWS).where(ROWS.c.id == 2).with_for_update())
        holding.set()
        assert done.wait(10)

    thread = threading.Thread(target=lambda: database.write(hold))
    thread.start()
    assert holding.wait(10)
    try:
        assert [row.id for row in take(database)] == [1]
    finally:
        done.set()
        thread.join()
