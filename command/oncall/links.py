"""The signed address in a page's SMS: it opens one page for one person and stops working after a day."""

from collections.abc import Callable

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from command.core.installation import Installation
from command.core.problems import N_, NotFound

MAX_AGE_SECONDS = 24 * 3600


def _serializer(installation: Installation) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(installation.keyring.secret("page link"), salt="page")


def maker(installation: Installation) -> Callable[[int], str]:
    """Makes the address of a page by its id."""
    serializer = _serializer(installation)
    return lambda page_id: f"{installation.settings.origin}/p/{serializer.dumps(page_id)}"


def read(installation: Installation, token: str) -> int:
    """The id of the page an address names; raise NotFound for a forged or old one."""
    try:
        return int(_serializer(installation).loads(token, max_age=MAX_AGE_SECONDS))
    except SignatureExpired:
        raise NotFound(N_("This link is too old."), remedy=N_("Answer the SMS, or sign in.")) from None
    except BadSignature:
        raise NotFound(N_("This link is not valid."), remedy=N_("Open it from the SMS again, or sign in.")) from None
