"""Sending through Twilio's real async client against the simulator: what every kind of trouble is taken for."""

import asyncio
import logging
import socket
from datetime import UTC, datetime, timedelta

import pytest

from notifiers.base import Found, NotFound, Unanswered, Verdict
from notifiers.masking import mask, scrub
from notifiers.twilio_codes import FINAL, RETRY, STOP
from notifiers.twilio_http import seconds_of
from notifiers.twilio_sms import BadSettings, TwilioSms
from tests.notifiers.conftest import PHONE, SENDER, TEXT, House, message
from tests.notifiers.listener import ScriptedServer


@pytest.mark.proves("D5")
def test_a_message_arrives_on_the_phone_as_it_was_written(house: House) -> None:
    (outcome,) = house.send(message(valid_for=600))
    assert outcome.verdict is Verdict.ACCEPTED
    (text,) = house.texts()
    assert (text["sid"], text["body"], text["from"]) == (outcome.provider_id, TEXT, SENDER)


def test_a_messaging_service_may_be_the_sender(house: House) -> None:
    (outcome,) = house.send(message(), sender="MG" + "1" * 32)
    assert outcome.verdict is Verdict.ACCEPTED
    assert house.listener.next().params["MessagingServiceSid"] == "MG" + "1" * 32


@pytest.mark.parametrize("code", sorted(FINAL))
def test_a_final_code_rejects_this_recipient_only(house: House, code: str) -> None:
    house.fault(f"code:{code}")
    (outcome,) = house.send(message())
    assert (outcome.verdict, outcome.code) == (Verdict.REJECTED, code)


@pytest.mark.parametrize("code", sorted(RETRY - {"20429"}))
def test_a_passing_code_may_be_tried_again(house: House, code: str) -> None:
    house.fault(f"code:{code}")
    (outcome,) = house.send(message())
    assert (outcome.verdict, outcome.code) == (Verdict.RETRY, code)


@pytest.mark.parametrize("code", sorted(STOP))
def test_a_code_about_the_account_or_the_text_stops_the_notice(house: House, code: str) -> None:
    house.fault(f"code:{code}")
    (outcome,) = house.send(message())
    assert (outcome.verdict, outcome.code) == (Verdict.STOP, code)


def test_only_an_opt_out_at_the_provider_asks_for_suppression(house: House) -> None:
    house.fault("code:21610", times=1)
    house.fault("code:21614")
    opted_out, no_mobile = house.send(message(1), message(2))
    assert (opted_out.suppress, no_mobile.suppress) == (True, False)


def test_an_unknown_code_is_held_against_the_recipient_not_the_notice(house: House) -> None:
    house.fault("code:29999")
    (outcome,) = house.send(message())
    assert (outcome.verdict, outcome.code) == (Verdict.REJECTED, "29999")


def test_a_wrong_token_stops_the_notice(house: House) -> None:
    (outcome,) = house.send(message(), auth_token="stale")
    assert (outcome.verdict, outcome.code) == (Verdict.STOP, "20003")


def test_a_429_was_never_processed_and_says_how_long_to_wait(house: House) -> None:
    house.fault("429", retry_after=7)
    (outcome,) = house.send(message())
    assert (outcome.verdict, outcome.code, outcome.retry_after) == (Verdict.RETRY, "20429", 7.0)
    assert house.texts() == []


@pytest.mark.proves("B11", "I2")
@pytest.mark.parametrize("kind", ["500", "503", "reset_before", "timeout_before"])
def test_trouble_before_acceptance_is_doubtful_and_look_up_finds_nothing(
    house: House, kind: str, long_ago: datetime
) -> None:
    house.fault(kind)
    (outcome,) = house.send(message())
    assert outcome.verdict is Verdict.DOUBTFUL
    assert house.look_up(message(), long_ago) == NotFound()


@pytest.mark.proves("B11", "I1", "I2")
@pytest.mark.parametrize("kind", ["reset_after", "timeout_after"])
def test_trouble_after_acceptance_is_doubtful_and_look_up_finds_the_message(
    house: House, kind: str, long_ago: datetime
) -> None:
    house.fault(kind)
    (outcome,) = house.send(message())
    assert outcome.verdict is Verdict.DOUBTFUL
    found = house.look_up(message(), long_ago)
    assert isinstance(found, Found)
    assert found.provider_id == house.texts()[0]["sid"]


@pytest.mark.proves("B11")
def test_the_callback_of_an_unanswered_send_bears_its_attempt(house: House) -> None:
    house.fault("reset_after")
    house.send(message(0xABC))
    assert house.listener.next().query["attempt"] == f"{0xABC:032x}"


def test_a_refused_connection_certainly_sent_nothing(house: House) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        (outcome,) = house.send(message(), base_url=f"http://127.0.0.1:{closed.getsockname()[1]}")
    assert (outcome.verdict, outcome.code) == (Verdict.RETRY, "not_sent")


