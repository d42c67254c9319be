"""What a text costs on the air: its encoding and how many short-message segments it takes (3GPP TS 23.038, 23.040).

Segments are paid for and count against a gateway's quota, so they are counted here, before anything is sent.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import smsutil

Encoding = Literal["GSM-7", "UCS-2"]

SINGLE: dict[Encoding, int] = {"GSM-7": 160, "UCS-2": 70}
"""Units of a message that fits in one segment."""
JOINED: dict[Encoding, int] = {"GSM-7": 153, "UCS-2": 67}
"""Units of one segment of a longer message: the rest of it holds the header that joins the parts again."""


@dataclass(frozen=True, slots=True)
class Segments:
    """The size of one text.

    `characters` are units of the encoding: septets of GSM-7, where `^{}[]~\\|€` take two, or 16-bit units of UCS-2, where
    a character beyond the basic plane takes two. `segments` is 0 for an empty text, which cannot be sent.
    """

    encoding: Encoding
    characters: int
    segments: int
    per_segment: int


def parts(text: str) -> tuple[str, ...]:
    """The text as it is cut for the air, in order. Neither an escaped GSM-7 character nor a surrogate pair is torn."""
    return tuple(part.content for part in smsutil.split(text).parts) if text else ()


def count(text: str) -> Segments:
    """The segments of `text` as it will be sent: signature (【…】) and drill mark must be in it already.

    One character outside the GSM-7 alphabet switches the whole text to UCS-2.
    """
    if not text:
        return Segments("GSM-7", 0, 0, SINGLE["GSM-7"])
    split = smsutil.split(text)
    encoding: Encoding = "GSM-7" if split.encoding == "gsm0338" else "UCS-2"
    units = split.total_bytes if encoding == "GSM-7" else split.total_bytes // 2
    pieces = len(split.parts)
    return Segments(encoding, units, pieces, (SINGLE if pieces == 1 else JOINED)[encoding])


PLAIN: dict[str, str] = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2009\u200a\u202f\t", " "),
    **dict.fromkeys("\u200b\ufeff\u00ad", ""),
    "…": "...",
    "•": "*",
    "·": ".",
    "×": "x",
    "™": "(TM)",
    "©": "(C)",
    "®": "(R)",
}
"""What says the same in GSM-7 as a character that would switch a whole text to UCS-2."""


def forcing(text: str) -> tuple[str, ...]:
    """The characters of a text that GSM-7 lacks, each once, in order: each of them alone switches all of it to UCS-2."""
    return tuple(dict.fromkeys(filter(_lacking, text)))


@lru_cache(maxsize=4096)
def _lacking(char: str) -> bool:
    return count(char).encoding == "UCS-2"


def plain(text: str) -> str | None:
    """The text with every such character replaced by what says the same in GSM-7; None where one has no replacement, or none is needed."""
    said = "".join(PLAIN.get(char, char) if _lacking(char) else char for char in text)
    return said if said != text and not forcing(said) else None
