"""What a person writes into a field, as it is kept: words, a figure without separators, a time as ISO text in UTC. Pure."""

import re
from datetime import UTC, datetime, tzinfo
from typing import get_args

from command.core.log import masked_words
from command.core.problems import N_, Invalid
from command.filings.regulators import FieldOf, Figure, Time

TIMES = frozenset(get_args(Time))
FIGURES = frozenset(get_args(Figure))


def kept(field: FieldOf, text: str, zone: tzinfo) -> str:
    """What is kept of a text; nothing for nothing, and then the incident's own value holds. A time without a zone is on the wall clock of
    `zone`; phone numbers are masked (I10). Raise Invalid naming the field."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not plain:
        return ""
    if field.source in TIMES:
        return _moment(field.key, plain, zone)
    if field.source in FIGURES:
        return _figure(field.key, plain)
    if len(plain) > field.longest:
        raise Invalid(
            N_("The text is longer than %(max_length)s."),
            field=field.key,
            remedy=N_("Correct its length."),
            max_length=field.longest,
        )
    bad = next((char for char in plain if not char.isprintable() and char not in "\n\t"), None)
    if bad is not None:
        raise Invalid(
            N_("The text has a character that cannot be printed (%(char)s)."),
            field=field.key,
            remedy=N_("Take it out; copy the text from a plain editor."),
            char=f"U+{ord(bad):04X}",
        )
    return masked_words(plain)


def _moment(key: str, text: str, zone: tzinfo) -> str:
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        raise Invalid(N_("This is no date and time."), field=key, remedy=N_("Write it as 2026-11-21 08:30.")) from None


def _figure(key: str, text: str) -> str:
    digits = re.sub(r"[,，\s]", "", text)
    if not re.fullmatch(r"\d{1,15}", digits, re.ASCII):
        raise Invalid(
            N_("This must be a whole number, 0 or more."), field=key, remedy=N_("Write it in digits, such as 28400.")
        )
    return str(int(digits))
