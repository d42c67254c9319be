"""What an SMS reply means: pure reading of what tired people type."""

import re
import unicodedata
from dataclasses import dataclass

CODE_DIGITS = 4
_CODES = 9000
_STEP = 7919
ACKNOWLEDGE = frozenset({"ack", "ok", "yes", "y", "收到", "应答", "好的"})
_REFUSING = frozenset({"no", "not", "cannot", "cant", "unable", "nack"})
_REFUSING_ZH = ("无法", "不能", "不行", "不了", "没收到", "未收到")
_CODE = re.compile(rf"(?<![0-9])[0-9]{{{CODE_DIGITS}}}(?![0-9])")
_SPACED = re.compile(r"(?<=[0-9])\s+(?=[0-9])")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """An acknowledgement, with the codes it names if it names any."""

    acknowledges: bool
    codes: tuple[str, ...]


def code_of(page_id: int) -> str:
    """The four digits that answer a page: different for any 9,000 pages in a row, without asking which are taken.

    It is no secret: an answer counts only from the number that was paged. (7919 is prime, so multiples do not meet modulo 9,000.)"""
    return str(page_id * _STEP % _CODES + 1000)


def read(text: str) -> Answer:
    """Full-width digits, case and spaces are tolerated; a bare code acknowledges. Words that refuse are no acknowledgement."""
    plain = _digits(unicodedata.normalize("NFKC", text).casefold())
    codes = tuple(dict.fromkeys(_CODE.findall(plain) or _CODE.findall(_SPACED.sub("", plain))))
    words = _WORD.findall(plain.replace("'", "").replace("’", ""))
    agrees = any(word in ACKNOWLEDGE or word.startswith("收到") for word in words) or bool(codes and not words)
    return Answer(agrees and not any(map(_refuses, words)), codes)


def _refuses(word: str) -> bool:
    return word in _REFUSING or any(part in word for part in _REFUSING_ZH)


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(char, char)) for char in text)
