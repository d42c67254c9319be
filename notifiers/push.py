"""Messages to the carrier's own app: a signed POST to the backend that sends the push.

The body is JSON and carries our attempt id, which is also the `Idempotency-Key`: whoever gets it twice sends one push. What is signed is
the time (Unix seconds), a full stop and the body; of a question, which has no body, its path. A bare number never leaves: the app's user
is known by the name the app gave them.

Only a 429 and a request that never left were certainly not taken. A 5xx, a time-out or a broken connection is doubtful; the backend is
asked by attempt, and its "unknown" counts as proof where the operator declares its look-up authoritative."""

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
import orjson

from notifiers.base import (
    RANK,
    BadWebhook,
    Capabilities,
    Found,
    LookUp,
    Message,
    NotFound,
    NotifierError,
    Outcome,
    Receipt,
    Unanswered,
    Verdict,
    traced,
)
from notifiers.live import Live
from notifiers.masking import scrub
from notifiers.twilio_http import Timeouts, seconds_of

CAPABILITIES = Capabilities(
    two_way=False, url=True, voice=False, unicode=True, daily_cap=None, look_up="authoritative", channel="push"
)
SIGNATURE, TIMESTAMP, KEY = "Tocsin-Signature", "Tocsin-Timestamp", "Idempotency-Key"
FRESH = 300
"""Seconds a signature is good for, either way: the two clocks may differ."""
PAUSE = 1.0
"""Seconds to wait after a 429 that does not say how long."""
UNKNOWN = "unknown_message"
"""What the backend answers, with 404, to a question about a message it never took."""
_LONGEST_CODE = 64


class BadSettings(NotifierError, ValueError):
    """A setting that cannot work; the text names it and the remedy."""


@dataclass(frozen=True, slots=True)
class PushSettings:
    """Where the app's backend is and the secret shared with it. `receipts` is the public address that hears what became of a push.

    `deliver_within` is in seconds: what was not shown by then is reported undelivered and never shown, so that another road may be
    taken."""

    base_url: str
    secret: str = field(repr=False)
    receipts: str = ""
    deliver_within: int = 120
    connections: int = 64
    timeouts: Timeouts = field(default_factory=Timeouts)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        here = parts.hostname in ("127.0.0.1", "localhost", "::1")
        if parts.hostname is None or parts.scheme not in (("https", "http") if here else ("https",)):
            raise BadSettings(
                "base_url: give the https address of the app's backend, such as https://app.example.net/tocsin"
            )
        if parts.query or parts.fragment:
            raise BadSettings("base_url: leave out what follows ? and #")
        if len(self.secret) < 16:
            raise BadSettings("auth_token: give the secret shared with the app's backend, 16 characters or more")


def sign(secret: str, timestamp: str, signed: bytes) -> str:
    """The signature of a body (or of the path of a question) at a time."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + signed, hashlib.sha256).hexdigest()


def valid(secret: str, headers: Mapping[str, str], signed: bytes, now: float | None = None) -> bool:
    """Whether the holder of the secret signed this within FRESH seconds of now. Real time: the far end knows no other."""
    timestamp, given = headers.get(TIMESTAMP) or "", headers.get(SIGNATURE) or ""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 20):
        return False
    if abs((time.time() if now is None else now) - int(timestamp)) > FRESH:
        return False
    return hmac.compare_digest(sign(secret, timestamp, signed).encode(), given.encode("utf-8", "replace"))


def parse_receipt(body: bytes) -> Receipt:
    """Read what became of a push. Raises BadWebhook naming the member at fault."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadWebhook('body: send a JSON object such as {"id": …, "status": "delivered"}') from None
    if not isinstance(told, dict):
        raise BadWebhook('body: send a JSON object such as {"id": …, "status": "delivered"}')
    attempt, status, code = told.get("id"), told.get("status"), told.get("code")
    if not isinstance(attempt, str) or not attempt or len(attempt) > _LONGEST_CODE:
        raise BadWebhook("id: give back the id that came with the message")
    if not isinstance(status, str) or status not in RANK:
        raise BadWebhook(f"status: use one of {', '.join(RANK)}")
    if code is not None and not (isinstance(code, str) and len(code) <= _LONGEST_CODE):
        raise BadWebhook("code: give a short text, or leave it out")
    message = told.get("message")
    provider = message if isinstance(message, str) and message and len(message) <= 200 else attempt
    return Receipt(provider, attempt, status, code or None)


