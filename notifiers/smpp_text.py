"""Texts as SMPP carries them: the parts of a long one, and the text that parts of others make. Nothing here waits.

Parts are joined by a header with an 8-bit reference, taken from our attempt's id: a 16-bit one would leave 152 septets or 66 characters
of a part, where 153 and 67 are counted and paid for."""

import time
from collections import OrderedDict

import smsutil
from aiosmpplib.codec import GSM7BitCodec

from notifiers.smpp_pdu import SAR_NUMBER, SAR_REFERENCE, SAR_TOTAL, UDH, ShortMessage

GSM, UCS2 = 0, 8
MOST_PARTS = 255
KEPT, KEPT_FOR = 10_000, 600.0
"""Parts of unfinished texts that are remembered, and for how many seconds."""
_codec = GSM7BitCodec.get_codec_info()


def reference(attempt: str) -> int:
    """The 16 bits of an attempt's id (hex) that travel with its message."""
    return int(attempt[:4], 16)


def parts(text: str, attempt: str) -> tuple[bool, list[bytes]]:
    """Whether the text is GSM-7, and its parts as bytes, with their headers where there are several. ValueError: nothing, or too long."""
    split = smsutil.split(text)
    gsm = split.encoding == "gsm0338"
    pieces = [bytes(_codec.encode(part.content)[0]) for part in split.parts] if gsm else _cut(text.encode("utf-16-be"))
    if not text or len(pieces) > MOST_PARTS:
        raise ValueError("an empty text, or one of more than 255 parts")
    if len(pieces) == 1:
        return gsm, pieces
    start = bytes((5, 0, 3, reference(attempt) & 0xFF))
    return gsm, [start + bytes((len(pieces), place)) + piece for place, piece in enumerate(pieces, 1)]


def decoded(data: bytes, coding: int) -> str:
    """The text of bytes that came; what cannot be read is replaced, never refused."""
    match coding:
        case 8:
            return data.decode("utf-16-be", "replace")
        case 3:
            return data.decode("latin-1")
        case 1:
            return data.decode("ascii", "replace")
    return str(_codec.decode(data, "replace")[0])


def _cut(data: bytes) -> list[bytes]:
    """UCS-2 in parts; no pair of units that make one character is torn."""
    if len(data) <= 140:
        return [data]
    pieces = []
    while data:
        end = 132 if len(data) > 134 and data[132] & 0xFC == 0xD8 else 134
        pieces.append(data[:end])
        data = data[end:]
    return pieces


class Joiner:
    """Puts the parts of long texts together again, whichever way they say that they belong together."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, int, int], tuple[float, dict[int, str]]] = OrderedDict()

    def take(self, came: ShortMessage) -> str | None:
        """The whole text once its last part came, None before. A part that came twice counts once."""
        place, data = _place(came)
        text = decoded(data, came.coding)
        if place is None:
            return text
        own, total, number = place
        key = (came.source.number, came.destination.number, own, total)
        self._forget()
        _, found = self._kept.setdefault(key, (time.monotonic(), {}))
        found[number] = text
        return "".join(found[at] for at in range(1, total + 1)) if len(found) == total else None

    def done(self, came: ShortMessage) -> None:
        """Forget the parts of a text that is kept elsewhere now."""
        place, _ = _place(came)
        if place is not None:
            self._kept.pop((came.source.number, came.destination.number, place[0], place[1]), None)

    def _forget(self) -> None:
        limit = time.monotonic() - KEPT_FOR
        while self._kept and (len(self._kept) > KEPT or next(iter(self._kept.values()))[0] < limit):
            self._kept.popitem(last=False)


def _place(came: ShortMessage) -> tuple[tuple[int, int, int] | None, bytes]:
    """Reference, number of parts and place of a part, and its text without the header."""
    data = came.text
    if came.esm_class & UDH and data and len(data) > data[0]:
        header, data = data[1 : data[0] + 1], data[data[0] + 1 :]
        return _of_header(header), data
    options = came.options
    if all(tag in options for tag in (SAR_REFERENCE, SAR_TOTAL, SAR_NUMBER)):
        own, total, number = (int.from_bytes(options[tag]) for tag in (SAR_REFERENCE, SAR_TOTAL, SAR_NUMBER))
        return _sound(own, total, number), data
    return None, data


def _of_header(header: bytes) -> tuple[int, int, int] | None:
    at = 0
    while at + 2 <= len(header):
        kind, value = header[at], header[at + 2 : at + 2 + header[at + 1]]
        if (kind, len(value)) in ((0, 3), (8, 4)):
            return _sound(int.from_bytes(value[:-2]), value[-2], value[-1])
        at += 2 + header[at + 1]
    return None


def _sound(own: int, total: int, number: int) -> tuple[int, int, int] | None:
    return (own, total, number) if total > 1 and 1 <= number <= total else None
