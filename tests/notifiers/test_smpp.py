"""The SMPP gateway against an SMSC that is built on another library."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers import smpp_pdu, smpp_receipts, smpp_text
from notifiers.base import Inbound, Message, Receipt, Verdict
from notifiers.smpp import SmppTransport, Unmatched, as_receipts_write, classified, validity
from notifiers.smpp_settings import BadSettings, SmppSettings
from tests.notifiers.smsc import Smsc

ATTEMPT = "beef" + "0" * 28
TO = "+8612000000001"


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    peer = Smsc()
    yield peer
    peer.stop()


def settings(smsc: Smsc, **changes: Any) -> SmppSettings:
    given: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": smsc.port,
        "system_id": "tocsin",
        "password": "secret",
        "sender": "10690000",
        "timeout": 0.5,
    }
    return SmppSettings(**given | changes)


def message(text: str = "hello", attempt: str = ATTEMPT, **changes: Any) -> Message:
    return Message(attempt, TO, text, exercise=False, **changes)


def drive(transport: SmppTransport, work: Callable[[], Awaitable[Any]], sink: Any = None) -> Any:
    async def whole() -> Any:
        if sink is not None:
            transport.listen(sink)
        try:
            return await work()
        finally:
            await transport.aclose()

    return asyncio.run(whole())


async def until(true: Callable[[], object]) -> None:
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


def test_a_message_is_accepted_with_the_smscs_id(smsc: Smsc) -> None:
    transport = SmppTransport(settings(smsc))
    outcome = drive(transport, lambda: transport.submit(message("你好", valid_for=3661)))
    assert (outcome.verdict, outcome.provider_id) == (Verdict.ACCEPTED, "m1")
    taken = smsc.taken[0]
    assert taken.short_message.decode("utf-16-be") == "你好"
    assert (taken.data_coding, taken.destination_addr, taken.user_message_reference) == (8, b"8612000000001", 0xBEEF)
    assert (taken.validity_period, taken.registered_delivery) == (b"000000010101000R", 1)


def test_a_long_text_goes_in_parts_and_one_receipt_is_asked_for(smsc: Smsc) -> None:
    transport = SmppTransport(settings(smsc))
    outcome = drive(transport, lambda: transport.submit(message("网" * 135)))
    assert (outcome.verdict, outcome.provider_id) == (Verdict.ACCEPTED, "m3")
    assert [one.short_message[:6].hex() for one in smsc.taken] == [f"050003ef030{place}" for place in (1, 2, 3)]
    assert [len(one.short_message) - 6 for one in smsc.taken] == [134, 134, 2]
    assert [one.registered_delivery for one in smsc.taken] == [0, 0, 1]
    assert all(one.esm_class == smpp_pdu.UDH for one in smsc.taken)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (0x58, Verdict.RETRY),
        (0x14, Verdict.RETRY),
        (0x08, Verdict.RETRY),
        (0x0B, Verdict.REJECTED),
        (0x0A, Verdict.STOP),
        (0x45, Verdict.RETRY),
    ],
)
def test_refusals_are_classified(smsc: Smsc, status: int, verdict: Verdict) -> None:
    smsc.faults.append(status)
    transport = SmppTransport(settings(smsc))
    outcome = drive(transport, lambda: transport.submit(message()))
    assert outcome == classified(status)
    assert outcome.verdict == verdict
    assert (outcome.retry_after is not None) == (status in (0x58, 0x14))
    assert not smsc.taken


@pytest.mark.parametrize("fault", ["silent", "drop", "drop_after"])
def test_what_was_written_and_not_answered_is_in_doubt(smsc: Smsc, fault: str) -> None:
    smsc.faults.append(fault)
    transport = SmppTransport(settings(smsc))
    assert drive(transport, lambda: transport.submit(message())).verdict == Verdict.DOUBTFUL


def test_without_a_bind_nothing_was_sent(smsc: Smsc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifiers.smpp.BOUND_WITHIN", 0.2)
    smsc.stop()
    transport = SmppTransport(settings(smsc))
    outcome = drive(transport, lambda: transport.submit(message()))
    assert (outcome.verdict, outcome.code) == (Verdict.RETRY, "not_sent")


def test_a_refused_bind_stops_the_gateway_with_its_reason(smsc: Smsc) -> None:
    transport = SmppTransport(settings(smsc, password="wrong"))
    outcome = drive(transport, lambda: transport.submit(message()))
    assert (outcome.verdict, outcome.code) == (Verdict.STOP, None)
    assert "invalid password" in outcome.detail


def test_a_later_part_waits_out_a_throttle_and_a_refusal_leaves_a_doubt(
    smsc: Smsc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifiers.smpp.SLOWER", 0.01)
    transport = SmppTransport(settings(smsc))
    smsc.faults.extend([0, 0x58, 0x58])
    assert drive(transport, lambda: transport.submit(message("网" * 100))).verdict == Verdict.ACCEPTED
    smsc.faults.extend([0, 0x45])
    outcome = drive(transport, lambda: transport.submit(message("网" * 100)))
    assert (outcome.verdict, outcome.code) == (Verdict.DOUBTFUL, "partly_told")


def test_a_broken_bind_comes_back(smsc: Smsc) -> None:
    transport = SmppTransport(settings(smsc))

    async def work() -> Any:
        await transport.submit(message())
        smsc.break_all()
        await until(lambda: smsc.binds == 2)
        return await transport.submit(message())

    assert drive(transport, work).verdict == Verdict.ACCEPTED


@pytest.mark.parametrize("auto", ["after", "before"])
def test_a_receipt_finds_its_attempt_even_before_the_acceptance(smsc: Smsc, auto: str) -> None:
    smsc.auto = auto
    came: list[Any] = []

    async def sink(one: Receipt | Inbound) -> bool:
        came.append(one)
        return type(one) is Receipt

    transport = SmppTransport(settings(smsc))

    async def work() -> None:
        await transport.submit(message())
        await until(lambda: smsc.answers)

    drive(transport, work, sink)
    if auto == "after":
        assert came == [Receipt("m1", ATTEMPT, "delivered")]
        assert smsc.answers == [0]
    else:
        assert isinstance(came[0], Unmatched)
        assert smsc.answers[0] == smpp_pdu.TEMPORARY


def test_what_cannot_be_kept_is_sent_back(smsc: Smsc) -> None:
    async def sink(one: Receipt | Inbound) -> bool:
        raise OSError("the database is away")

    transport = SmppTransport(settings(smsc))

    async def work() -> None:
        await transport.submit(message())
        smsc.receipt("m1", "8612000000001")
        await until(lambda: smsc.answers)

    drive(transport, work, sink)
    assert smsc.answers == [smpp_pdu.TEMPORARY]


def test_replies_come_in_whole(smsc: Smsc) -> None:
    came: list[Any] = []

    async def sink(one: Receipt | Inbound) -> bool:
        came.append(one)
        return True

    transport = SmppTransport(settings(smsc))
    _, parts = smpp_text.parts("退" * 100, ATTEMPT)

    async def work() -> None:
        await until(lambda: transport.bound)
        for part in reversed(parts):
            smsc.deliver(part, source_addr="8612000000001", destination_addr="10690000", data_coding=8, esm_class=0x40)
        for _ in range(2):
            smsc.deliver(b"STOP", source_addr="8612000000001", destination_addr="10690000")
        await until(lambda: len(smsc.answers) == 4)

    drive(transport, work, sink)
    assert [(one.sender, one.text) for one in came] == [(TO, "退" * 100), (TO, "STOP"), (TO, "STOP")]
    assert came[1].provider_id == came[2].provider_id != came[0].provider_id


def test_a_receipt_with_our_reference_settles_the_doubt(smsc: Smsc) -> None:
    came: list[Any] = []

    async def sink(one: Receipt | Inbound) -> bool:
        came.append(one)
        return True

    smsc.faults.append("silent")
    transport = SmppTransport(settings(smsc, timeout=0.2))

    async def work() -> None:
        await until(lambda: transport.bound)
        assert (await transport.submit(message())).verdict == Verdict.DOUBTFUL
        smsc.receipt("m1", "8612000000001", reference=0xBEEF)
        await until(lambda: came)

    drive(transport, work, sink)
    assert came == [Receipt("m1", ATTEMPT, "delivered")]


def test_receipts_are_read_by_parameter_and_by_text() -> None:
    def of(text: str, **options: Any) -> Any:
        address = smpp_pdu.Address("8612000000001", 1, 1)
        return smpp_receipts.told(smpp_pdu.ShortMessage(address, address, text.encode(), 4, **options))

    assert of("id:1A sub:001 stat:DELIVRD err:000").status == "delivered"
    gone = of("id:1A sub:001 stat:UNDELIV err:027 Text:")
    assert (gone.provider_id, gone.status, gone.code) == ("1A", "undelivered", "smpp_err_27")
    assert of("", options={0x1E: b"7\0", 0x427: b"\x02"}).status == "delivered"
    assert of("nothing") is None


def test_notations_of_ids_and_times() -> None:
    assert as_receipts_write("ff", "hex_to_decimal") == "255"
    assert as_receipts_write("255", "decimal_to_hex") == "ff"
    assert as_receipts_write("m-1", "hex_to_decimal") == "m-1"
    assert (validity(None), validity(90061)) == ("", "000001010101000R")


@pytest.mark.parametrize("wrong", [{"system_id": ""}, {"password": "much too long"}, {"binds": 17}])
def test_impossible_settings_are_named(smsc: Smsc, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadSettings, match=r"username|password|binds"):
        settings(smsc, **wrong)


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=600))
def test_any_text_survives_its_parts(text: str) -> None:
    gsm, parts = smpp_text.parts(text, ATTEMPT)
    assert all(len(part) <= (160 if gsm else 140) for part in parts)
    address, joiner, whole = smpp_pdu.Address("1"), smpp_text.Joiner(), None
    for part in parts:
        esm = smpp_pdu.UDH if len(parts) > 1 else 0
        sent = smpp_pdu.ShortMessage(address, address, part, esm, 0 if gsm else 8)
        whole = joiner.take(smpp_pdu.read(smpp_pdu.body(sent)))
    assert whole == text


@given(st.binary(max_size=200))
def test_rubbish_is_refused_or_read(data: bytes) -> None:
    with contextlib.suppress(smpp_pdu.BadPacket):
        smpp_pdu.read(data)
