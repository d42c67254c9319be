"""How a phone number may be shown where nobody has asked, with a reason, to see it whole."""

import re

_CHINA = "+86"
_KEPT_TAIL = 4
_SHORTEST = 8
_IN_TEXT = re.compile(r"\+?\d{7,}")


def mask(number: str) -> str:
    """Show an E.164 number as 138****1234; the country code stays for other countries, short numbers lose all."""
    shown = number.removeprefix(_CHINA)
    if len(shown.lstrip("+")) < _SHORTEST:
        return "****"
    return f"{shown[:3]}****{shown[-_KEPT_TAIL:]}"


def scrub(text: str) -> str:
    """A provider's words with every number-like run of seven or more digits masked."""
    return _IN_TEXT.sub(lambda found: mask(found.group()), text)
