"""However many messages have left, what is still to be done is found by an index: on SQLite a partial one serves only word for word."""

import pytest
from sqlalchemy import select, text

from command.core import clock
from command.core.database import Database
from command.messages import outbox
from command.messages.claiming import LINES
from command.messages.models import State

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
D = outbox.deliveries.c


@pytest.mark.parametrize("state", [State.LEASED, State.CALLING, State.IN_DOUBT, State.SUBMITTED, State.SENT])
def test_leases_that_ran_out_are_found_by_their_index(database: Database, state: State) -> None:
    with database.read() as session:
        due = outbox.in_state(state) & (D.lease_until <= clock.now(session))
        assert "ix_delivery_held" in plan(session, select(D.id).where(due).limit(1))


def test_what_may_be_called_is_found_by_its_index(database: Database) -> None:
    with database.read() as session:
        for line in LINES:
            assert "ix_delivery_ready" in plan(session, select(D.id).where(line.due(clock.now(session))).limit(1))


def plan(session, query) -> str:  # type: ignore[no-untyped-def]
    written = str(query.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    return " ".join(str(row) for row in session.execute(text(f"EXPLAIN QUERY PLAN {written}")))
