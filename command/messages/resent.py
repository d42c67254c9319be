"""The mark of a message that is sent again in doubt: whoever gets it twice sees that it is one message. Pure."""

import re

MARKS = {"zh": "（重发）", "en": "(sent again) "}
"""The shortest words that say it, for a text may cost one segment more and a phone shows the beginning first."""
_SIGNED = re.compile(r"(?:【[^】]*】|\[DRILL\] ?)*")
_BEYOND_GSM = re.compile("[\u2e80-\uffef]")


def marked(text: str, language: str) -> str:
    """The text with the mark in the reader's language, after its drill mark and signature, which must stand first.

    A text for a reader of Chinese that holds nothing Chinese gets the English mark: the Chinese one would turn it into UCS-2, which not
    every gateway carries and which holds less than half as much in a segment."""
    mark = MARKS["zh" if language == "zh" and _BEYOND_GSM.search(text) else "en"]
    found = _SIGNED.match(text)
    end = found.end() if found else 0
    return text[:end] + mark + text[end:]


def as_sent(text: str, language: str, resent: bool) -> str:
    """The text of a delivery as its next, or last, call carries it."""
    return marked(text, language) if resent else text
