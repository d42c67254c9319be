"""What is taken back is not sent, in bounded time, whoever holds the row."""

import asyncio
import threading

import pytest
from sqlalchemy import select

from command.messages import claiming, doubts, service
from command.messages.claiming import Line
from command.messages.handlers import Handlers
from command.messages.models import Delivery, Lane, State
from command.messages.sender import Sender
from tests.conftest import Time
from tests.messages.house import House

NOTICES = Line(pages=False, exercise=False)


@pytest.mark.proves("B2")
def test_a_withdrawn_notice_is_not_sent_however_large(house: House) -> None:
    house.enqueue(1200)
    assert house.database.write(lambda session: service.withdraw(session, 1, "restored")) == 1200
    house.send()
    house.sweep()
    assert house.states() == {State.WITHDRAWN: 1200}
    assert house.received().total() == 0
    assert house.row(1200).reason == "restored" and house.tally_matches()


def test_what_was_submitted_is_not_touched(house: House) -> None:
    house.enqueue(10)
    house.send()
    house.enqueue(5, first=11)
    assert house.database.write(lambda session: service.withdraw(session, 1, "restored")) == 5
    assert house.states() == {State.SUBMITTED: 10, State.WITHDRAWN: 5}


def test_an_engine_that_leased_the_rows_loses_them_by_fence(house: House) -> None:
    house.enqueue(10)
    leased = house.database.write(lambda session: claiming.lease(session, NOTICES, 10))
    house.database.write(lambda session: service.withdraw(session, 1, "restored"))
    bodies = house.database.write(lambda session: claiming.texts(session, {row.body_id for row in leased}))
    calls = house.database.write(lambda s: claiming.announce(s, leased, "twilio", bodies, house.keyring, Handlers()))
    assert calls == [] and house.states() == {State.WITHDRAWN: 10}


def test_rows_that_come_after_the_withdrawal_are_not_sent_either(house: House) -> None:
    house.enqueue(1)
    house.database.write(lambda session: service.withdraw(session, 1, "restored"))
    house.enqueue(3, first=100)
    house.send()
    assert house.states() == {State.WITHDRAWN: 4} and house.tally_matches()


def test_some_addressees_of_a_notice_are_withdrawn_and_the_others_sent(house: House) -> None:
    house.enqueue(10)
    healed = select(Delivery.addressee).where(Delivery.addressee <= 4).scalar_subquery()
    some = select(Delivery.addressee).where(Delivery.addressee.in_(healed))
    while house.database.write(lambda session: service.withdraw_some(session, 1, some, "restored", limit=2)):
        pass
    house.send()
    assert house.states() == {State.SUBMITTED: 6, State.WITHDRAWN: 4}


def test_a_page_is_withdrawn_before_it_is_called(house: House) -> None:
    house.page(1, page_id=9)
    assert house.database.write(lambda session: service.withdraw_page(session, 9, "acknowledged")) == 1
    house.send()
    assert house.states() == {State.WITHDRAWN: 1} and not house.messages(1)


def test_an_opt_out_after_queueing_still_counts_for_updates(house: House) -> None:
    house.enqueue(2, lane=Lane.UPDATE)
    house.reply(1, "td")
    house.send()
    assert house.row(1).state == State.SUPPRESSED and house.row(1).reason == "opted_out"
    assert house.row(2).state == State.SUBMITTED


@pytest.mark.proves("I11")
def test_a_lease_that_ran_out_goes_back_and_its_holder_loses(house: House, time: Time) -> None:
    house.enqueue(3)
    leased = house.database.write(lambda session: claiming.lease(session, NOTICES, 3))
    time.forward(minutes=2)
    house.sweep()
    assert house.states() == {State.READY: 3}
    bodies = house.database.write(lambda session: claiming.texts(session, {leased[0].body_id}))
    assert not house.database.write(lambda s: claiming.announce(s, leased, "twilio", bodies, house.keyring, Handlers()))


