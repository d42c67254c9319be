"""Every class of fault, injected at the provider, over HTTP."""

from datetime import datetime, timedelta
from functools import partial
from unittest.mock import AsyncMock

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.messages import breakers, doubts, gateways, service
from command.messages.models import Delivery, Lane, OptOut, State
from command.messages.reconciling import ASK_AGAIN, MOST_ASKED
from notifiers.base import LookUp, Message, Unanswered
from notifiers.twilio_http import Timeouts
from tests.conftest import Time
from tests.messages.conftest import Build
from tests.messages.house import ENDED, House


def work_off(house: House, time: Time, rounds: int = 40) -> None:
    """Let time pass and the cycles run until every row is terminal."""
    for _ in range(rounds):
        house.send()
        house.settle_down()
        house.sweep()
        if set(house.states()) <= ENDED:
            return
        time.forward(seconds=61)
    raise AssertionError(f"not over: {house.states()}")


@pytest.mark.proves("I1", "I2", "B11")
@pytest.mark.parametrize("kind", ["429", "500", "503", "reset_before", "reset_after"])
def test_nothing_is_lost_or_doubled_under(house: House, time: Time, kind: str) -> None:
    house.fault(kind, 0.3)
    house.enqueue(60)
    house.send()
    house.heal()
    work_off(house, time)
    received, states = house.received(), house.states()
    assert set(received.values()) <= {1}
    assert states[State.DELIVERED] + states[State.UNKNOWN] == 60
    assert len(received) == states[State.DELIVERED], "what is unknown after an advisory look-up was not sent"
    assert house.tally_matches()


def test_a_lost_answer_is_settled_by_its_callback(house: House) -> None:
    house.fault("reset_after")
    [id] = house.enqueue(1)
    house.send()
    house.settle_down()
    row = house.row(id)
    assert row.state == State.DELIVERED and row.provider_id is not None


def test_a_lost_answer_without_callback_is_settled_by_asking(build: Build, time: Time) -> None:
    house = build(callbacks=False)
    house.fault("reset_after")
    [id] = house.enqueue(1)
    house.send()
    assert house.row(id).state == State.IN_DOUBT
    time.forward(seconds=10)
    house.sweep()
    assert house.row(id).provider_id is not None
    assert house.received().total() == 1


def test_an_authoritative_gateway_that_never_had_it_gets_it_again(build: Build, time: Time) -> None:
    house = build(gateway={"look_up": "authoritative"})
    house.fault("reset_before", times=1)
    [id] = house.enqueue(1)
    house.send()
    assert house.row(id).state == State.IN_DOUBT
    time.forward(seconds=40)
    house.sweep()
    house.send()
    house.settle_down()
    assert house.row(id).state == State.DELIVERED and not house.row(id).resent


