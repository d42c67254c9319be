"""Delivery receipts of SMPP: by optional parameters where the SMSC sends them, else by the text most of them write."""

import re
from dataclasses import dataclass

from notifiers.smpp_pdu import MESSAGE_STATE, RECEIPTED_ID, USER_REFERENCE, ShortMessage

KIND = 0x3C
"""The bits of esm_class that say what a deliver_sm is; 0x04 is a receipt."""
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
    return came.esm_class & KIND == 0x04 or RECEIPTED_ID in came.options


def told(came: ShortMessage) -> Told | None:
    """What the receipt says; None where it names no message."""
    words = {key.lower(): value for key, value in _FIELD.findall(came.text.decode("latin-1"))}
    given = came.options.get(RECEIPTED_ID, b"").rstrip(b"\0").decode("ascii", "replace") or words.get("id", "")
    own = came.options.get(USER_REFERENCE)
    if not given and own is None:
        return None
    state = came.options.get(MESSAGE_STATE)
    by_word = _BY_WORD.get(words.get("stat", "").upper(), "submitted")
    status = _BY_NUMBER.get(int.from_bytes(state), "submitted") if state else by_word
    error = words.get("err", "").lstrip("0")
    code = (f"smpp_err_{error}" if error else "smpp_undelivered") if status == "undelivered" else None
    return Told(given, came.source.number, status, code, int.from_bytes(own) if own is not None else None)
