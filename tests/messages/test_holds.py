"""Holding mass messages: one switch with reason and time limit. Pages and corrections go on, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import Conflict, Invalid
from command.messages import breakers, holds
from command.messages.models import Lane, State
from command.people.access import Principal
from tests.conftest import Time
from tests.messages.house import House

ADA = Principal(1, "ada", frozenset({"commander"}), None, "en")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The authority table needs the whole application; who may is looked at in tests/incidents/test_hold_pages.py."""
    monkeypatch.setattr(holds, "_may", lambda by, override: override)


def hold(house: House, minutes: int = 30, **more: Any) -> None:
    def work(session: Session) -> None:
        holds.hold(session, "core overloaded", clock.now(session) + timedelta(minutes=minutes), ADA, **more)

    house.database.write(work)


def test_mass_messages_wait_while_pages_and_corrections_go_on(house: House) -> None:
    hold(house)
    mass = house.enqueue(20)
    house.enqueue(5, first=101, lane=Lane.CORRECTION, notice_id=2)
    house.page(201)
    house.send()
    house.settle_down()
    assert house.states() == {State.READY: 20, State.DELIVERED: 6}
    house.database.write(lambda session: holds.release(session, "calm again", ADA).id)
    house.send()
    house.settle_down()
    assert house.states() == {State.DELIVERED: 26} and len(mass) == 20
    assert house.tally_matches()


def test_one_notice_is_let_through_and_a_hold_of_exercises_holds_nothing_real(house: House) -> None:
    hold(house)
    hold(house, exercise=True)
    house.enqueue(10)
    house.enqueue(10, first=101, notice_id=2, lane=Lane.UPDATE)
    pass_one = {"exercise": False, "override": False}
    house.database.write(lambda session: holds.let_through(session, 2, "evacuation", ADA, **pass_one))
    house.send()
    house.settle_down()
    assert house.states() == {State.READY: 10, State.DELIVERED: 10}
    house.database.write(lambda session: holds.release(session, "calm", ADA).id)
    house.send()
    house.settle_down()
    assert house.states() == {State.DELIVERED: 20}, "the hold of exercises is still on"


def test_it_ends_by_itself_and_what_expired_meanwhile_expires_as_usual(house: House, time: Time) -> None:
    hold(house, minutes=30)
    with house.database.read() as session:
        soon = clock.now(session) + timedelta(minutes=10)
    house.enqueue(3, valid_until=soon)
    house.enqueue(4, first=101)
    time.forward(minutes=11)
    house.send()
    assert house.states() == {State.EXPIRED: 3, State.READY: 4}
    time.forward(minutes=20)
    house.send()
    house.settle_down()
    assert house.states() == {State.EXPIRED: 3, State.DELIVERED: 4}
    with house.database.read() as session:
        assert holds.lapsed(session)
    house.database.write(holds.lapse)
    with house.database.read() as session:
        assert not holds.lapsed(session) and holds.current(session) is None


def test_a_gateway_is_avoided_for_pages_too_but_never_all_of_them(house: House) -> None:
    roads = {"twilio": "sms", "second": "sms", "mail": "email"}
    for avoid in (tuple(roads), ("twilio", "second")):
        with pytest.raises(Invalid, match="No gateway would be left"):
            hold(house, mass=False, avoid=avoid, roads=roads)
    with pytest.raises(Invalid, match="Unknown gateways"):
        hold(house, avoid=("carrier-pigeon",), roads=roads)
    hold(house, mass=False, avoid=("twilio",), roads=roads)
    house.page(201)
    house.send()
    assert house.states() == {State.READY: 1}, "this house has no other road: the page waits for it"
    with house.database.read() as session:
        found = breakers.standing(session, roads)
    assert (found["twilio"].stopped, found["second"].stopped) == (holds.AVOIDED, None)
    house.database.write(lambda session: holds.release(session, "calm", ADA).id)
    house.send()
    house.settle_down()
    assert house.states() == {State.DELIVERED: 1}


def test_a_hold_needs_a_reason_and_an_end_and_another_takes_its_place(house: House) -> None:
    for minutes in (0, -5, 24 * 60 + 1):
        with pytest.raises(Invalid) as refused:
            hold(house, minutes=minutes)
        assert refused.value.field == "minutes"
    with pytest.raises(Invalid, match="Nothing would be held"):
        hold(house, mass=False)
    with pytest.raises(Conflict):
        house.database.write(lambda session: holds.release(session, "calm", ADA).id)
    hold(house, minutes=5)
    hold(house, minutes=50)
    with house.database.read() as session:
        found = holds.current(session)
        assert found is not None and found.until_at - clock.now(session) > timedelta(minutes=45)
