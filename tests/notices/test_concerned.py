"""An incident may concern people whom nothing cuts off: notices reach exactly them, and their all-clear is owed like any other
(B12, I8)."""

from collections.abc import Collection

import pytest
from sqlalchemy import insert, update

from command.core import clock
from command.messages.models import State
from command.network.models import Concerned
from command.notices import rounds
from tests.notices.house import House


class Concerning(House):
    """A house whose incidents can concern people."""

    def concern(self, people: Collection[int], incident: int = 1) -> None:
        def work(session):  # type: ignore[no-untyped-def]
            at = clock.now(session)
            rows = [
                {"incident_id": incident, "subscriber_id": each, "from_at": at, "exercise": False} for each in people
            ]
            session.execute(insert(Concerned), rows)

        self.database.write(work)

    def over(self, incident: int = 1, into: int | None = None) -> None:
        def work(session):  # type: ignore[no-untyped-def]
            mine = (Concerned.incident_id == incident, Concerned.until_at.is_(None))
            session.execute(update(Concerned).where(*mine).values(until_at=clock.now(session), passed_to_id=into))

        self.database.write(work)


@pytest.fixture
def house(installation) -> Concerning:  # type: ignore[no-untyped-def]
    return Concerning(installation)


@pytest.mark.proves("R30", "B12")
def test_a_first_notice_reaches_exactly_those_concerned_and_whoever_is_added_later(house: Concerning) -> None:
    some = sorted(house.on(1, 3))[:5]
    house.concern(some[:3])
    notice = house.first()
    house.fan_out()
    assert house.notice(notice).audience == 3 and house.people(notice) == set(some[:3])
    house.concern(some[3:])
    house.grow()
    house.fan_out()
    assert house.people(notice) == set(some) and house.tally_is_true()


@pytest.mark.proves("R30", "B12", "I8")
def test_when_it_is_over_exactly_the_told_hear_so_even_where_another_incident_cuts_them_off(house: Concerning) -> None:
    mine = house.on(1)
    house.concern(mine)
    house.fail([1], incident=2)
    first = house.first()
    house.fan_out()
    house.land(limit=3)
    house.over()
    clear = house.heal(missed=False)
    house.fan_out()
    told = house.people(first, State.SUBMITTED)
    assert clear is not None and len(told) == 3 and house.people(clear) == told
    assert house.people(first, State.READY) == set(), "what waited is taken back"


@pytest.mark.proves("B12", "I8")
def test_whom_a_merged_incident_told_is_owed_the_all_clear_by_the_other(house: Concerning) -> None:
    mine = house.on(2)
    house.concern(mine)
    house.first()
    house.fan_out()
    house.land()
    house.concern(mine, incident=2)
    house.over(into=2)
    child_clear = house.heal()
    house.fan_out()
    assert child_clear is None or house.people(child_clear) == set()
    assert house.database.write(lambda session: rounds.owed(session, 2))
    house.over(incident=2)
    clear = house.heal(incident=2)
    house.fan_out()
    assert clear is not None and house.people(clear) == mine


@pytest.mark.proves("B12")
def test_those_concerned_whom_no_message_reached_hear_once_that_it_was(house: Concerning) -> None:
    mine = house.on(1)
    house.concern(mine)
    house.first()
    house.fan_out()
    house.land(limit=1)
    house.over()
    clear = house.heal()
    house.fan_out()
    assert clear is not None and house.people(clear) == mine
