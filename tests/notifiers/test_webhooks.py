"""Receipts and replies over a real HTTP listener: signed by the simulator, checked by Twilio's own validator."""

import socket

import pytest

from notifiers.base import RANK, BadWebhook, Inbound, Receipt
from notifiers.simulator import Settings, Simulator
from notifiers.simulator.signing import sign
from notifiers.twilio_codes import STATES
from notifiers.twilio_webhooks import parse_inbound, parse_receipt, valid_signature
from tests.notifiers.conftest import PHONE, SENDER, TOKEN, House, message
from tests.notifiers.listener import Delivery, ScriptedServer


def genuine(delivery: Delivery, **changes: str) -> bool:
    return valid_signature(delivery.url, delivery.params | changes, delivery.signature, TOKEN)


def test_receipts_come_back_signed_and_bear_the_attempt(house: House) -> None:
    (outcome,) = house.send(message(0xBEEF))
    deliveries = [house.listener.next() for _ in range(2)]
    assert all(genuine(delivery) for delivery in deliveries)
    assert [parse_receipt(delivery.params, delivery.query) for delivery in deliveries] == [
        Receipt(str(outcome.provider_id), f"{0xBEEF:032x}", status) for status in ("sent", "delivered")
    ]
    assert deliveries[0].query["via"] == "twilio"


def test_a_forged_receipt_is_not_genuine(house: House) -> None:
    house.send(message())
    delivery = house.listener.next()
    assert not genuine(delivery, MessageStatus="failed")
    assert not valid_signature(delivery.url + "&x=1", delivery.params, delivery.signature, TOKEN)
    assert not valid_signature(delivery.url, delivery.params, delivery.signature, "another token")
    assert not valid_signature(delivery.url, delivery.params, None, TOKEN)
    assert not valid_signature(delivery.url, delivery.params, "ünsigned", TOKEN)


@pytest.mark.parametrize("signed_for", ["https://tocsin.example/hooks", "https://tocsin.example:443/hooks"])
@pytest.mark.parametrize("configured", ["https://tocsin.example/hooks", "https://tocsin.example:443/hooks"])
def test_a_port_said_or_left_out_is_the_same_address(signed_for: str, configured: str) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "sent"}
    assert valid_signature(configured, form, sign(signed_for, form, TOKEN), TOKEN)
    assert not valid_signature(configured, form, sign(signed_for, form, "another token"), TOKEN)


@pytest.mark.parametrize(
    ("code", "statuses"),
    [("30003", ["sent", "undelivered"]), ("30008", ["sent", "undelivered"]), ("30036", ["failed"])],
)
def test_a_delivery_may_end_badly_with_its_code(house: House, code: str, statuses: list[str]) -> None:
    house.fault(f"receipt:{code}")
    house.send(message())
    deliveries = [house.listener.next() for _ in statuses]
    assert [delivery.params["MessageStatus"] for delivery in deliveries] == statuses
    assert parse_receipt(deliveries[-1].params, deliveries[-1].query).code == code


def test_lost_receipts_never_arrive(house: House) -> None:
    house.fault("callback_lost", times=2)
    house.send(message(1), message(2))
    assert house.listener.next().query["attempt"] == f"{2:032x}"
    assert house.stats()["callbacks_lost"] == 2


def test_doubled_receipts_arrive_twice(house: House) -> None:
    house.fault("callback_doubled")
    house.send(message())
    assert house.listener.statuses(4) == ["sent", "sent", "delivered", "delivered"]


def test_reordered_receipts_arrive_last_first_and_the_message_is_delivered(house: House) -> None:
    house.fault("callback_reordered")
    house.send(message())
    assert house.listener.statuses(2) == ["delivered", "sent"]
    assert house.texts()[0]["status"] == "delivered"


@pytest.mark.proves("I1")
def test_a_receipt_the_application_could_not_take_is_told_again(house: House) -> None:
    house.listener.answers = [503]
    house.send(message())
    assert sorted(house.listener.statuses(3)) == ["delivered", "sent", "sent"]


@pytest.mark.parametrize("status", sorted(STATES))
def test_every_status_of_the_provider_has_a_rank(status: str) -> None:
    receipt = parse_receipt({"MessageSid": "SM1", "MessageStatus": status}, {})
    assert receipt.attempt is None
    assert receipt.status in RANK


@pytest.mark.parametrize(
    ("params", "field"),
    [({"MessageStatus": "sent"}, "MessageSid"), ({"MessageSid": "SM1"}, "MessageStatus"),
     ({"MessageSid": "SM1", "MessageStatus": "teleported"}, "MessageStatus")],
)  # fmt: skip
def test_a_receipt_that_cannot_be_is_refused_with_the_field(params: dict[str, str], field: str) -> None:
    with pytest.raises(BadWebhook, match=f"^{field}: "):
        parse_receipt(params, {})


def test_a_reply_typed_on_a_phone_reaches_the_application_signed(house: House) -> None:
    house.send(message(), status_callback=None)
    status, answer = house.call("POST", f"/api/phones/{PHONE}/reply", {"body": "收到 7731"})
    delivery = house.listener.next()
    assert (status, answer["delivered"]) == (202, True)
    assert genuine(delivery)
    assert parse_inbound(delivery.params) == Inbound(answer["sid"], PHONE, SENDER, "收到 7731")
    assert [text["direction"] for text in house.texts()] == ["in", "out"]


def test_a_reply_the_application_refuses_says_so(house: House) -> None:
    house.send(message(), status_callback=None)
    house.listener.answers = [500]
    status, answer = house.call("POST", f"/api/phones/{PHONE}/reply", {"body": "ACK"})
    assert (status, answer["delivered"], answer["answer"]) == (202, False, 500)


def test_an_application_that_closes_each_connection_is_told_all_the_same(house: House) -> None:
    with ScriptedServer(200, b"thanks") as server:
        outcomes = house.send(*(message(number) for number in range(5)), status_callback=f"{server.url}/old")
        assert len(outcomes) == 5
        with Simulator(Settings(TOKEN, inbound_url=f"{server.url}/in")) as simulator:
            other = House(simulator.url, house.listener)
            answers = [
                other.call("POST", f"/api/phones/{PHONE}/reply", {"body": "ACK", "to": SENDER})[1] for _ in range(2)
            ]
    assert [answer["answer"] for answer in answers] == [200, 200]


def test_a_reply_nobody_listens_to_says_that_no_connection_was_made(house: House) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}/in"
        with Simulator(Settings(TOKEN, inbound_url=nowhere)) as simulator:
            other = House(simulator.url, house.listener)
            _, answer = other.call("POST", f"/api/phones/{PHONE}/reply", {"body": "ACK", "to": SENDER})
    assert (answer["delivered"], answer["answer"]) == (False, "ct")


@pytest.mark.parametrize(
    "url", ["nowhere", "ftp://host/in", "http://host/a b", "http://ho st/", "http://host/\r\nX: y"]
)
def test_an_inbound_address_that_cannot_be_is_named(url: str) -> None:
    with pytest.raises(ValueError, match=r"^inbound_url: "):
        Settings(TOKEN, inbound_url=url)


def test_an_inbound_text_without_a_sender_is_refused() -> None:
    with pytest.raises(BadWebhook, match=r"^From: missing"):
        parse_inbound({"MessageSid": "SM1", "To": SENDER, "Body": "hi"})
