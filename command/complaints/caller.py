"""A caller's number as people type it, and how it travels through a page without being read there."""

import base64
import binascii
import unicodedata
from datetime import datetime, timedelta

from command.core.keys import Keyring, KeyringError
from command.core.problems import N_, Invalid
from command.network import numbers

KEPT = timedelta(hours=8)
"""How long a page that was looked up may still be sent: a shift."""
LONGEST = 40
_BETWEEN = str.maketrans("", "", " \t\u00a0\u2009\u200b\u200e\u200f\u202a\u202c\ufeff-‐‑‒–—−.·/()[]")


def read(typed: str) -> str:
    """A number in E.164 from any shape people type: spaces, dashes, brackets, full-width digits, with +86, 0086 or without. Raise
    Invalid."""
    plain = unicodedata.normalize("NFKC", typed[: LONGEST * 2]).translate(_BETWEEN)
    if plain and len(plain) <= LONGEST:
        try:
            return numbers.read(plain).e164
        except numbers.NotANumber:
            pass
    raise Invalid(
        N_("This is no phone number."),
        field="number",
        remedy=N_("Type the caller's number, such as 138 0013 8000, with the country code for other countries."),
    )


def seal(keyring: Keyring, number: str, person_id: int, now: datetime) -> str:
    """The number as a page carries it to the next form: encrypted, for one person, for a while."""
    text = f"{person_id} {int(now.timestamp())} {number}"
    return base64.urlsafe_b64encode(keyring.encrypt(text)).decode()


def unseal(keyring: Keyring, sealed: str, person_id: int, now: datetime) -> str:
    """The number in a seal of this person's; raise Invalid for one forged, of somebody else, or too old."""
    try:
        owner, at, number = keyring.decrypt(base64.urlsafe_b64decode(sealed[:500].encode())).split(" ")
    except (KeyringError, binascii.Error, ValueError):
        owner, at, number = "", "0", ""
    if owner != str(person_id) or now - timedelta(seconds=int(at)) > datetime.fromtimestamp(0, now.tzinfo) + KEPT:
        raise Invalid(
            N_("This look-up is too old or not yours."), field="caller", remedy=N_("Look the number up again.")
        )
    return number
