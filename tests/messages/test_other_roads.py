"""Who was not reached is tried once by another road, and nobody in doubt is: end to end over the simulator, on both databases."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from command.engine import fan_out
from command.messages import outbox, second, second_counts
from command.messages.models import Delivery, Lane, State
from command.messages.second_counts import SecondRoad
from command.network.models import Subscriber
from tests.conftest import Time
from tests.messages.conftest import Build
from tests.messages.house import House, number
from tests.notices.house import CLEAR, FIRST
from tests.notices.house import House as Network
from tests.notices.policies import written

VOICE = {"name": "voice", "transport": "twilio_voice", "sender": "+8610690000"}
PUSH = {"name": "app", "transport": "push", "look_up": "authoritative", "kinds": ("first", "all_clear")}
HOSPITAL, APP = 1, 2
"""The first subscriber is a hospital, the second has the carrier's app."""


class Town:
    """Four subscribers on one element that is cut off, and every kind of gateway."""

    def __init__(self, build: Build, *others: dict[str, Any], **given: Any) -> None:
        self.house: House = build(others=others, roads=True, simulator_options=("--longest-gather", "0.5"), **given)
        self.network = Network(self.house.installation, elements=1)
        self.ids = self.house.database.write(self._equip)
        self.network.fail([1])

    def _equip(self, session: Any) -> list[int]:
        ids = list(session.scalars(select(Subscriber.id).order_by(Subscriber.id)))
        keyring = self.house.keyring
        session.execute(update(Subscriber).where(Subscriber.id == ids[0]).values(critical="hospital", language="zh"))
        app = {"app": keyring.encrypt("user-7f"), "app_index": keyring.index("user-7f")}
        session.execute(update(Subscriber).where(Subscriber.id == ids[1]).values(**app))
        return ids

    def first(self) -> int:
        return self.network.first()

    def round(self) -> None:
        """Fan out, send and let everything land."""
        while fan_out.run_once(self.house.installation):
            pass
        self.house.send()
        self.house.settle_down()

    def settled(self, person: int, *states: State) -> Delivery:
        """Work until the message to the person is in one of the states."""

        def there() -> bool:
            self.house.send()
            self.house.apply()
            return State(self.row(person).state) in states

        self.house.wait(there)
        return self.row(person)

    def row(self, person: int, notice: int | None = None) -> Delivery:
        with self.house.database.read() as session:
            query = select(Delivery).where(Delivery.addressee == self.ids[person - 1]).order_by(Delivery.id.desc())
            if notice is not None:
                query = query.where(Delivery.notice_id == notice)
            found: Delivery = session.scalars(query.limit(1)).one()
            session.expunge(found)
            return found

    def texts(self, person: int) -> int:
        return self.house.received()[number(person - 1)]

    def calls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.house.http.get("/api/calls").json()["items"]
        return found

    def pushes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.house.http.get("/api/pushes").json()["items"]
        return found

    def fault(self, kind: str, **more: Any) -> None:
        self.house.http.post("/api/faults", json={"kind": kind, "rate": 1, **more}).raise_for_status()


@pytest.fixture
def town(build: Build) -> Callable[..., Town]:
    return lambda *others, **given: Town(build, *others, **given)


@pytest.mark.proves("R5", "B4")
def test_a_hospital_is_called_and_hears_the_notice_twice(town: Callable[..., Town]) -> None:
    there = town(VOICE)
    there.first()
    there.round()
    hospital = there.settled(HOSPITAL, State.DELIVERED)
    assert (hospital.channel, hospital.gateway, hospital.first_channel) == ("voice", "voice", None)
    (call,) = there.calls()
    assert call["said"] == [FIRST["zh"], FIRST["zh"]]
    assert there.texts(HOSPITAL) == 0 and there.texts(APP) == 1 and there.network.tally_is_true()


@pytest.mark.proves("R5", "B4", "B11", "I2")
@pytest.mark.parametrize("ending", ["no-answer", "busy", "failed"])
def test_a_hospital_that_does_not_answer_gets_an_sms_once(town: Callable[..., Town], ending: str) -> None:
    there = town(VOICE)
    there.fault(f"call:{ending}")
    there.first()
    there.round()
    hospital = there.settled(HOSPITAL, State.DELIVERED)
    assert (hospital.channel, hospital.gateway) == ("sms", "twilio")
    assert (hospital.first_channel, hospital.first_gateway, hospital.first_code) == ("voice", "voice", ending)
    assert there.texts(HOSPITAL) == 1 and len(there.calls()) == 1 and there.network.tally_is_true()


