"""The ground every web application of Tocsin stands on: strict JSON in, a trace on every request, headers that keep pages safe."""

import secrets
import time
from typing import Any

import orjson
import structlog
from flask import Flask, Request, Response, current_app, g, request
from flask.json.provider import JSONProvider
from werkzeug.exceptions import BadRequest, NotFound, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.routing import IntegerConverter

from command.core import tracing

LARGEST_ID = 2**63 - 1
logger = structlog.get_logger("web")


class StrictRequest(Request):
    """JSON is UTF-8 without NaN, lone surrogates or NUL characters (PostgreSQL cannot keep those). No body at all is `{}`."""

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        if not self.get_data(cache=True):
            return {}
        return super().get_json(force=force, silent=silent, cache=cache)

    def on_json_loading_failure(self, e: ValueError | None) -> Any:
        raise BadRequest("json")


class OrjsonProvider(JSONProvider):
    """orjson for everything Flask reads and writes. No mark-up begins in what it writes: JSON stays data wherever a page pastes it."""

    def dumps(self, obj: Any, **_: Any) -> str:
        text = orjson.dumps(obj, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS, default=str).decode()
        return text.replace("<", "\\u003c")

    def loads(self, s: str | bytes, **_: Any) -> Any:
        found = orjson.loads(s)
        if (b"\\u0000" if isinstance(s, bytes) else "\\u0000") in s and _holds_nul(found):  # type: ignore[operator]
            raise ValueError("a NUL character")
        return found


def _holds_nul(value: Any) -> bool:
    """Whether a NUL character is in any text of a value. No recursion: orjson reads deeper nesting than Python's stack holds."""
    left = [value]
    while left:
        found = left.pop()
        if isinstance(found, str) and "\0" in found:
            return True
        if isinstance(found, dict):
            left += (*found, *found.values())
        elif isinstance(found, list):
            left += found
    return False


class IdConverter(IntegerConverter):
    """`<int:…>` in a route: what no table can hold is no page either."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max": LARGEST_ID, **options})


def install(app: Flask) -> None:
    """Prepare an application: request, JSON, limits, trace, log, headers."""
    app.request_class = StrictRequest
    app.json = OrjsonProvider(app)
    app.url_map.converters["int"] = IdConverter
    app.before_request(begin)
    app.before_request(refuse_unreadable)
    app.after_request(_finished)
    app.teardown_request(lambda _: structlog.contextvars.clear_contextvars())


def begin() -> None:
    """Give the request a trace id that its log lines, its error and its answer share."""
    g.trace = tracing.new()
    g.nonce = secrets.token_urlsafe(16)
    g.begun = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(trace=g.trace)


def refuse_unreadable() -> None:
    """Raise for a body too large, of another type than the view reads, or with NUL characters anywhere in the address or a form."""
    if (request.content_length or 0) > (request.max_content_length or LARGEST_ID):
        raise RequestEntityTooLarge
    if "\0" in request.path:
        raise NotFound
    form = request.form if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data") else {}
    for values in (request.args, form):
        if any("\0" in text for pair in values.items() for text in pair):
            raise BadRequest("nul")
    has_body = request.content_length or request.headers.get("Transfer-Encoding")
    if has_body and _reads_json() and not request.is_json:
        raise UnsupportedMediaType


def _reads_json() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    spec = getattr(view, "_spec", None) or {}
    return bool(spec.get("content_type") == "application/json")


def content_security() -> str:
    """The policy of this answer: nothing from another host, scripts of our own or with this answer's nonce, no eval."""
    host = request.host
    parts = [
        "default-src 'self'",
        f"script-src 'self' 'nonce-{g.nonce}'",
        f"style-src 'self' 'nonce-{g.nonce}'",
        "img-src 'self' data:",
        f"connect-src 'self' ws://{host} wss://{host}",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
    return "; ".join(parts)


def _finished(response: Response) -> Response:
    headers = response.headers
    if "nonce" in g:
        headers.setdefault("Content-Security-Policy", content_security())
        headers.setdefault(tracing.HEADER, g.trace)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cache-Control", "no-store")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    _log(response)
    return response


def _log(response: Response) -> None:
    """One line a request. The route's pattern, never the address or the query: they may hold a number or a signed code.

    Probes and accepted receipts are left out: a notice to a city would bury everything else."""
    accepted = request.path.startswith("/hooks/") and response.status_code < 400
    if accepted or request.path in ("/healthz", "/readyz", "/metrics"):
        return
    who = g.get("principal")
    logger.info(
        "request",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        ms=round((time.perf_counter() - g.begun) * 1000, 1) if "begun" in g else None,
        actor=who.actor if who else None,
    )
