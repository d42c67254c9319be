"""The demo's made-up numbers cannot reach anybody, even where somebody configures the real provider."""

import asyncio

import pytest

from notifiers.base import Message, Verdict
from notifiers.twilio_sms import NOT_ASSIGNABLE, TwilioSettings, TwilioSms, assignable


@pytest.mark.parametrize("number", ["+8612000000001", "+8612099999999", "+86", "nonsense", "13812345678"])
def test_a_number_no_plan_has_is_refused_before_any_call(number: str) -> None:
    async def send() -> tuple[Verdict, str | None]:
        gateway = TwilioSms(TwilioSettings("AC" + "0" * 32, "token", "+14155550100"))
        try:
            outcome = await gateway.send(Message("0" * 32, number, "text", exercise=False))
        finally:
            await gateway.aclose()
        return outcome.verdict, outcome.code

    assert asyncio.run(send()) == (Verdict.REJECTED, NOT_ASSIGNABLE)


def test_an_ordinary_mobile_number_is_assignable() -> None:
    assert assignable("+8613812345678")