@pytest.mark.proves("B11", "I2")
def test_the_second_road_is_the_last(town: Callable[..., Town]) -> None:
    there = town(VOICE, second_gateway=True)
    there.fault("call:no-answer")
    there.fault("receipt:30003")
    there.first()
    there.round()
    hospital = there.settled(HOSPITAL, State.UNDELIVERED)
    assert (hospital.code, hospital.first_code) == ("30003", "no-answer")
    there.settled(APP, State.UNDELIVERED)
    there.round()
    assert there.texts(HOSPITAL) == 1 and there.texts(APP) == 2, "the others had an SMS by each of the two gateways"


def test_without_a_voice_gateway_a_hospital_gets_an_sms_as_everybody(town: Callable[..., Town]) -> None:
    there = town()
    there.first()
    there.round()
    assert there.settled(HOSPITAL, State.DELIVERED).channel == "sms" and there.texts(HOSPITAL) == 1


def test_an_operator_may_decide_that_nobody_is_called(town: Callable[..., Town]) -> None:
    there = town(VOICE, more_settings={"call_critical": False})
    there.first()
    there.round()
    assert there.settled(HOSPITAL, State.DELIVERED).channel == "sms" and there.calls() == []


@pytest.mark.proves("R5", "B4")
@pytest.mark.parametrize(
    ("calls", "first", "clear"),
    [
        ({"classes": {"hospital": ["first"]}}, "voice", "sms"),
        ({"classes": {"hospital": []}}, "sms", "sms"),
        ({"classes": {"hospital": ["all_clear"]}, "otherwise": []}, "sms", "voice"),
        ({"classes": {"school": []}}, "voice", "voice"),
        ({"classes": {"school": ["first"]}, "otherwise": []}, "sms", "sms"),
    ],
)
def test_an_operator_says_by_class_who_is_called_of_what(
    town: Callable[..., Town], tmp_path: Path, calls: dict[str, Any], first: str, clear: str
) -> None:
    there = town(VOICE, more_settings={"notices": written(tmp_path, calls=calls)})
    notice = there.first()
    while fan_out.run_once(there.house.installation):
        pass
    there.network.land(State.SUBMITTED)
    there.network.fail([])
    end = there.network.heal()
    while fan_out.run_once(there.house.installation):
        pass
    assert (there.row(HOSPITAL, notice).channel, there.row(HOSPITAL, end).channel) == (first, clear)
    assert {there.row(person, notice).channel for person in (2, 3, 4)} == {"sms"}


def test_the_second_road_is_a_call_only_where_that_class_is_called(town: Callable[..., Town], tmp_path: Path) -> None:
    asked = written(tmp_path, calls={"classes": {"hospital": ["all_clear"]}})
    there = town(VOICE, more_settings={"notices": asked})
    there.fault("receipt:30003")
    there.first()
    there.round()
    hospital = there.settled(HOSPITAL, State.UNDELIVERED)
    assert (hospital.channel, hospital.first_channel) == ("sms", None) and there.calls() == []


@pytest.mark.proves("R5")
def test_the_app_shows_a_signed_message_and_tells_of_it(town: Callable[..., Town]) -> None:
    there = town(PUSH)
    there.first()
    there.round()
    row = there.settled(APP, State.DELIVERED)
    (push,) = there.pushes()
    assert (push["user"], push["text"], push["kind"], push["incident"]) == ("user-7f", FIRST["zh"], "first", "INC-1")
    assert push["title"] and push["language"] == "zh" and push["id"] == row.attempt
    assert there.texts(APP) == 0 and row.gateway == "app"
    with there.house.database.read() as session:
        mine = session.scalar(select(Subscriber.number_index).where(Subscriber.id == there.ids[APP - 1]))
    assert row.recipient == mine, "an opt-out by the number covers the app"


@pytest.mark.proves("R5", "B4", "I2")
@pytest.mark.parametrize(("fault", "code"), [("push:not_seen", "not_seen"), ("push:no_device", "no_device")])
def test_a_push_that_is_lost_becomes_an_sms(town: Callable[..., Town], fault: str, code: str) -> None:
    there = town(PUSH)
    there.fault(fault)
    there.first()
    there.round()
    row = there.settled(APP, State.DELIVERED)
    assert (row.channel, row.first_channel, row.first_code) == ("sms", "push", code)
    assert there.house.keyring.decrypt(row.number) == number(APP - 1)
    assert there.texts(APP) == 1 and there.network.tally_is_true()


