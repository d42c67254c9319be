"""Who is told, and told again when it is over: the audience lives with the outage (B1, B2, B12, I8)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from command.messages.models import Body, Delivery, OptOut, State
from command.network.models import Subscriber
from command.notices import service
from command.notices.models import Kind, NoticeState, Passed
from tests.conftest import Time
from tests.notices.house import ANN, CLEAR, FIRST, MISSED, UPDATE, WRONG, House, about


@pytest.mark.proves("B1", "D5")
def test_the_first_notice_goes_to_exactly_those_cut_off_each_in_their_language(house: House) -> None:
    house.fail([1, 2])
    notice = house.first()
    house.fan_out()
    assert house.people(notice) == house.on(1, 2)
    with house.database.read() as session:
        rows = session.execute(
            select(Subscriber.language, Body.text)
            .join(Delivery, Delivery.addressee == Subscriber.id)
            .join(Body, Body.id == Delivery.body_id)
        ).all()
    assert dict(row._tuple() for row in rows) == FIRST
    assert house.tally_is_true()


@pytest.mark.proves("B12")
def test_when_the_outage_grows_only_the_newly_cut_off_are_added(house: House) -> None:
    house.fail([1])
    notice = house.first()
    house.fan_out()
    house.fail([1, 2])
    assert house.grow() == notice
    house.fan_out()
    assert house.people(notice) == house.on(1, 2)


@pytest.mark.proves("B2", "I8")
def test_the_all_clear_goes_to_exactly_those_told(house: House) -> None:
    house.fail([1, 2])
    first = house.first()
    house.fan_out()
    house.land(limit=5)
    house.fail([])
    clear = house.heal(missed=False)
    house.fan_out()
    assert clear is not None
    told = house.people(first, State.SUBMITTED)
    assert len(told) == 5
    assert house.people(clear) == told


@pytest.mark.proves("B2")
def test_what_is_still_queued_when_service_returns_never_leaves(house: House) -> None:
    house.fail([1, 2])
    first = house.first()
    house.fan_out()
    house.fail([])
    house.heal(missed=False)
    house.fan_out()
    assert house.people(first, State.READY, State.LEASED) == set()
    assert house.people(first, State.WITHDRAWN) == house.on(1, 2)


@pytest.mark.proves("B12", "I8")
def test_an_area_that_recovers_gets_its_all_clear_while_the_rest_waits(house: House) -> None:
    house.fail([1, 2])
    house.first()
    house.fan_out()
    house.land()
    house.fail([2])
    clear = house.heal()
    house.fan_out()
    assert clear is not None and house.people(clear) == house.on(1)
    house.fail([])
    assert house.heal() == clear, "the same words go on"
    house.fan_out()
    assert house.people(clear) == house.on(1, 2)


@pytest.mark.proves("B12")
def test_those_never_reached_get_one_message_that_it_was_out_and_is_back(house: House) -> None:
    house.fail([1])
    first = house.first()
    house.fan_out()
    house.land(limit=1)
    house.fail([])
    clear = house.heal()
    house.fan_out()
    assert clear is not None and house.people(clear) == house.on(1)
    with house.database.read() as session:
        query = select(Body.text).join(Delivery, Delivery.body_id == Body.id).where(Delivery.notice_id == clear)
        texts = list(session.scalars(query))
    assert sum(text in MISSED.values() for text in texts) == house.each - len(house.people(first, State.SUBMITTED))
    assert sum(text in CLEAR.values() for text in texts) == 1


def test_an_all_clear_waits_for_messages_in_the_air_and_then_reaches_those_told(house: House, time) -> None:  # type: ignore[no-untyped-def]
    house.fail([1])
    first = house.first()
    house.fan_out()
    house.land(State.CALLING)
    house.fail([])
    clear = house.heal(missed=False)
    house.fan_out()
    assert clear is not None and house.people(clear) == set()
    house.land(State.SUBMITTED, first, limit=3)
    house.land(State.READY, first)
    time.forward(seconds=2)
    house.fan_out()
    told = house.people(first, State.SUBMITTED)
    assert house.people(clear) == told and len(told) == 3
    assert not house.people(first, State.READY, State.CALLING), "one handed back is taken back, not sent"


@pytest.mark.proves("B12", "I8")
def test_a_failure_after_the_all_clear_begins_a_new_round(house: House) -> None:
    house.fail([1])
    first = house.first()
    house.fan_out()
    house.land()
    house.fail([])
    clear = house.heal()
    house.fan_out()
    house.land()
    house.fail([1, 2])
    again = house.grow()
    house.fan_out()
    assert again not in (None, first) and house.people(again) == house.on(1, 2)
    house.land()
    house.fail([])
    last = house.heal()
    house.fan_out()
    assert last not in (None, clear) and house.people(last) == house.on(1, 2)


def test_a_queued_all_clear_that_is_no_longer_true_is_taken_back(house: House) -> None:
    house.fail([1])
    first = house.first()
    house.fan_out()
    house.land()
    house.fail([])
    clear = house.heal()
    house.fan_out()
    house.fail([1])
    house.grow()
    house.fan_out()
    assert house.people(clear or 0, State.READY) == set()
    house.fail([])
    again = house.heal()
    house.fan_out()
    assert house.people(again or 0) == house.people(first), "told before, and owed an all-clear still"


@pytest.mark.proves("B12", "I8")
def test_who_is_still_cut_off_by_another_incident_is_passed_to_it(house: House) -> None:
    house.fail([1], incident=1)
    house.first(incident=1)
    house.fan_out()
    house.land()
    house.fail([1], incident=2)
    house.fail([], incident=1)
    first_clear = house.heal(incident=1)
    house.fan_out()
    assert house.people(first_clear or 0) == set()
    with house.database.read() as session:
        assert set(session.scalars(select(Passed.addressee).where(Passed.incident_id == 2))) == house.on(1)
    house.fail([], incident=2)
    clear = house.heal(incident=2)
    house.fan_out()
    assert house.people(clear or 0) == house.on(1)
    assert house.heal(incident=1) is None or house.fan_out() is None
    assert house.people(first_clear or 0) == set(), "one all-clear, not two"


@pytest.mark.proves("I3")
def test_a_drill_on_the_same_elements_keeps_nobody_from_their_all_clear(house: House) -> None:
    house.fail([1])
    house.first()
    house.fan_out()
    house.land()
    house.fail([1], incident=2, exercise=True)
    house.fail([])
    clear = house.heal()
    house.fan_out()
    assert house.people(clear or 0) == house.on(1)


def test_an_update_goes_to_those_told_and_still_affected_unless_they_opted_out(house: House, time: Time) -> None:
    house.fail([1, 2])
    house.first()
    house.fan_out()
    house.land(limit=6)
    time.forward(minutes=60)
    house.fail([1])
    gone = min(house.on(1))

    def work(session):  # type: ignore[no-untyped-def]
        person = session.get_one(Subscriber, gone)
        session.add(OptOut(recipient=person.number_index, at=service.clock.now(session), source="reply"))
        update = service.draft(
            session, about(), Kind.UPDATE, UPDATE, validity_minutes=30, pre_approved_cap=99, automatic=True,
            by=ANN.actor, correction=WRONG,
        )  # fmt: skip
        return service.submit(session, update, ANN.actor).id

    update = house.database.write(work)
    house.fan_out()
    assert house.people(update, State.READY) == house.on(1) - {gone}
    assert house.people(update, State.SUPPRESSED) == {gone}
    assert house.tally_is_true()


def test_a_correction_goes_to_exactly_those_the_wrong_notice_told(house: House) -> None:
    house.fail([1])
    first = house.first()
    house.fan_out()
    house.land(limit=2)
    correction = house.database.write(
        lambda session: service.correct(session, session.get_one(service.Notice, first), ANN.actor, "wrong area").id
    )
    house.fan_out()
    assert house.people(correction) == house.people(first, State.SUBMITTED)
    assert house.notice(first).state == NoticeState.WITHDRAWN


def test_a_notice_is_finished_when_all_its_messages_have_left(house: House) -> None:
    house.fail([1])
    first = house.first()
    house.fan_out()
    assert house.notice(first).state == NoticeState.SENDING
    house.land()
    house.fan_out()
    assert house.notice(first).state == NoticeState.SENT


def test_quiet_hours_hold_the_messages_until_their_time(house: House, time) -> None:  # type: ignore[no-untyped-def]
    house.fail([1])
    morning = time.now() + timedelta(hours=8)

    def work(session):  # type: ignore[no-untyped-def]
        notice = service.draft(
            session, about(), Kind.FIRST, FIRST, validity_minutes=60, pre_approved_cap=99, automatic=True,
            by=ANN.actor, correction=WRONG, release_at=morning,
        )  # fmt: skip
        return service.submit(session, notice, ANN.actor).id

    notice = house.database.write(work)
    house.fan_out()
    with house.database.read() as session:
        times = select(Delivery.due_at, Delivery.valid_until).where(Delivery.notice_id == notice).distinct()
        found = session.execute(times).tuples().all()
    assert found == [(morning, morning + timedelta(minutes=60))]