@pytest.mark.parametrize("body", [b"<html>", {"sid": None}, b"\xff\xfe"])
def test_a_success_that_cannot_be_read_is_doubtful(house: House, body: object) -> None:
    with ScriptedServer(201, body) as server:
        (outcome,) = house.send(message(), base_url=server.url)
    assert (outcome.verdict, outcome.code) == (Verdict.DOUBTFUL, "unreadable")


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(307, Verdict.STOP), (403, Verdict.STOP), (404, Verdict.STOP), (408, Verdict.DOUBTFUL), (502, Verdict.DOUBTFUL)],
)
def test_an_answer_of_something_in_between_is_classified_by_its_status(
    house: House, status: int, verdict: Verdict
) -> None:
    with ScriptedServer(status, b"<html>proxy</html>", {"Location": "http://127.0.0.1:9/"}) as server:
        (outcome,) = house.send(message(), base_url=server.url)
    assert (outcome.verdict, outcome.code) == (verdict, None)


def test_look_up_goes_by_the_reference_when_there_is_one(house: House, long_ago: datetime) -> None:
    mine, other = message(1, text="故障 呼叫码 7731", reference="7731"), message(2, text="故障 呼叫码 8842")
    sent, _ = house.send(mine, other)
    found = house.look_up(mine, long_ago)
    assert isinstance(found, Found)
    assert found.provider_id == sent.provider_id
    assert house.look_up(message(text="故障 呼叫码 9953", reference="9953"), long_ago) == NotFound()


def test_look_up_ignores_what_was_created_before_the_attempt(house: House) -> None:
    house.send(message())
    assert house.look_up(message(), datetime.now(UTC) + timedelta(seconds=5)) == NotFound()


def test_look_up_says_how_the_message_ended(house: House, long_ago: datetime) -> None:
    house.fault("receipt:30005")
    house.send(message(), status_callback=None)
    found = house.look_up(message(), long_ago)
    assert isinstance(found, Found)
    assert (found.status, found.code) == ("undelivered", "30005")


def test_a_look_up_without_an_answer_teaches_nothing(house: House, long_ago: datetime) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        assert isinstance(house.look_up(message(), long_ago, base_url=base_url), Unanswered)


@pytest.mark.proves("B12")
def test_the_provider_is_told_when_the_message_becomes_pointless(house: House) -> None:
    (outcome,) = house.send(message(valid_for=10_000_000))
    assert outcome.verdict is Verdict.ACCEPTED, "beyond ten hours the longest validity is asked for, not an error"


@pytest.mark.proves("I10")
def test_no_number_appears_in_a_log_or_in_an_outcome(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    invalid = message(2, to="+86120123456789012345")
    _, refused = house.send(message(1), invalid)
    house.fault("reset_after")
    house.send(message(3))
    house.look_up(message(1), datetime.now(UTC) - timedelta(minutes=1))
    assert refused.verdict is Verdict.REJECTED
    for said in (caplog.text, refused.detail):
        assert "12012345678" not in said


def test_settings_never_show_the_token(house: House) -> None:
    assert house.settings().auth_token not in repr(house.settings())


@pytest.mark.parametrize(
    ("field", "value"),
    [("account_sid", ""), ("auth_token", ""), ("sender", ""), ("base_url", "api.twilio.com"),
     ("status_callback", "https://host/hooks#rc=5"), ("connections", 0)],
)  # fmt: skip
def test_a_setting_that_cannot_work_is_named(house: House, field: str, value: object) -> None:
    with pytest.raises(BadSettings, match=f"^{field}: "):
        house.settings(**{field: value})


def test_many_sends_share_a_bounded_number_of_connections(house: House) -> None:
    async def run() -> list[Verdict]:
        gateway = TwilioSms(house.settings(connections=4, status_callback=None))
        outcomes = await asyncio.gather(*(gateway.send(message(number)) for number in range(200)))
        await gateway.aclose()
        return [outcome.verdict for outcome in outcomes]

    assert asyncio.run(run()) == [Verdict.ACCEPTED] * 200
    assert house.stats()["accepted"] == 200


def test_waiting_too_long_for_a_free_connection_sent_nothing(house: House) -> None:
    house.fault("latency", ms=250)

    async def run() -> list[Verdict]:
        gateway = TwilioSms(house.settings(connections=1, timeouts=type(house.settings().timeouts)(0.05, 5)))
        outcomes = await asyncio.gather(*(gateway.send(message(number)) for number in range(3)))
        await gateway.aclose()
        return sorted(outcome.verdict for outcome in outcomes)

    assert asyncio.run(run()) == [Verdict.ACCEPTED, Verdict.RETRY, Verdict.RETRY]
    assert house.stats()["accepted"] == 1


@pytest.mark.parametrize(
    ("header", "seconds"), [(None, None), ("12", 12.0), ("soon", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)]
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str | None, seconds: float | None) -> None:
    assert seconds_of(header) == seconds


@pytest.mark.proves("I10")
@pytest.mark.parametrize(
    ("number", "shown"),
    [(PHONE, "120****5678"), ("+8613812341234", "138****1234"), ("+15005550006", "+15****0006"), ("10086", "****")],
)
def test_a_number_is_shown_masked(number: str, shown: str) -> None:
    assert mask(number) == shown
    assert scrub(f"The 'To' number {number}0 is bad").count(number) == (number == "10086")


@pytest.mark.parametrize(("trace", "headers"), [("b0a1c2d3e4f50617", ["b0a1c2d3e4f50617"]), ("", [None])])
def test_the_provider_is_told_the_trace_of_the_message(house: House, trace: str, headers: list[str | None]) -> None:
    with ScriptedServer(201, {"sid": "SM" + "0" * 32}) as server:
        house.send(message(trace=trace), base_url=server.url)
        assert [each.get("X-Trace") for each in server.headers] == headers