@pytest.mark.proves("B11", "I1", "I2")
@pytest.mark.parametrize("fault", ["push:reset_after", "push:reset_before", "push:500"])
def test_a_doubtful_push_is_asked_about_and_never_doubled(town: Callable[..., Town], time: Time, fault: str) -> None:
    there = town(PUSH)
    there.fault(fault, times=1)
    there.first()
    there.round()
    time.forward(minutes=2)
    there.house.sweep()
    row = there.settled(APP, State.DELIVERED)
    assert len(there.pushes()) == 1 and there.texts(APP) == 0 and row.channel == "push"


@pytest.mark.proves("B11", "I2")
def test_a_push_in_doubt_without_proof_is_never_told_again(town: Callable[..., Town], time: Time) -> None:
    """The look-up is no proof here, and the receipt is lost: unknown, shown, neither pushed nor texted again."""
    there = town({**PUSH, "look_up": "none"})
    there.fault("push:reset_after", times=1)
    there.fault("push:receipt_lost")
    there.first()
    there.round()
    time.forward(minutes=20)
    there.house.sweep()
    there.round()
    row = there.row(APP)
    assert (row.state, row.reason, row.first_channel) == (State.UNKNOWN, "never_confirmed", None)
    assert len(there.pushes()) == 1 and there.texts(APP) == 0


def test_a_receipt_that_comes_twice_takes_the_second_road_once(town: Callable[..., Town]) -> None:
    there = town(PUSH)
    there.fault("push:not_seen")
    there.fault("push:receipt_doubled")
    there.first()
    there.round()
    there.settled(APP, State.DELIVERED)
    there.round()
    assert there.texts(APP) == 1


@pytest.mark.proves("B4")
def test_an_app_that_is_out_of_service_is_not_waited_for(town: Callable[..., Town]) -> None:
    there = town({**PUSH, "auth_token": "another-secret-than-the-backend-has"})
    there.first()
    there.round()
    row = there.settled(APP, State.DELIVERED)
    assert (row.channel, row.first_channel, row.first_code) == ("sms", "push", "no_road") and there.texts(APP) == 1


@pytest.mark.proves("B4")
def test_a_phone_that_is_off_is_tried_by_the_other_gateway_and_a_landline_is_called(town: Callable[..., Town]) -> None:
    there = town(VOICE, second_gateway=True, more_settings={"call_critical": False})
    there.fault("receipt:30003", times=1)
    there.first()
    there.round()
    rows = {person: there.settled(person, State.DELIVERED) for person in (1, 2, 3, 4)}
    (again,) = [row for row in rows.values() if row.first_channel]
    assert (again.first_gateway, again.gateway, again.first_code) == ("twilio", "second", "30003")
    assert there.calls() == []
    with there.house.database.read() as session:
        assert second_counts.of(session, rows[1].notice_id or 0) == SecondRoad(told=1)


def test_a_landline_is_called(town: Callable[..., Town]) -> None:
    there = town(VOICE, more_settings={"call_critical": False})
    there.fault("receipt:30006", times=1)
    there.first()
    there.round()
    rows = [there.settled(person, State.DELIVERED) for person in (1, 2, 3, 4)]
    (again,) = [row for row in rows if row.first_channel]
    assert (again.channel, again.first_channel, again.first_code) == ("voice", "sms", "30006")


@pytest.mark.parametrize("code", ["30005", "30004", "30007"])
def test_a_number_or_a_text_at_fault_is_not_tried_elsewhere(town: Callable[..., Town], code: str) -> None:
    there = town(second_gateway=True)
    there.fault(f"receipt:{code}")
    there.first()
    there.round()
    assert there.settled(APP, State.UNDELIVERED, State.FAILED).first_channel is None and there.texts(APP) == 1