def test_a_call_nobody_reported_is_in_doubt_and_asked_about(house: House, time: Time) -> None:
    house.enqueue(1)
    leased = house.database.write(lambda session: claiming.lease(session, NOTICES, 1))
    bodies = house.database.write(lambda session: claiming.texts(session, {leased[0].body_id}))
    house.database.write(lambda s: claiming.announce(s, leased, "twilio", bodies, house.keyring, Handlers()))
    assert house.states() == {State.CALLING: 1}
    time.forward(minutes=2)
    assert house.database.write(lambda s: doubts.overdue(s, State.CALLING, 10, Handlers())) == 1
    house.sweep()
    assert house.states() == {State.UNKNOWN: 1}, (
        "Twilio's list is advisory: not found is no proof, so it is not repeated"
    )


@pytest.mark.proves("D5")
def test_a_page_does_not_wait_behind_a_mass_notice(house: House) -> None:
    house.enqueue(1500)
    thread = threading.Thread(target=house.send)
    thread.start()
    house.wait(lambda: house.stats()["accepted"] > 50)
    id = house.page(9000)
    house.wait(lambda: house.row(id).state != State.READY)
    house.wait(lambda: len(house.messages(9000)) == 1)
    waiting = house.states()[State.READY]
    thread.join(120)
    assert waiting > 0, "the page left while the notice was still being sent"


@pytest.mark.proves("I2")
def test_two_engines_at_once_send_nothing_twice(house: House) -> None:
    house.enqueue(600)
    other = Sender(house.installation, house.gateways, house.handlers)
    engines = [threading.Thread(target=one.run) for one in (house.sender, other)]
    for engine in engines:
        engine.start()
    for engine in engines:
        engine.join()
    other.close()
    assert house.states() == {State.SUBMITTED: 600}
    assert set(house.received().values()) == {1} and house.tally_matches()


def test_an_engine_asked_to_stop_hands_back_what_it_holds(house: House) -> None:
    house.enqueue(2000)
    stopping = threading.Event()
    thread = threading.Thread(target=lambda: house.sender.run(stopping.is_set))
    thread.start()
    house.wait(lambda: house.stats()["accepted"] > 50)
    stopping.set()
    thread.join(60)
    states = house.states()
    assert set(states) <= {State.READY, State.SUBMITTED} and states[State.READY] > 0
    assert house.received().total() == states[State.SUBMITTED]


def test_messages_leave_by_lane_then_by_age(house: House) -> None:
    for lane in (Lane.SURVEY, Lane.UPDATE, Lane.ALL_CLEAR, Lane.FIRST, Lane.CORRECTION):
        house.enqueue(2, first=10 * lane + 1, lane=lane)
    leased = house.database.write(lambda session: claiming.lease(session, NOTICES, 10))
    assert [row.lane for row in leased] == sorted(row.lane for row in leased)


@pytest.mark.proves("I11")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_that_falls_due_during_a_mass_notice_is_seen_although_all_was_quiet_just_before(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both fall due a moment after every line found nothing: no line may leave while another works on."""
    steps: list[str] = []

    async def step(line: Line) -> bool:
        if line == Line(pages=True, exercise=False):
            if "due" not in steps:
                await asyncio.sleep(0.05)  # the last to find nothing
            if "due" not in steps or "page" in steps:
                return False
            steps.append("page")
            return True
        if line == Line(pages=False, exercise=False, channels=("sms",)):
            steps.append("quiet" if "quiet" not in steps else "due" if "due" not in steps else "notice")
            await asyncio.sleep(0.01 if "due" in steps else 0)
            return steps[-1] != "quiet" and len(steps) < 200
        return False

    house.enqueue(1)  # something is due, or nothing would be asked
    monkeypatch.setattr(house.sender, "_step", step)
    while len(steps) < 200:
        house.sender.run()
    assert steps.index("page") < 60
