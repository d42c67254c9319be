"""The HTTP client under Twilio's own async client: one session, bounded connections, and errors that say what is known.

Twilio's stock client logs every request with its query (numbers included), has no connect time-out and offers only a
blanket retry, which may double an SMS. None of that is here. A failure is one of three things: the request certainly
never left (`NotSent`), nobody knows (`NoAnswer`), or the answer was not a success (`Refused`).
"""

import logging
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import quote_plus, urlencode

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from yarl import URL

from notifiers.base import NotifierError

API_HOST = "https://api.twilio.com"

_REPEATED = frozenset({"Body", "From", "MessagingServiceSid", "ValidityPeriod"})

_silent = logging.getLogger("notifiers.twilio_http")


class NotSent(NotifierError):
    """The request was certainly not processed: no connection was made."""


class NoAnswer(NotifierError):
    """The request may have been processed: it was being written, or written, when the connection failed."""


class Refused(NotifierError):
    """An answer outside 2xx. `retry_after` is in seconds, when the answer asked for a pause."""

    def __init__(self, status: int, body: str, retry_after: float | None) -> None:
        super().__init__(f"HTTP {status}")
        self.status, self.body, self.retry_after = status, body, retry_after


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `connect` includes the wait for a free connection; `read` is the longest silence while answering."""

    connect: float = 5.0
    read: float = 15.0


class LeanHttpClient(AsyncHttpClient):  # type: ignore[misc]
    """One aiohttp session, opened at the first request in the running loop and kept until `close`."""

    def __init__(self, base_url: str | None, timeouts: Timeouts, connections: int) -> None:
        super().__init__(_silent, is_async=True)
        self._host = (base_url or API_HOST).rstrip("/")
        self._timeouts = timeouts
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Send one request. Raises NotSent, NoAnswer or Refused; the caller's time-out and redirect wishes are ours."""
        sent_headers = dict(headers or {})
        if auth is not None:
            sent_headers["Authorization"] = _basic(*auth)
        body = _form(data) if data else None
        try:
            async with self._open().request(
                method, self._address(url, params), data=body, headers=sent_headers, allow_redirects=False
            ) as answer:
                text = (await answer.read()).decode("utf-8", "replace")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NoAnswer(type(error).__name__) from error
        if not 200 <= answer.status < 300:
            raise Refused(answer.status, text, seconds_of(answer.headers.get("Retry-After")))
        return Response(answer.status, text, answer.headers)

    async def close(self) -> None:
        """Close the session; a second call does nothing."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _address(self, url: str, params: Mapping[str, object] | None) -> URL:
        address = self._host + url.removeprefix(API_HOST)
        if not params:
            return _parsed(address)
        joint = "&" if "?" in address else "?"
        return URL(address + joint + urlencode(params, doseq=True), encoded=True)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            limits = aiohttp.ClientTimeout(total=None, connect=self._timeouts.connect, sock_read=self._timeouts.read)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=300),
                timeout=limits,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent",),
            )
        return self._session


@lru_cache(maxsize=8)
def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")


def _form(data: Mapping[str, object]) -> bytes:
    """The fields as an urlencoded form, a tuple repeated. A mass notice repeats its body and sender, so their quoting is kept."""
    pairs = [
        f"{name}={_quoted(value) if name in _REPEATED else quote_plus(str(value))}"
        for name, value in data.items()
        if not isinstance(value, tuple)
    ]
    pairs += [
        f"{name}={quote_plus(each)}" for name, value in data.items() if isinstance(value, tuple) for each in value
    ]
    return "&".join(pairs).encode("ascii")


@lru_cache(maxsize=256)
def _quoted(value: object) -> str:
    return quote_plus(str(value), errors="replace")


@lru_cache(maxsize=32)
def _parsed(address: str) -> URL:
    return URL(address, encoded=True)


def seconds_of(retry_after: str | None) -> float | None:
    """Seconds asked for by a Retry-After header: a number, or a date (RFC 9110, 10.2.3); None if absent or unreadable."""
    if retry_after is None:
        return None
    try:
        return max(0.0, float(retry_after)) if retry_after.strip().isdigit() else _until(retry_after)
    except ValueError:
        return None


def _until(date: str) -> float:
    moment = parsedate_to_datetime(date)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds()) if moment.tzinfo else 0.0
