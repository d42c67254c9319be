"""Phone numbers as people write them, brought to E.164.

A mobile number in the operator's own format takes one pass of a regular expression; anything else goes to libphonenumber, which is
some thirty times slower. A number that libphonenumber calls invalid is kept with a warning: live gateways refuse it anyway."""

import re
from typing import Any, NamedTuple

import phonenumbers

REGION = "CN"
_OWN = re.compile(r"(?:\+?86|0086)?(1\d{10})")
_METADATA: Any = phonenumbers.PhoneMetadata.metadata_for_region(REGION)
_MOBILE = re.compile(_METADATA.mobile.national_number_pattern)


class Number(NamedTuple):
    """A number in E.164, and whether libphonenumber takes it for one that can exist."""

    e164: str
    valid: bool


class NotANumber(ValueError):
    """What is written cannot be a phone number of any country."""


def read(written: str, region: str = REGION) -> Number:
    """Understand a number as written; a national number is one of `region`. Raises NotANumber."""
    own = _OWN.fullmatch(written) if region == REGION else None
    if own:
        return Number("+86" + own[1], _MOBILE.fullmatch(own[1]) is not None)
    try:
        parsed = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException as wrong:
        raise NotANumber(str(wrong)) from wrong
    if not phonenumbers.is_possible_number(parsed):
        raise NotANumber("its length is that of no phone number")
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Number(e164, phonenumbers.is_valid_number(parsed))