@pytest.mark.proves("I1", "I2")
def test_a_doubt_nobody_could_ask_about_for_long_is_not_given_up_at_the_first_silence(
    build: Build, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = build(gateway={"look_up": "authoritative"})
    house.fault("reset_before", times=2)
    [kept, lost] = house.enqueue(2)
    house.database.write(lambda session: session.execute(update(Delivery).values(asked=MOST_ASKED - 1)))
    house.send()
    road = house.gateways.roads["twilio"].bulk
    answers, silent = road.look_up, AsyncMock(return_value=Unanswered("no answer"))
    monkeypatch.setattr(road, "look_up", silent)
    time.forward(minutes=30)
    house.sweep()
    assert house.states() == {State.IN_DOUBT: 2}

    async def of_the_first(message: Message, since: datetime) -> LookUp:
        return await (answers if message.attempt == house.row(kept).attempt else silent)(message, since)

    monkeypatch.setattr(road, "look_up", of_the_first)
    for _ in range(MOST_ASKED - 1):
        assert house.row(lost).state == State.IN_DOUBT
        time.forward(seconds=ASK_AGAIN)
        house.sweep()
    house.send()
    house.settle_down()
    assert (house.row(kept).state, house.row(kept).asked) == (State.DELIVERED, 0)
    assert (house.row(lost).state, house.row(lost).reason) == (State.UNKNOWN, "never_confirmed")


def test_doubts_take_turns_where_a_silent_gateway_leaves_time_for_a_few(house: House, time: Time) -> None:
    house.fault("reset_before", times=4)
    house.enqueue(4)
    house.send()
    can = house.gateways.roads["twilio"].capabilities

    def round_of_two(session: Session) -> None:
        taken = doubts.take(session, 2, house.keyring)
        doubts.settle(session, [(doubt, Unanswered("no answer")) for doubt in taken], lambda _: can, house.handlers)

    for _ in range(6):
        time.forward(minutes=2)  # each is due again by now
        house.database.write(round_of_two)
    with house.database.read() as session:
        assert session.scalars(select(Delivery.asked)).all() == [3] * 4


@pytest.mark.proves("I2")
@pytest.mark.parametrize("fault", ["reset_after", "timeout_after"])
def test_a_doubtful_page_is_sent_again_and_marked(
    build: Build, time: Time, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = partial(gateways.TwilioSettings, timeouts=Timeouts(connect=5, read=0.5))
    monkeypatch.setattr(gateways, "TwilioSettings", impatient)
    house = build(gateway={"look_up": "none"}, callbacks=False)
    house.fault(fault, times=1)
    id = house.page(7, text="【示例通信】请应答 1234")
    house.send()
    time.forward(seconds=30)
    house.sweep()
    house.send()
    assert house.row(id).resent and house.row(id).state == State.SUBMITTED
    assert [text["body"] for text in house.messages(7)] == [
        "【示例通信】（重发）请应答 1234",
        "【示例通信】请应答 1234",
    ]
    assert [told.state for told in house.told] == [State.SUBMITTED]


@pytest.mark.proves("I2", "I3")
def test_a_page_of_an_exercise_that_is_sent_again_says_first_that_it_is_one(build: Build, time: Time) -> None:
    house = build(gateway={"look_up": "none"}, callbacks=False)
    house.allow(7)
    house.fault("reset_after", times=1)
    house.page(7, text="请应答 1234", exercise=True)
    house.send()
    time.forward(seconds=30)
    house.sweep()
    house.send()
    assert [text["body"] for text in house.messages(7)] == ["【演练】（重发）请应答 1234", "【演练】请应答 1234"]


@pytest.mark.proves("I2")
def test_a_marked_page_that_is_doubtful_again_is_asked_for_as_it_was_sent(build: Build, time: Time) -> None:
    house = build(callbacks=False)
    house.fault("reset_before", times=1)
    id = house.page(7)
    house.send()
    time.forward(seconds=30)
    house.sweep()  # an advisory look-up that does not know it proves nothing
    house.fault("reset_after", times=1)
    house.send()
    assert house.row(id).state == State.IN_DOUBT and house.row(id).resent
    time.forward(seconds=10)
    house.sweep()
    assert house.row(id).provider_id is not None
    assert [text["body"] for text in house.messages(7)] == ["（重发）请应答 1234"]


def test_codes_that_are_final_fail_the_recipient_only(house: House) -> None:
    house.fault("code:21614", times=1)
    house.enqueue(20)
    house.send()
    assert house.states() == {State.FAILED: 1, State.SUBMITTED: 19}


def test_an_opt_out_at_the_provider_is_remembered(house: House) -> None:
    house.fault("code:21610")
    [id] = house.enqueue(1)
    house.send()
    assert house.row(id).code == "21610"
    with house.database.read() as session:
        assert session.get(OptOut, house.row(id).recipient) is not None
    [update] = house.enqueue(1, lane=Lane.UPDATE, notice_id=2)
    assert (house.row(update).state, house.row(update).reason) == (State.SUPPRESSED, "opted_out")
    [first] = house.enqueue(1, lane=Lane.FIRST, notice_id=3)
    assert house.row(first).state == State.READY


def test_a_refused_sender_stops_the_notice_and_says_why(house: House) -> None:
    house.fault("code:21606")
    house.enqueue(2500)
    house.send()
    house.sweep()
    assert house.states() == {State.FAILED: 2500}
    assert house.stats()["rejected"] < 2000, "the rest was not tried"
    with house.database.read() as session:
        assert service.tally(session, 1) == {State.FAILED: 2500}


def test_a_refused_account_stops_the_gateway_until_somebody_restarts_it(house: House, time: Time) -> None:
    house.fault("code:20003")
    house.enqueue(50)
    house.send()
    assert house.states() == {State.READY: 50}
    house.heal()
    time.forward(minutes=5)
    assert not house.send()
    house.database.write(lambda session: breakers.restart(session, "twilio"))
    house.send()
    house.settle_down()
    assert house.states() == {State.DELIVERED: 50}


def test_another_road_is_taken_when_a_gateway_is_stopped(build: Build, time: Time) -> None:
    house = build(second_gateway=True)
    house.database.write(lambda session: breakers.stop(session, "twilio", "20003"))
    house.enqueue(10)
    house.send()
    house.settle_down()
    assert house.states() == {State.DELIVERED: 10}
    assert house.row(1).gateway == "second"


def test_the_breaker_opens_after_failures_in_a_row_and_a_probe_closes_it(house: House, time: Time) -> None:
    house.fault("503")
    house.enqueue(400)
    house.send()
    tried = house.stats()["rejected"]
    assert breakers.THRESHOLD <= tried < 300, "the rest was handed back"
    assert not house.send(), "nothing is called while it is open"
    house.heal()
    time.forward(seconds=20)
    house.send()
    house.settle_down()
    assert house.states()[State.DELIVERED] >= 400 - tried


def test_a_gateway_that_asks_for_a_pause_gets_it(house: House, time: Time) -> None:
    house.fault("429", retry_after=30)
    [id] = house.enqueue(1)
    before = house.now()
    house.send()
    assert (house.row(id).due_at - before).total_seconds() >= 29
    assert house.row(id).tries == 0, "a refusal for rate is no try"


@pytest.mark.proves("I11")
def test_callbacks_lost_doubled_and_reordered_change_nothing_for_the_worse(house: House, time: Time) -> None:
    for kind in ("callback_lost", "callback_doubled", "callback_reordered"):
        house.fault(kind, 0.3)
    house.enqueue(100)
    house.send()
    house.settle_down()
    house.heal()
    assert set(house.states()) <= {State.SUBMITTED, State.SENT, State.DELIVERED}
    time.forward(hours=25)
    house.sweep()
    assert set(house.states()) <= {State.DELIVERED, State.UNKNOWN}
    assert house.tally_matches()


def test_what_is_past_its_validity_expires_unsent(house: House, time: Time) -> None:
    now = house.now()
    [soon] = house.enqueue(1, valid_until=now + timedelta(minutes=1))
    time.forward(minutes=2)
    house.send()
    assert house.row(soon).state == State.EXPIRED and house.received().total() == 0


def test_what_no_open_road_can_carry_still_ends(house: House, time: Time) -> None:
    house.database.write(lambda session: breakers.stop(session, "twilio", "20003"))
    house.enqueue(5)
    time.forward(hours=25)
    house.send()
    assert house.states() == {State.EXPIRED: 5}
