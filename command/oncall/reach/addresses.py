"""What people type when asked how to reach them: numbers in any shape, mailboxes, addresses of chats. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult

from command.core.log import mask
from command.core.problems import N_, Invalid
from notifiers.base import Channel
from notifiers.chat import chat_of
from notifiers.smtp import mailbox

KINDS: tuple[Channel, ...] = ("sms", "voice", "email", "chat")
REGIONS = {"cn": "CN", "us": "US"}
"""Whose numbers may be typed without a country code, by the operator's profile."""
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Rules:
    """What is taken: `region` of numbers without a country code (None: every number needs one), whether numbers of no numbering plan are
    (as those of a demo are), which chats."""

    region: str | None
    made_up: bool
    schemes: Sequence[str]


def understood(kind: Channel, typed: str, rules: Rules) -> str:
    """The address meant by `typed`: a number in E.164, a mailbox, or a chat's address. Raise Invalid, which says what is wrong."""
    text = typed.strip()
    if not text:
        raise Invalid(N_("The address is empty."), field="address", remedy=N_("Give a number, a mailbox or a chat."))
    if len(text) > LONGEST:
        raise Invalid(N_("The address is too long."), field="address", remedy=N_("Give one address."))
    if kind == "email":
        return _mailbox(plain(text))
    if kind == "chat":
        return _chat(text, rules)
    return _number(kind, plain(text), rules)


def plain(text: str) -> str:
    """Full-width digits and letters as the usual ones."""
    return unicodedata.normalize("NFKC", text)


def shown(kind: str, address: str) -> str:
    """An address as its owner sees it: enough to tell it from their others, not enough for anybody else."""
    if kind == "email":
        local, _, domain = address.rpartition("@")
        return f"{local[:1]}***@{domain}"
    if kind == "chat":
        scheme, _, rest = address.partition("://")
        return f"{rest.split('/')[0] if scheme == 'https' else scheme}…"
    return f"+86 {mask(address)}" if address.startswith("+86") else mask(address)


def _number(kind: Channel, text: str, rules: Rules) -> str:
    try:
        number = phonenumbers.parse(text, rules.region)
    except NumberParseException as error:
        raise _misread(error) from error
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == ValidationResult.TOO_SHORT:
        raise Invalid(N_("The number has too few digits."), field="address", remedy=N_("Check it digit by digit."))
    if reason in (ValidationResult.TOO_LONG, ValidationResult.INVALID_LENGTH):
        raise Invalid(N_("The number has too many digits."), field="address", remedy=N_("Check it digit by digit."))
    if not rules.made_up and not phonenumbers.is_valid_number(number):
        raise Invalid(
            N_("No numbering plan has this number."), field="address", remedy=N_("Check it, and its country code.")
        )
    if kind == "sms" and phonenumbers.number_type(number) == PhoneNumberType.FIXED_LINE:
        raise Invalid(
            N_("This is a landline, which takes no SMS."), field="address", remedy=N_("Add it as a voice call.")
        )
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _misread(error: NumberParseException) -> Invalid:
    if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return Invalid(
            N_("The number has no country code that exists."),
            field="address",
            remedy=N_("Begin with + and the country code, such as +86."),
        )
    if error.error_type == NumberParseException.NOT_A_NUMBER:
        return Invalid(
            N_("This is no phone number."), field="address", remedy=N_("Give digits, such as 138 0000 1111.")
        )
    words = N_("The number has too few digits.")
    if error.error_type == NumberParseException.TOO_LONG:
        words = N_("The number has too many digits.")
    return Invalid(words, field="address", remedy=N_("Check it digit by digit."))


def _mailbox(text: str) -> str:
    local, _, domain = text.rpartition("@")
    address = f"{local}@{domain.lower()}"
    if not mailbox(address):
        raise Invalid(
            N_("This is no e-mail address."), field="address", remedy=N_("Give one such as li.hong@example.net.")
        )
    return address


def _chat(text: str, rules: Rules) -> str:
    if chat_of(text, rules.schemes) is None:
        raise Invalid(
            N_("This is no address of a chat that can be used here."),
            field="address",
            remedy=N_("Paste the webhook's address, or one that begins with: %(known)s."),
            known=", ".join(f"{scheme}://" for scheme in rules.schemes),
        )
    return text
