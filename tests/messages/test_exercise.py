"""A drill cannot reach the public: database, gateway object, routing and allow-list each hold alone (I3, B3)."""

import asyncio

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError

from command.messages.models import Delivery, State
from notifiers.base import ExerciseRefused, Message
from notifiers.twilio_sms import TwilioSms
from tests.messages.house import House

pytestmark = pytest.mark.proves("I3", "B3")


@pytest.mark.parametrize(("exercise", "gateway"), [(True, "twilio"), (False, "exercise")])
def test_the_database_refuses_a_delivery_on_the_wrong_gateway(house: House, exercise: bool, gateway: str) -> None:
    [id] = house.enqueue(1, exercise=exercise)
    with pytest.raises(DBAPIError):
        house.database.write(lambda s: s.execute(update(Delivery).where(Delivery.id == id).values(gateway=gateway)))


def test_the_database_refuses_to_turn_a_drill_into_the_real_thing(house: House) -> None:
    [id] = house.enqueue(1, exercise=True)
    with pytest.raises(DBAPIError):
        house.database.write(lambda s: s.execute(text(f"UPDATE delivery SET exercise = false WHERE id = {id}")))


def test_the_live_gateway_object_refuses_an_exercise_message(house: House) -> None:
    message = Message(attempt="0" * 32, to="+8612000000001", text="x", exercise=True)
    for gateway in (house.gateways.roads["twilio"].bulk, house.gateways.roads["twilio"].pages):
        assert isinstance(gateway, TwilioSms)
        with pytest.raises(ExerciseRefused):
            house.gateways.run(gateway.send(message))
    assert house.stats()["accepted"] == 0


def test_the_exercise_gateway_shares_nothing_with_a_live_one(house: House) -> None:
    live, drill = house.gateways.roads["twilio"], house.gateways.roads["exercise"]
    assert drill.bulk is not live.bulk and drill.bulk is not live.pages
    assert not drill.bulk.live and live.bulk.live
    assert not {id(v) for v in vars(drill.bulk).values() if hasattr(v, "submit")} & {
        id(v) for v in vars(live.bulk).values() if hasattr(v, "submit")
    }


def test_a_drill_reaches_the_allow_list_only_and_is_marked(house: House) -> None:
    house.allow(1, 2)
    house.enqueue(20, exercise=True)
    house.send()
    house.settle_down()
    assert house.states() == {State.DELIVERED: 2, State.FAILED: 18}
    assert house.received().total() == 2
    assert house.messages(1)[0]["body"].startswith("【演练】")
    assert house.row(3).code == "not_allowed"


def test_an_allowance_ends(house: House, time: object) -> None:
    house.allow(1)
    time.forward(days=2)  # type: ignore[attr-defined]
    house.enqueue(1, exercise=True)
    house.send()
    assert house.states() == {State.FAILED: 1} and house.received().total() == 0


def test_a_live_message_is_not_sent_by_the_exercise_gateway(house: House) -> None:
    message = Message(attempt="0" * 32, to="+8612000000001", text="x", exercise=False)
    with pytest.raises(ExerciseRefused):
        asyncio.run(house.gateways.roads["exercise"].bulk.send(message))


def test_even_with_every_live_gateway_stopped_nothing_crosses_over(house: House) -> None:
    house.gateways.roads.pop("twilio")
    house.enqueue(5)
    house.send()
    assert house.received().total() == 0
    with pytest.raises(DBAPIError):
        house.database.write(
            lambda s: s.execute(insert(Delivery).values(exercise=False, gateway="exercise", purpose="page"))
        )
