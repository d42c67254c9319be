"""Orders about roads: paused, slowed, diverted, ended and lapsed; what fails over when a road's own elements are cut off (B4)."""

import threading
import time as wall
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.journal import Entry
from command.core.problems import Conflict, Invalid, NotFound
from command.engine import holds as cycle
from command.messages import road_orders
from command.messages.models import Delivery, Lane, State
from command.messages.sender import ANNOUNCED_AT_ONCE
from command.people import access
from command.people.access import Principal
from tests.conftest import Time
from tests.messages.conftest import Build
from tests.messages.house import House

ADA = Principal(1, "ada", frozenset({"commander"}), None, "en")
ROADS = {"twilio": "sms", "second": "sms", "mail": "email"}
pytestmark = pytest.mark.proves("B4", "D5")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may is looked at where the whole application is (tests/roads)."""
    monkeypatch.setattr(access, "must", lambda *_, **__: None)


def order(house: House, gateway: str, act: Any, minutes: float = 30, **more: Any) -> int:
    def work(session: Session) -> int:
        until = clock.now(session) + timedelta(minutes=minutes)
        return road_orders.order(session, gateway, act, "the provider asks", until, ADA, roads=ROADS, **more).id

    return house.database.write(work)


def gateways(house: House) -> set[str | None]:
    with house.database.read() as session:
        return set(session.scalars(select(Delivery.gateway)))


def kinds(house: House) -> list[str]:
    with house.database.read() as session:
        return [kind for kind in session.scalars(select(Entry.kind).order_by(Entry.seq)) if kind.startswith("roads.")]


def test_a_paused_road_carries_nothing_until_its_order_ends(build: Build, time: Time) -> None:
    house = build(second_gateway=True)
    made = order(house, "twilio", "pause")
    house.enqueue(10)
    house.send()
    assert gateways(house) == {"second"}
    house.database.write(lambda session: road_orders.end(session, made, ADA).id)
    house.enqueue(10, first=101, notice_id=2)
    house.send()
    assert gateways(house) == {"second", "twilio"}
    order(house, "twilio", "pause", minutes=5)
    time.forward(minutes=6)
    assert not cycle.run_once(house.installation)
    assert kinds(house) == ["roads.ordered", "roads.order_ended", "roads.ordered", "roads.order_lapsed"]
    with house.database.read() as session:
        assert road_orders.now(session).paused == frozenset()


def test_a_notice_and_a_lane_are_diverted_the_notice_first(build: Build) -> None:
    house = build(second_gateway=True)
    order(house, "second", "divert", lane=Lane.UPDATE)
    order(house, "twilio", "divert", notice_id=3)
    order(house, "second", "divert", notice_id=4)
    house.enqueue(5, lane=Lane.UPDATE, notice_id=2)
    house.enqueue(5, first=11, lane=Lane.UPDATE, notice_id=3)
    house.enqueue(5, first=21, lane=Lane.FIRST, notice_id=4)
    house.enqueue(5, first=31, lane=Lane.FIRST, notice_id=5)
    house.send()
    with house.database.read() as session:
        went = dict(session.execute(select(Delivery.notice_id, Delivery.gateway)).tuples().all())
    assert went == {2: "second", 3: "twilio", 4: "second", 5: "twilio"}


def test_a_slowed_road_keeps_its_rate(house: House) -> None:
    order(house, "twilio", "slow", rate=5)
    house.enqueue(30)
    begun = wall.monotonic()
    house.sender.run(lambda: wall.monotonic() - begun > 2.2)
    assert 5 <= house.states()[State.SUBMITTED] <= 20


def test_pages_keep_a_road(house: House) -> None:
    order(house, "second", "pause")
    with pytest.raises(Conflict, match="pages"):
        order(house, "twilio", "pause")
    order(house, "mail", "pause")


@pytest.mark.parametrize(
    ("gateway", "act", "more", "field"),
    [
        ("gone", "pause", {}, "gateway"),
        ("twilio", "pause", {"minutes": 1500}, "minutes"),
        ("twilio", "pause", {"minutes": 0}, "minutes"),
        ("twilio", "slow", {}, "rate"),
        ("twilio", "pause", {"rate": 5}, "rate"),
        ("twilio", "divert", {}, "lane"),
        ("twilio", "divert", {"lane": Lane.FIRST, "notice_id": 1}, "lane"),
    ],
)
def test_an_order_that_cannot_be_names_its_field(
    house: House, gateway: str, act: str, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        order(house, gateway, act, **more)
    assert refused.value.field == field


def test_an_order_takes_the_place_of_one_about_the_same_thing_and_ends_once(house: House) -> None:
    first, second = order(house, "twilio", "slow", rate=5), order(house, "twilio", "slow", rate=9)
    with house.database.read() as session:
        assert dict(road_orders.now(session).rates) == {"twilio": 9}
    with pytest.raises(Conflict):
        house.database.write(lambda session: road_orders.end(session, first, ADA).id)
    house.database.write(lambda session: road_orders.end(session, second, ADA).id)
    with pytest.raises(NotFound):
        house.database.write(lambda session: road_orders.end(session, 999, ADA).id)


@pytest.mark.proves("I2", "I9")
def test_when_a_roads_own_element_fails_the_next_call_takes_another_within_two_seconds(build: Build) -> None:
    lost: set[str] = set()
    house = build(
        gateway={"elements": ("SMSC-1",), "rate": 200},
        others=({"name": "second", "elements": (), "rate": 200},),
        cut_off=lambda session: frozenset(lost),
    )
    house.fault("latency", ms=20)
    house.enqueue(1500)
    sending = threading.Thread(target=house.send)
    sending.start()
    house.wait(lambda: house.states()[State.SUBMITTED] + house.states()[State.DELIVERED] > 50)
    assert gateways(house) <= {"twilio", None}
    lost.add("SMSC-1")
    failed = wall.monotonic()
    house.wait(lambda: "second" in gateways(house))
    assert wall.monotonic() - failed < 2
    before = _of_the_first(house)
    sending.join(60)
    house.settle_down()
    assert _of_the_first(house) <= before + ANNOUNCED_AT_ONCE, "only what was under way at its failure ends there"
    assert house.states() == {State.DELIVERED: 1500} and set(house.received().values()) == {1}


def _of_the_first(house: House) -> int:
    with house.database.read() as session:
        mine = (Delivery.gateway == "twilio", Delivery.state.in_((State.SUBMITTED, State.SENT, State.DELIVERED)))
        return len(session.scalars(select(Delivery.id).where(*mine)).all())
