"""What an SMSC's refusals and receipts mean: the verdict of a send, the code it is kept by, and whose fault that code names. Pure.

Every code of SMPP is made and read here alone, so that sending, second roads and the page of roads never differ about one. Sources: the
command statuses of SMPP 3.4, section 5.1.3; the errors of receipts are each SMSC's own, and most pass on those of MAP (3GPP TS 29.002)."""

from collections.abc import Collection
from typing import Literal

from notifiers.base import Outcome, Verdict
from notifiers.smpp_pdu import QUEUE_FULL, THROTTLED

Fault = Literal["number", "passing", "rate", "way", "account"]
"""Whose fault: the number's (nobody can serve it), one that passes (the phone was off, the SMSC overburdened), the rate's, this way's (what
this SMSC cannot carry, another may), the account's."""

SLOWER = 1.0
"""Seconds to wait after a refusal for rate."""
_ACCOUNT = frozenset({0x0A, 0x0D, 0x0E, 0x0F, 0x15, 0x48, 0x49, 0x53})
_NUMBER = frozenset({0x0B})
_WAY = frozenset({0x01, 0x02, 0x03, 0x06, 0x07, 0x33, 0x34, 0x43, 0x50, 0x51, 0x54, 0x61, 0x62, 0x63, 0x66})
_RATE = {THROTTLED: "throttled", QUEUE_FULL: "queue_full"}
NUMBER_ERRORS: tuple[int, ...] = (1, 5, 9, 11, 12, 13)
"""Errors of receipts that are the number's, as MAP numbers them: unknown or unidentified subscriber, illegal subscriber, no SMS subscribed,
illegal equipment, barred."""
UNDELIVERED = "smpp_undelivered"
_BY_NUMBER, _BY_ERROR = "smpp_number_", "smpp_err_"


def classified(status: int) -> Outcome:
    """What a refusal makes of a send; a status this protocol does not know may pass."""
    detail = f"SMPP 0x{status:08x}"
    if status in _RATE:
        return Outcome(Verdict.RETRY, code=_RATE[status], retry_after=SLOWER, detail=detail)
    if status in _ACCOUNT:
        return Outcome(Verdict.STOP, detail=f"the SMSC refuses the account or its sender ({detail})")
    verdict = Verdict.REJECTED if status in _NUMBER | _WAY else Verdict.RETRY
    return Outcome(verdict, code=f"smpp_{status:02x}", detail=detail)


def undelivered(error: str, number_errors: Collection[int] = NUMBER_ERRORS) -> str:
    """The code of a receipt that says undelivered, by the error it names; `number_errors` are those this SMSC gives for a bad number."""
    given = error.lstrip("0")
    if not given:
        return UNDELIVERED
    ours = given.isascii() and given.isdigit() and int(given) in number_errors
    return f"{_BY_NUMBER if ours else _BY_ERROR}{given}"


def fault(code: str) -> Fault | None:
    """Whose fault a code names; None for one that is none of SMPP's."""
    if code in _RATE.values():
        return "rate"
    if code.startswith(_BY_NUMBER):
        return "number"
    if code == UNDELIVERED or code.startswith(_BY_ERROR):
        return "passing"
    try:
        status = int(code.removeprefix("smpp_"), 16) if code.startswith("smpp_") else None
    except ValueError:
        return None
    if status is None:
        return None
    if status in _NUMBER:
        return "number"
    if status in _ACCOUNT:
        return "account"
    return "way" if status in _WAY else "passing"
