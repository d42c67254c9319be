"""However many messages have left or wait, what is still to be done is found by an index: on SQLite a partial one serves only word for
word."""

from typing import Any

import pytest
from sqlalchemy import Select, false, select, text, true
from sqlalchemy.orm import Session

from command.core import clock
from command.core.database import Database
from command.messages import outbox
from command.messages.claiming import LINES
from command.messages.models import Lane, State
from command.notices import queues
from tests.messages.house import House

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
D = outbox.deliveries.c


@on_sqlite
@pytest.mark.parametrize("state", [State.LEASED, State.CALLING, State.IN_DOUBT, State.SUBMITTED, State.SENT])
def test_leases_that_ran_out_are_found_by_their_index(database: Database, state: State) -> None:
    with database.read() as session:
        due = outbox.in_state(state) & (D.lease_until <= clock.now(session))
        assert "ix_delivery_held" in plan(session, select(D.id).where(due).limit(1))


@on_sqlite
def test_what_may_be_called_is_found_by_its_index(database: Database) -> None:
    with database.read() as session:
        for line in LINES:
            assert "ix_delivery_ready" in plan(session, select(D.id).where(line.due(clock.now(session))).limit(1))


@on_sqlite
@pytest.mark.parametrize("lane", list(Lane))
def test_what_waits_in_a_lane_is_found_by_its_index(database: Database, lane: Lane) -> None:
    either = select(D.id).where(outbox.in_state(State.READY), outbox.EITHER, D.lane == lane)
    with database.read() as session:
        assert "exercise=? AND lane=?" in plan(session, either)
        for exercise in (false(), true()):
            found = plan(session, queues.first(lane, exercise))
            assert "exercise=? AND lane=?" in found and "TEMP B-TREE" not in found


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_drill_is_not_looked_for_behind_a_city_that_waits_to_be_told(house: House) -> None:
    house.enqueue(3_000)
    house.database.write(lambda session: session.execute(text("ANALYZE delivery")))
    with house.database.read() as session:
        for line in (each for each in LINES if each.exercise):
            due = select(D.id).where(line.due(clock.now(session))).limit(1)
            found = " ".join(session.scalars(text(f"EXPLAIN ANALYZE {_written(session, due)}")))
            assert "ix_delivery_ready_exercise_lane_id" in found and "Removed by Filter" not in found, found


def plan(session: Session, query: Select[Any]) -> str:
    return " ".join(str(row) for row in session.execute(text(f"EXPLAIN QUERY PLAN {_written(session, query)}")))


def _written(session: Session, query: Select[Any]) -> str:
    return str(query.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
