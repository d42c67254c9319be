"""The signed address in the SMS: it opens the form of one person and nothing else."""

import base64
import hmac

from command.core.installation import Installation
from command.core.keys import Key
from command.core.problems import N_, NotFound

_PURPOSE = "survey link"
_SIGNATURE = 16


def address(installation: Installation, answer_id: int) -> str:
    """The address of somebody's form: short, for it travels in an SMS."""
    return installation.settings.origin + path(installation, answer_id)


def path(installation: Installation, answer_id: int) -> str:
    """The same within this site."""
    return f"/s/{answer_id}.{_signed(installation.keyring.newest, answer_id)}"


def read(installation: Installation, token: str) -> int:
    """The id of the row that an address names; raise NotFound for a forged one. Addresses outlive a rotation of keys."""
    text, _, signature = token.partition(".")
    if text.isascii() and text.isdigit() and len(text) < 19 and text == str(int(text)):
        for key in installation.keyring.keys:
            if hmac.compare_digest(_signed(key, int(text)).encode(), signature.encode("utf-8", "replace")):
                return int(text)
    raise unknown()


def unknown() -> NotFound:
    """The same answer for whatever is no address of a survey."""
    return NotFound(N_("This link is not valid."), remedy=N_("Open it exactly as it stands in the SMS."))


def _signed(key: Key, answer_id: int) -> str:
    digest = hmac.digest(key.derive(_PURPOSE), str(answer_id).encode(), "sha256")[:_SIGNATURE]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