@pytest.mark.proves("I8", "B12")
def test_who_was_told_the_end_meanwhile_gets_no_outage_news_by_the_second_road(town: Callable[..., Town]) -> None:
    """The first SMS did not reach, the outage ended, the all-clear went to everybody told: the second road is too late."""
    there = town(VOICE, second_gateway=True, more_settings={"call_critical": False})
    notice = there.first()
    while fan_out.run_once(there.house.installation):
        pass
    there.network.land(State.SUBMITTED)
    there.network.fail([])
    there.network.heal()
    while fan_out.run_once(there.house.installation):
        pass

    there.house.database.write(lambda session: _undelivered(session, there, notice))
    assert there.row(APP, notice).state == State.READY
    there.house.send()
    row = there.row(APP, notice)
    assert (row.state, row.reason, row.code) == (State.UNDELIVERED, "told_the_end", "30003")
    assert there.texts(APP) == 1, "the all-clear alone"


def test_an_exercise_calls_nobody_and_takes_no_second_road(town: Callable[..., Town]) -> None:
    there = town(VOICE, PUSH)
    there.network.fail([1], incident=2, exercise=True)
    there.network.first(2, exercise=True)
    there.round()
    with there.house.database.read() as session:
        rows = session.scalars(select(Delivery).where(Delivery.exercise.is_(True))).all()
    assert {(row.channel, row.first_channel) for row in rows} == {("sms", None)}
    assert there.calls() == [] and there.pushes() == []


def test_an_update_is_worth_no_call_and_an_all_clear_is(town: Callable[..., Town]) -> None:
    there = town(VOICE)
    there.first()
    there.round()
    there.network.fail([])
    clear = there.network.heal()
    there.round()
    assert there.settled(HOSPITAL, State.DELIVERED).channel == "voice" and there.row(HOSPITAL, clear).notice_id == clear
    assert [call["said"][0] for call in there.calls()] == [CLEAR["zh"], FIRST["zh"]]


@pytest.mark.proves("I8", "B12")
def test_who_waits_for_the_second_road_when_service_returns_hears_what_they_missed(town: Callable[..., Town]) -> None:
    """The first road did not reach, the second has not been called, the outage ends: no outage news any more, but word of what was."""
    there = town(second_gateway=True)
    notice = there.first()
    while fan_out.run_once(there.house.installation):
        pass
    there.network.land(State.SUBMITTED)
    there.house.database.write(lambda session: _undelivered(session, there, notice))
    there.network.fail([])
    clear = there.network.heal()
    there.round()
    there.round()
    assert there.row(APP, notice).state == State.WITHDRAWN and there.texts(APP) == 1
    assert there.settled(APP, State.DELIVERED).notice_id == clear


def _undelivered(session: Any, there: Town, notice: int) -> None:
    """What a receipt says that nobody was reached."""
    rows = outbox.lock(session, outbox.deliveries.c.notice_id == notice)
    changes = {row.id: {"id": row.id, "state": State.UNDELIVERED, "code": "30003"} for row in rows}
    second.turn(session, rows, changes, there.house.handlers.roads)
    outbox.change(session, rows, changes, there.house.handlers)


ROADS = (("a", "sms"), ("b", "sms"), ("v", "voice"), ("p", "push"))


@pytest.mark.parametrize(
    ("channel", "gateway", "code", "lane", "able", "then"),
    [
        ("voice", "v", "no-answer", Lane.FIRST, "c", "sms"),
        ("push", "p", "not_seen", Lane.ALL_CLEAR, "p", "sms"),
        ("push", None, "no_road", Lane.UPDATE, "p", "sms"),
        ("sms", "a", "30003", Lane.FIRST, "", "sms"),
        ("sms", "a", "30006", Lane.FIRST, "", "voice"),
        ("sms", "a", "30006", Lane.ALL_CLEAR, "c", None),
    ],
)
def test_which_road_is_the_second(
    channel: str, gateway: str | None, code: str, lane: Lane, able: str, then: str | None
) -> None:
    assert second.another(channel, gateway, code, lane, ROADS, able) == then


def test_with_one_gateway_of_a_kind_the_app_and_then_the_call_stand_in() -> None:
    roads = (("a", "sms"), ("v", "voice"), ("p", "push"))
    chosen = [second.another("sms", "a", "30003", Lane.FIRST, roads, able) for able in ("pc", "c", "")]
    assert chosen == ["push", "voice", None]
    assert second.another("sms", "a", "30003", Lane.UPDATE, roads, "c") is None, "an update is worth no call"
    assert second.another("sms", "a", "30003", Lane.FIRST, (("a", "sms"),), "pc") is None
