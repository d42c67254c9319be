"""What a text to the public may not say. Pure rules, applied to every notice and to the advice of a plan.

Sources: the Emergency Response Law's duty to tell only what is confirmed, and the operators' own rule that an outage
notice is a service message (docs/design: telling the public).
"""

import re
from collections.abc import Iterator

from playbooks.faults import Misfit

_HAN = re.compile(r"[㐀-䶿一-鿿]")
_WIDE = re.compile(r"[　-〿㐀-䶿一-鿿＀-￯]")
_LINK = re.compile(r"https?://|www\.|\b[a-z0-9-]+\.(?:com|cn|net|org)\b", re.IGNORECASE)
_EMERGENCY = re.compile(r"(?<![\d:])(?:110|119|120|122|112|911)(?![\d:])")
_CAUSE = re.compile(r"由于|因为|原因是|\b(?:because|due to|caused by)\b", re.IGNORECASE)
_PROMOTION = re.compile(
    r"优惠|促销|折扣|抽奖|特价|\b(?:discounts?|promotions?|special offers?|prizes?)\b", re.IGNORECASE
)


def has_han(text: str) -> bool:
    """True if the text holds at least one Chinese character."""
    return bool(_HAN.search(text))


def has_wide(text: str) -> bool:
    """True if the text holds Chinese characters or full-width punctuation."""
    return bool(_WIDE.search(text))


def has_link(text: str) -> bool:
    """True if the text holds a web address."""
    return bool(_LINK.search(text))


def public_misfits(text: str) -> Iterator[Misfit]:
    """Broken rules of a text that the public reads."""
    if found := _EMERGENCY.search(text):
        message = f"advises {found[0]}, which may be cut off by the same event"
        yield Misfit(message, "Name the hotline, staff on site or another way that still works.")
    if found := _CAUSE.search(text):
        yield Misfit(f"'{found[0]}' gives a cause, which is not confirmed yet", "Say what, where and since when.")
    if found := _PROMOTION.search(text):
        yield Misfit(f"'{found[0]}' is promotion; a notice is a service message", "Take it out.")
