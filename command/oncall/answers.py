"""What an SMS reply means: pure reading of what tired people type."""

import re
import unicodedata
from dataclasses import dataclass

CODE_DIGITS = 4
ACKNOWLEDGE = frozenset({"ack", "ok", "yes", "y", "收到", "应答", "好的"})
_CODE = re.compile(rf"(?<!\d)\d{{{CODE_DIGITS}}}(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """An acknowledgement, with the code it names if it names one."""

    acknowledges: bool
    code: str | None


def read(text: str) -> Answer:
    """Full-width digits, case and spaces are tolerated; a bare code acknowledges."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    found = _CODE.search(plain)
    words = set(_WORD.findall(plain))
    acknowledges = (
        bool(words & ACKNOWLEDGE) or any(word.startswith("收到") for word in words) or bool(found and not words)
    )
    return Answer(acknowledges, found[0] if found else None)
