"""Routes as data: the first rule that fits, what is refused in the file, and messages that leave by the road a rule names."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from command.messages import routes, routing
from command.messages.models import EXERCISE_GATEWAY, Delivery, Lane, Purpose, State
from command.messages.routing import AS_SET, Order, Table
from command.messages.sender import Sender
from notifiers.base import Capabilities
from playbooks.source import SourceError, load_text
from tests.messages.conftest import Build

pytestmark = pytest.mark.proves("D5", "B4")
ABLE = Capabilities(two_way=True, url=True, voice=False, unicode=True, daily_cap=None, look_up="advisory")
OFFERS = [routes.Offer(name, ABLE) for name in ("one", "two", "three")]


def table(text: str) -> Table:
    return load_text(text, "routes.yaml", Table)


def test_the_shipped_file_leaves_the_order_of_the_settings() -> None:
    assert routing.table().rules == () and routing.order(routing.table(), Lane.FIRST) == AS_SET


def test_the_first_rule_that_fits_decides() -> None:
    made = table(
        """
rules:
  - {lanes: [page], gateways: [two]}
  - {areas: [N-1], prefixes: ["+86138"], gateways: [three, two]}
  - {areas: [N-1], gateways: [two], only: true}
"""
    )
    assert routing.order(made, Lane.PAGE, ["N-1"], "+8613800000000").first == ("two",)
    assert routing.order(made, Lane.FIRST, ["N-1-1", "N-1"], "+8613800000000").first == ("three", "two")
    assert routing.order(made, Lane.FIRST, ["N-1"], "+8613900000000") == Order(("two",), only=True)
    assert routing.order(made, Lane.FIRST, [], "+8613800000000") == AS_SET, "where somebody is, is not known"


@given(
    st.lists(st.sampled_from(["one", "two", "three", "gone"]), min_size=1, max_size=4, unique=True),
    st.booleans(),
    st.sampled_from(Lane),
)
def test_a_rule_orders_what_is_able_and_never_takes_an_exercise_out_of_its_gateway(
    first: list[str], only: bool, lane: Lane
) -> None:
    order = Order(tuple(first), only)
    found = routes.choose(lane, False, OFFERS, needs=routes.Needs(channel="sms"), order=order).gateways
    known = [name for name in first if name != "gone"]
    assert list(found[: len(known)]) == known
    assert set(found) == (set(known) if only else {"one", "two", "three"})
    drilled = [*OFFERS, routes.Offer(EXERCISE_GATEWAY, ABLE)]
    assert routes.choose(lane, True, drilled, needs=routes.Needs(channel="sms"), order=order).gateways == ("exercise",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: [{lanes: [pager], gateways: [one]}]", "pager"),
        ("rules: [{gateways: []}]", "gateways"),
        ('rules: [{prefixes: ["138"], gateways: [one]}]', "prefixes"),
        ("rules: [{gateway: one}]", "gateway"),
    ],
)
def test_a_fault_in_the_file_names_line_and_field(text: str, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        table(text)
    assert said in str(caught.value) and "routes.yaml:1" in str(caught.value)


def test_what_this_installation_does_not_have_is_named() -> None:
    made = table("rules: [{areas: [X], gateways: [one, gone]}, {gateways: [one], only: true}]")
    found = routing.faults(made, ["one", "two"], {"A": None})
    assert len(found) == 3 and "'gone'" in found[0] and "'X'" in found[1] and "second" in found[2]


def test_messages_leave_by_the_road_of_their_lane_area_and_number(build: Build) -> None:
    house = build(second_gateway=True)
    made = table(
        """
rules:
  - {lanes: [correction], gateways: [second]}
  - {areas: [N-1], gateways: [second]}
  - {prefixes: ["+861200000007"], gateways: [second], only: true}
"""
    )
    house.sender = Sender(
        house.installation,
        house.gateways,
        house.handlers,
        areas_of=lambda session, ids: {id: ("N-1-1", "N-1") for id in ids if id <= 5},
        table=made,
    )
    house.enqueue(20)
    house.enqueue(4, first=41, lane=Lane.CORRECTION, notice_id=2)
    house.enqueue(2, first=74, notice_id=3)
    house.enqueue(1, first=90, purpose=Purpose.CASE, notice_id=None)
    house.send()
    house.settle_down()
    assert house.states() == {State.DELIVERED: 27} and set(house.received().values()) == {1}
    with house.database.read() as session:
        went = session.execute(select(Delivery.addressee, Delivery.gateway)).tuples().all()
    second = {addressee for addressee, gateway in went if gateway == "second"}
    assert second == {*range(1, 6), *range(41, 45), 74, 75}
    assert Counter(gateway for _, gateway in went)["twilio"] == 16
