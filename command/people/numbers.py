"""Phone numbers in any shape people type, understood as one in E.164, and how a number is shown. Pure."""

import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult

from command.core.log import mask
from command.core.problems import N_, Invalid

REGIONS = {"cn": "CN", "us": "US"}
"""Whose numbers may be typed without a country code, by the operator's profile."""


def plain(text: str) -> str:
    """Full-width digits and letters as the usual ones."""
    return unicodedata.normalize("NFKC", text)


def understood(typed: str, region: str | None, *, made_up: bool, sms: bool, field: str) -> str:
    """The number meant by `typed`, in E.164. `region`: of numbers without a country code (None: every number needs one); `made_up`: numbers
    of no numbering plan are taken too, as those of a demo are; `sms`: it must take SMS. Raise Invalid, which names `field`."""
    try:
        number = phonenumbers.parse(plain(typed), region)
    except NumberParseException as error:
        raise _misread(error, field) from error
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == ValidationResult.TOO_SHORT:
        raise Invalid(N_("The number has too few digits."), field=field, remedy=N_("Check it digit by digit."))
    if reason in (ValidationResult.TOO_LONG, ValidationResult.INVALID_LENGTH):
        raise Invalid(N_("The number has too many digits."), field=field, remedy=N_("Check it digit by digit."))
    if not made_up and not phonenumbers.is_valid_number(number):
        raise Invalid(
            N_("No numbering plan has this number."), field=field, remedy=N_("Check it, and its country code.")
        )
    if sms and phonenumbers.number_type(number) == PhoneNumberType.FIXED_LINE:
        raise Invalid(N_("This is a landline, which takes no SMS."), field=field, remedy=N_("Add it as a voice call."))
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def shown(number: str) -> str:
    """A number as pages show it: enough to tell it from others, not enough to call it (I10)."""
    return f"+86 {mask(number)}" if number.startswith("+86") else mask(number)


def _misread(error: NumberParseException, field: str) -> Invalid:
    if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return Invalid(
            N_("The number has no country code that exists."),
            field=field,
            remedy=N_("Begin with + and the country code, such as +86."),
        )
    if error.error_type == NumberParseException.NOT_A_NUMBER:
        return Invalid(N_("This is no phone number."), field=field, remedy=N_("Give digits, such as 138 0000 1111."))
    words = N_("The number has too few digits.")
    if error.error_type == NumberParseException.TOO_LONG:
        words = N_("The number has too many digits.")
    return Invalid(words, field=field, remedy=N_("Check it digit by digit."))
