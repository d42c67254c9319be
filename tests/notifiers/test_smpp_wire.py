"""The SMPP link itself, over real sockets: kinds of bind, TLS, a peer that hangs, one that answers late or unbinds, receipts in stages."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notifiers import smpp_codes
from notifiers.base import Inbound, Receipt, Verdict
from notifiers.smpp import SmppTransport, Unmatched
from tests.notifiers.certificates import self_made
from tests.notifiers.smsc import Smsc
from tests.notifiers.test_smpp import ATTEMPT, TO, drive, message, settings, until

PHONE = TO.removeprefix("+")


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    peer = Smsc()
    yield peer
    peer.stop()


class Kept(list[Any]):
    """A sink that keeps what comes."""

    async def __call__(self, one: Receipt | Inbound) -> bool:
        self.append(one)
        return not isinstance(one, Unmatched)


def attempt(index: int) -> str:
    return f"{index:04x}" + "0" * 28


def test_a_transmitter_sends_and_a_receiver_receives(smsc: Smsc) -> None:
    smsc.auto = "after"
    came = Kept()
    transport = SmppTransport(settings(smsc, bind_type="transmitter_receiver"))

    async def work() -> None:
        await until(lambda: transport.bound == 2)
        assert (await transport.submit(message())).verdict == Verdict.ACCEPTED
        await until(lambda: came)
        assert [one["kind"] for one in transport.standing()] == ["transmitter", "receiver"]

    drive(transport, work, came)
    assert sorted(smsc.kinds) == ["bind_receiver", "bind_transmitter"]
    assert came == [Receipt("m1", ATTEMPT, "delivered")]
    assert sorted(smsc.left) == ["bind_receiver", "bind_transmitter"]


def test_nothing_is_submitted_by_a_receiver(smsc: Smsc, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only the receiver stands, nothing was sent."""
    monkeypatch.setattr("notifiers.smpp.BOUND_WITHIN", 0.3)
    transport = SmppTransport(settings(smsc, bind_type="transmitter_receiver"))

    async def work() -> Any:
        await until(lambda: transport.bound == 2)
        transport._binds[0].bound.clear()
        return await transport.submit(message())

    outcome = drive(transport, work, Kept())
    assert (outcome.verdict, outcome.code) == (Verdict.RETRY, "not_sent")
    assert not smsc.taken


def test_tls_is_spoken_to_a_certificate_that_is_trusted(tmp_path: Path) -> None:
    context, trusted = self_made(tmp_path)
    peer = Smsc(tls=context)
    try:
        transport = SmppTransport(settings(peer, tls=True, ca_file=str(trusted)))
        assert drive(transport, lambda: transport.submit(message())).verdict == Verdict.ACCEPTED
    finally:
        peer.stop()


def test_a_certificate_nobody_trusts_carries_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifiers.smpp.BOUND_WITHIN", 0.5)
    context, _ = self_made(tmp_path)
    peer = Smsc(tls=context)
    try:
        transport = SmppTransport(settings(peer, tls=True))

        async def work() -> tuple[Any, str]:
            outcome = await transport.submit(message())
            return outcome, transport.standing()[0]["error"]

        outcome, why = drive(transport, work)
        assert (outcome.verdict, outcome.code) == (Verdict.RETRY, "not_sent")
        assert why.startswith("the certificate is not trusted")
        assert not peer.taken
        assert not peer.kinds  # nor was the password shown
    finally:
        peer.stop()


@pytest.mark.proves("I2")
def test_a_silent_peer_is_declared_dead_within_its_time(smsc: Smsc) -> None:
    """Idle, the link is dead after enquire_link and timeout; and it comes back once the SMSC answers again."""
    transport = SmppTransport(settings(smsc, enquire_link=0.3, timeout=0.3))

    async def work() -> tuple[float, Any]:
        await until(lambda: transport.bound)
        smsc.deaf, began = True, time.monotonic()
        await until(lambda: not transport.bound and transport.standing()[0]["error"])
        took, why = time.monotonic() - began, transport.standing()[0]["error"]
        assert "enquire_link" in why
        smsc.deaf = False
        await until(lambda: transport.bound)
        return took, await transport.submit(message())

    took, outcome = drive(transport, work, Kept())
    assert took < 0.3 + 0.3 + 0.5
    assert outcome.verdict == Verdict.ACCEPTED


