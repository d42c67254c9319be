"""The signed address in a page's SMS: it opens one page for the person paged, and stops working after a day."""

import base64
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

from command.core.installation import Installation
from command.core.keys import Key
from command.core.problems import N_, NotFound

VALID = timedelta(hours=24)
PURPOSE, DRILL = "page link", "phone drill link"
"""What an address is for; one made for the one is no good for the other."""
_SIGNATURE = 16


def maker(installation: Installation, path: str = "p", purpose: str = PURPOSE) -> Callable[[int], str]:
    """Makes the address of a page (or of what else has addresses, under a path of its own) by its id: short, for it travels in an SMS."""
    key = installation.keyring.newest
    return lambda page_id: f"{installation.settings.origin}/{path}/{page_id}.{_signed(key, page_id, purpose)}"


def read(installation: Installation, token: str, purpose: str = PURPOSE) -> int:
    """The id of the page an address names; raise NotFound for a forged one. Addresses outlive a rotation of keys."""
    text, _, signature = token.partition(".")
    if text.isascii() and text.isdigit() and len(text) < 19:
        page_id = int(text)
        for key in installation.keyring.keys:
            made = _signed(key, page_id, purpose).encode()
            if text == str(page_id) and hmac.compare_digest(made, signature.encode()):
                return page_id
    raise NotFound(N_("This link is not valid."), remedy=N_("Open it from the SMS again, or sign in."))


def require_fresh(called_at: datetime, now: datetime) -> None:
    """Raise NotFound where a link, made when the page was, is too old."""
    if now - called_at >= VALID:
        raise NotFound(N_("This link is too old."), remedy=N_("Answer the SMS, or sign in."))


def _signed(key: Key, page_id: int, purpose: str) -> str:
    digest = hmac.digest(key.derive(purpose), str(page_id).encode(), "sha256")[:_SIGNATURE]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