class PushTransport:
    """The wire to the app's backend, without the guard between exercise and live."""

    def __init__(self, settings: PushSettings) -> None:
        self._settings = settings
        self._address = settings.base_url.rstrip("/") + "/messages"
        self._session: aiohttp.ClientSession | None = None

    async def aclose(self) -> None:
        """Close connections; a second call does nothing."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def submit(self, message: Message) -> Outcome:
        """Hand the message to the backend; whatever happens is classified, nothing is raised."""
        body = orjson.dumps(self._body(message))
        headers = (
            self._signed(body) | {KEY: message.attempt, "Content-Type": "application/json"} | traced(message.trace)
        )
        try:
            async with self._open().post(self._address, data=body, headers=headers, allow_redirects=False) as answer:
                told = decoded(await answer.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return Outcome(Verdict.RETRY, code="not_sent", detail=type(error).__name__)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Outcome(Verdict.DOUBTFUL, code="no_answer", detail=type(error).__name__)
        return classified(answer.status, told, message.attempt, seconds_of(answer.headers.get("Retry-After")))

    async def find(self, message: Message, since: datetime) -> LookUp:
        """Ask the backend for the attempt."""
        address = f"{self._address}/{quote(message.attempt)}"
        headers = self._signed(urlsplit(address).path.encode())
        try:
            async with self._open().get(address, headers=headers, allow_redirects=False) as answer:
                told = decoded(await answer.read())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unanswered(type(error).__name__)
        if answer.status == 404 and told.get("code") == UNKNOWN:
            return NotFound()
        status = told.get("status")
        if answer.status != 200 or status not in RANK:
            return Unanswered(f"HTTP {answer.status}")
        return Found(str(told.get("message") or message.attempt), str(status), _code(told))

    def _body(self, message: Message) -> dict[str, Any]:
        now = int(time.time())
        valid = message.valid_for if message.valid_for is not None else self._settings.deliver_within
        return {
            "id": message.attempt,
            "user": message.to,
            "title": message.title,
            "text": message.text,
            "language": message.language,
            "kind": message.kind,
            "incident": message.about,
            "valid_until": now + valid,
            "deliver_before": now + min(valid, self._settings.deliver_within),
            "receipts": self._settings.receipts,
        }

    def _signed(self, signed: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        return {TIMESTAMP: timestamp, SIGNATURE: sign(self._settings.secret, timestamp, signed)}

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            given = self._settings
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=given.connections, ttl_dns_cache=300),
                timeout=aiohttp.ClientTimeout(
                    total=None, connect=given.timeouts.connect, sock_read=given.timeouts.read
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent",),
            )
        return self._session


class Push(Live):
    """The live gateway to the carrier's app."""

    def __init__(self, settings: PushSettings, capabilities: Capabilities = CAPABILITIES, name: str = "app") -> None:
        super().__init__(name, PushTransport(settings), capabilities)


def classified(status: int, told: Mapping[str, Any], attempt: str, retry_after: float | None) -> Outcome:
    """What an answer makes of a send. Pure. 409: it has this attempt already, so it was taken. A refused signature concerns every
    message, any other 4xx only this one, who has no app, say."""
    if 200 <= status < 300 or status == 409:
        return Outcome(Verdict.ACCEPTED, provider_id=str(told.get("message") or attempt)[:200])
    if status == 429:
        return Outcome(Verdict.RETRY, code="429", retry_after=PAUSE if retry_after is None else retry_after)
    if status in (401, 403):
        return Outcome(Verdict.STOP, detail=f"HTTP {status}")
    if status == 408 or not 400 <= status < 500:
        return Outcome(Verdict.DOUBTFUL, code=str(status), detail=f"HTTP {status}")
    return Outcome(Verdict.REJECTED, code=_code(told) or str(status), detail=f"HTTP {status}")


def _code(told: Mapping[str, Any]) -> str | None:
    code = told.get("code")
    return scrub(code[:_LONGEST_CODE]) if isinstance(code, str) and code else None


def decoded(body: bytes) -> dict[str, Any]:
    """The members of a JSON object; none for anything else."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}
