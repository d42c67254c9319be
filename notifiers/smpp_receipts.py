"""Delivery receipts of SMPP: by optional parameters where the SMSC sends them, else by the text most of them write."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from notifiers.smpp_codes import NUMBER_ERRORS, undelivered
from notifiers.smpp_pdu import MESSAGE_STATE, RECEIPTED_ID, USER_REFERENCE, ShortMessage

KIND = 0x3C
"""The bits of esm_class that say what a deliver_sm is."""
RECEIPT, ON_ITS_WAY = 0x04, 0x20
"""A receipt, and a notification that comes before it: the second says that the message is on its way, whatever state it names."""
_BY_NUMBER = {
    1: "sent",
    2: "delivered",
    3: "undelivered",
    4: "undelivered",
    5: "undelivered",
    6: "sent",
    8: "undelivered",
}
_BY_WORD = {
    "ENROUTE": "sent",
    "DELIVRD": "delivered",
    "EXPIRED": "undelivered",
    "DELETED": "undelivered",
    "UNDELIV": "undelivered",
    "ACCEPTD": "sent",
    "REJECTD": "undelivered",
}
_FIELD = re.compile(r"\b(id|stat|err):\s*(\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """What a receipt says. `to` is the number the message went to, `reference` our 16 bits where they came back. A state nobody knows the
    meaning of (UNKNOWN) says no more than that the message was taken."""

    provider_id: str
    to: str
    status: str
    code: str | None
    reference: int | None


def is_receipt(came: ShortMessage) -> bool:
    """Whether a deliver_sm is a receipt and not a text somebody sent."""
    return came.esm_class & KIND in (RECEIPT, ON_ITS_WAY) or RECEIPTED_ID in came.options


def told(came: ShortMessage, number_errors: Collection[int] = NUMBER_ERRORS) -> Told | None:
    """What the receipt says; None where it names no message. `number_errors`: errors of this SMSC that are the number's fault."""
    words = {key.lower(): value for key, value in _FIELD.findall(came.text.decode("latin-1"))}
    given = came.options.get(RECEIPTED_ID, b"").rstrip(b"\0").decode("ascii", "replace") or words.get("id", "")
    own = came.options.get(USER_REFERENCE)
    if not given and own is None:
        return None
    state = came.options.get(MESSAGE_STATE)
    by_word = _BY_WORD.get(words.get("stat", "").upper(), "submitted")
    status = _BY_NUMBER.get(int.from_bytes(state), "submitted") if state else by_word
    if came.esm_class & KIND == ON_ITS_WAY:
        status = "sent"
    code = undelivered(words.get("err", ""), number_errors) if status == "undelivered" else None
    return Told(given, came.source.number, status, code, int.from_bytes(own) if own is not None else None)
