"""Receipts as they nearly all come, taken before the application sees them: a city's notices bring two each, and most of what a request
costs there (routing, session, trace, headers of pages) serves people.

Nothing else is decided here than in the view (command.messages.hooks): what is not just as it should be goes on to it, and it says why."""

import io
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask

from command.core.installation import Installation
from command.messages import gateways
from command.messages.inbox import Inbox, NotDurable
from notifiers.base import BadWebhook, Channel, Receipt
from notifiers.twilio_webhooks import parse_call, parse_receipt, valid_signature

PREFIX = "/hooks/twilio/"
Parse = Callable[[Mapping[str, str], Mapping[str, str]], Receipt]
PARSERS: Mapping[str, tuple[Parse, Channel]] = {"status": (parse_receipt, "sms"), "call": (parse_call, "voice")}
FORMS = {"application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8"}
LARGEST = 16_384
"""Bytes of a body that are read here; Twilio's are some 400."""
NOT_DURABLE = "tocsin.not_durable"
"""Under which the request of a receipt that could not be stored says so to the view."""
_HEADERS = [("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store")]


class AtTheDoor:
    """In front of an application: takes a signed receipt and answers 204 once it is durable; hands everything else on."""

    def __init__(self, application: WSGIApplication, app: Flask) -> None:
        self._application, self._app = application, app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].startswith(PREFIX) and self._taken(environ):
            start_response("204 NO CONTENT", _HEADERS)
            return ()
        return self._application(environ, start_response)

    def _taken(self, environ: WSGIEnvironment) -> bool:
        gateway, _, kind = environ["PATH_INFO"].removeprefix(PREFIX).partition("/")
        if kind not in PARSERS:
            return False
        parse, channel = PARSERS[kind]
        form, query = _form(environ, self._most()), _pairs(environ.get("QUERY_STRING", ""))
        if not form or query is None or not self._signed(environ, gateway, channel, form):
            return False
        try:
            receipt = parse(form, query)
            inbox: Inbox = self._app.extensions["tocsin.inbox"]
            inbox.put(gateway, receipt)
        except BadWebhook:
            return False
        except NotDurable as error:
            environ[NOT_DURABLE] = error
            return False
        return True

    def _most(self) -> int:
        return min(LARGEST, self._app.config.get("MAX_CONTENT_LENGTH") or LARGEST)

    def _signed(self, environ: WSGIEnvironment, gateway: str, channel: Channel, form: dict[str, str]) -> bool:
        house: Installation = self._app.extensions["tocsin"]
        token = gateways.auth_token(house, gateway, channel)
        url = signed_url(house, environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        return token is not None and valid_signature(url, form, environ.get("HTTP_X_TWILIO_SIGNATURE"), token)


def signed_url(installation: Installation, path: str, query: str) -> str:
    """The address a gateway signed: our public one, never what a proxy made of it."""
    return installation.settings.origin + path + (f"?{query}" if query else "")


def _form(environ: WSGIEnvironment, most: int) -> dict[str, str] | None:
    """The fields of a small form, each once; None for anything else. The body can be read again afterwards."""
    length = environ.get("CONTENT_LENGTH") or ""
    if environ.get("CONTENT_TYPE", "").lower() not in FORMS or not length.isdecimal() or not 0 < int(length) <= most:
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return _pairs(body.decode("ascii", "replace"))


def _pairs(encoded: str) -> dict[str, str] | None:
    """Names and values in ASCII, none of them twice, not UTF-8 or with a NUL; else None."""
    if not encoded.isascii():
        return None
    try:
        pairs = parse_qsl(encoded, keep_blank_values=True, errors="strict")
    except ValueError:
        return None
    found = dict(pairs)
    whole = len(found) == len(pairs) and not any("\0" in text for pair in pairs for text in pair)
    return found if whole else None
