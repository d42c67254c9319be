"""The signed address in the SMS to a caller: it shows one case and stops working after a month."""

import base64
import hmac
from datetime import datetime, timedelta

from command.core.installation import Installation
from command.core.keys import Key
from command.core.problems import N_, NotFound

VALID = timedelta(days=30)
_PURPOSE = "case link"
_SIGNATURE = 16


def address(installation: Installation, case_id: int) -> str:
    """The address of a case: short, for it travels in an SMS."""
    return installation.settings.origin + path(installation, case_id)


def path(installation: Installation, case_id: int) -> str:
    """The same within this site."""
    return f"/c/{case_id}.{_signed(installation.keyring.newest, case_id)}"


def read(installation: Installation, token: str) -> int:
    """The id of the case an address names; raise NotFound for a forged one. Addresses outlive a rotation of keys."""
    text, _, signature = token.partition(".")
    if text.isascii() and text.isdigit() and len(text) < 19 and text == str(int(text)):
        for key in installation.keyring.keys:
            if hmac.compare_digest(_signed(key, int(text)).encode(), signature.encode("utf-8", "replace")):
                return int(text)
    raise unknown()


def require_fresh(opened_at: datetime, now: datetime) -> None:
    """Raise NotFound where a link is too old, in the words for one that never was."""
    if now - opened_at >= VALID:
        raise unknown()


def unknown() -> NotFound:
    """The same answer for a forged and for an old address: neither tells whether there is such a case."""
    return NotFound(
        N_("This link is not valid any more."),
        remedy=N_("Look up your case with its number and the last four digits of your phone."),
    )


def _signed(key: Key, case_id: int) -> str:
    digest = hmac.digest(key.derive(_PURPOSE), str(case_id).encode(), "sha256")[:_SIGNATURE]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