@pytest.mark.proves("I2")
def test_behind_a_silent_peer_nothing_more_is_written(smsc: Smsc, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window that was written is in doubt; whatever waited its turn is certainly not sent, and each is taken at most once."""
    monkeypatch.setattr("notifiers.smpp.BOUND_WITHIN", 0.2)
    transport = SmppTransport(settings(smsc, window=4, enquire_link=30, timeout=0.3))

    async def work() -> list[Any]:
        await until(lambda: transport.bound)
        smsc.deaf = True
        return await asyncio.gather(*(transport.submit(message(attempt=attempt(place))) for place in range(1, 21)))

    outcomes = drive(transport, work, Kept())
    told = Counter((one.verdict, one.code) for one in outcomes)
    assert told == {(Verdict.DOUBTFUL, "no_answer"): 4, (Verdict.RETRY, "not_sent"): 16}
    sent = Counter(one.user_message_reference for one in smsc.taken)
    assert len(sent) == 4 and max(sent.values()) == 1


def test_a_slow_answer_does_not_end_a_link_that_lives(smsc: Smsc) -> None:
    smsc.faults.append("silent")
    transport = SmppTransport(settings(smsc, timeout=0.2))

    async def work() -> Any:
        assert (await transport.submit(message())).verdict == Verdict.DOUBTFUL
        return await transport.submit(message(attempt=attempt(2)))

    assert drive(transport, work, Kept()).verdict == Verdict.ACCEPTED
    assert smsc.binds == 1


def test_an_acceptance_after_the_time_out_settles_the_doubt(smsc: Smsc) -> None:
    smsc.faults.append("late")
    came = Kept()
    transport = SmppTransport(settings(smsc, timeout=0.2))

    async def work() -> None:
        assert (await transport.submit(message())).verdict == Verdict.DOUBTFUL
        await until(lambda: came)
        smsc.receipt("m1", PHONE)
        await until(lambda: len(came) == 2)

    drive(transport, work, came)
    assert came == [Receipt("m1", ATTEMPT, "submitted"), Receipt("m1", ATTEMPT, "delivered")]


@pytest.mark.parametrize(("status", "told"), [(0x0B, True), (0x58, False), (0x08, False)])
def test_a_refusal_after_the_time_out_counts_if_it_is_final(smsc: Smsc, status: int, told: bool) -> None:
    smsc.faults.append("late")
    smsc.late, smsc.late_status = 0.3, status
    came = Kept()
    transport = SmppTransport(settings(smsc, timeout=0.15))

    async def work() -> None:
        assert (await transport.submit(message())).verdict == Verdict.DOUBTFUL
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(until(lambda: came), 0.6)

    drive(transport, work, came)
    assert came == ([Receipt("", ATTEMPT, "failed", "smpp_0b")] if told else [])


@pytest.mark.proves("I2")
def test_an_unbind_in_the_middle_of_a_window_loses_no_answer(smsc: Smsc) -> None:
    """What the SMSC still answers after it unbound counts; what waited is certainly not sent; the link comes back by itself."""
    smsc.late = 0.3
    smsc.faults.extend(["late", "late", "unbind"])
    transport = SmppTransport(settings(smsc, window=3, timeout=3.0))

    async def work() -> tuple[list[Any], Any]:
        await until(lambda: transport.bound)
        calls = [asyncio.ensure_future(transport.submit(message(attempt=attempt(place)))) for place in range(1, 6)]
        outcomes = await asyncio.gather(*calls)
        await until(lambda: smsc.binds == 2)
        return outcomes, await transport.submit(message(attempt=attempt(9)))

    outcomes, after = drive(transport, work, Kept())
    assert [one.verdict for one in outcomes[:3]] == [Verdict.ACCEPTED] * 3
    assert {(one.verdict, one.code) for one in outcomes[3:]} == {(Verdict.RETRY, "not_sent")}
    assert smsc.unbound == [0]
    assert after.verdict == Verdict.ACCEPTED
    assert max(Counter(one.user_message_reference for one in smsc.taken).values()) == 1


def test_an_unbind_without_answers_leaves_a_doubt_within_its_time(smsc: Smsc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifiers.smpp_bind.UNBIND_PATIENCE", 0.2)
    smsc.faults.append("silent")
    transport = SmppTransport(settings(smsc, timeout=30))

    async def work() -> tuple[Any, float]:
        await until(lambda: transport.bound)
        call = asyncio.ensure_future(transport.submit(message()))
        await until(lambda: smsc.taken)
        began = time.monotonic()
        smsc.unbind()
        return await call, time.monotonic() - began

    outcome, took = drive(transport, work, Kept())
    assert outcome.verdict == Verdict.DOUBTFUL
    assert took < 2


def test_a_notice_that_it_is_on_its_way_is_no_reply_and_no_end(smsc: Smsc) -> None:
    """An intermediate notification bears another mark than a receipt; its state is not the last word."""
    came = Kept()
    transport = SmppTransport(settings(smsc))

    async def work() -> None:
        await transport.submit(message())
        text = b"id:m1 sub:001 dlvrd:000 submit date:2601010000 done date:2601010000 stat:UNDELIV err:006 text:"
        smsc.deliver(text, source_addr=PHONE, destination_addr="10690000", esm_class=0x20)
        await until(lambda: came)
        smsc.receipt("m1", PHONE)
        await until(lambda: len(came) == 2)

    drive(transport, work, came)
    assert came == [Receipt("m1", ATTEMPT, "sent"), Receipt("m1", ATTEMPT, "delivered")]


def test_receipts_of_parts_make_one_receipt_of_the_message(smsc: Smsc) -> None:
    """Some SMSCs send a receipt for every part. Delivered is the message with its last part; a part that is lost loses it."""
    came = Kept()
    transport = SmppTransport(settings(smsc))

    async def work() -> None:
        await transport.submit(message("网" * 100))
        smsc.receipt("m1", PHONE)
        smsc.receipt("m2", PHONE)
        await until(lambda: len(smsc.answers) == 2)
        await transport.submit(message("网" * 100, attempt=attempt(2)))
        smsc.receipt("m3", PHONE, word="EXPIRED")
        await until(lambda: len(smsc.answers) == 3)

    drive(transport, work, came)
    assert smsc.answers == [0, 0, 0]
    assert came == [
        Receipt("m2", ATTEMPT, "delivered"),
        Receipt("m3", attempt(2), "undelivered", smpp_codes.UNDELIVERED),
    ]


@pytest.mark.parametrize(
    "text", [b"id:m1 stat:DELIVRD", b"id:m1 sub:001 dlvrd:001 submit", b"id:m1", b"stat:DELIVRD err:000"]
)
def test_a_receipt_that_was_cut_short_says_no_more_than_it_says(smsc: Smsc, text: bytes) -> None:
    came = Kept()
    transport = SmppTransport(settings(smsc))

    async def work() -> None:
        await transport.submit(message())
        smsc.deliver(text, source_addr=PHONE, destination_addr="10690000", esm_class=0x04)
        await until(lambda: smsc.answers)

    drive(transport, work, came)
    assert smsc.answers == [0]
    said = [one.status for one in came]
    assert said == (["delivered"] if b"id:" in text and b"DELIVRD" in text else ["submitted"] if b"id:" in text else [])


def test_codes_say_whose_fault_it_was() -> None:
    fault = smpp_codes.fault
    assert [fault(smpp_codes.undelivered(error)) for error in ("001", "027", "000", "XX")] == [
        "number",
        "passing",
        "passing",
        "passing",
    ]
    assert smpp_codes.undelivered("027", (27,)) == "smpp_number_27"
    assert [fault(code) for code in ("smpp_0b", "smpp_43", "smpp_08", "smpp_0a", "throttled", "30003", "smpp_x")] == [
        "number",
        "way",
        "passing",
        "account",
        "rate",
        None,
        None,
    ]
    for status in range(1, 0x100):
        outcome = smpp_codes.classified(status)
        whose = fault(outcome.code or f"smpp_{status:02x}")
        assert (whose == "account") == (outcome.verdict == Verdict.STOP)
        assert (whose in ("number", "way")) == (outcome.verdict == Verdict.REJECTED)
