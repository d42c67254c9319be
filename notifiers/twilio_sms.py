"""SMS over Twilio's REST API. One event loop per gateway; connections are kept and shared by all sends.

Creating a message has no idempotency key at Twilio, so nothing is ever retried here: a send is classified, and the
engine decides.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
import phonenumbers
from twilio.base.exceptions import TwilioException
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from notifiers.base import (
    Capabilities,
    Found,
    LookUp,
    Message,
    NotFound,
    NotifierError,
    Outcome,
    Unanswered,
    Verdict,
    traced,
)
from notifiers.live import Live
from notifiers.masking import scrub
from notifiers.twilio_codes import STATES, refused
from notifiers.twilio_http import API_HOST, LeanHttpClient, NoAnswer, NotSent, Refused, Timeouts
from notifiers.twilio_webhooks import ATTEMPT

CAPABILITIES = Capabilities(two_way=True, url=True, voice=False, unicode=True, daily_cap=None, look_up="advisory")
"""What Twilio offers outside mainland China; +86 has no replies and no links, so its route says so."""

OVERRIDES = "#rc=5&rp=all"
"""Five tries for a callback after any failure: Twilio's default gives up at the first 5xx."""

LONGEST_VALIDITY = 36_000
"""Seconds; Twilio's bounds of ValidityPeriod are 1 and 36,000, and 10 hours is its default too."""

MOST_LISTED = 200
"""Messages of one number looked through for a doubtful one."""


NOT_ASSIGNABLE = "invalid_number"
"""Our code for a number that libphonenumber calls invalid."""


def assignable(number: str) -> bool:
    """Whether a numbering plan has such a number (E.164), by libphonenumber's metadata."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def mute() -> None:
    """Silence Twilio's stock loggers: they print queries with numbers at INFO."""
    for name in ("twilio.http_client", "twilio.async_http_client"):
        logging.getLogger(name).disabled = True


class BadSettings(NotifierError, ValueError):
    """A Twilio setting that cannot work; the text names it and the remedy."""


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """How to reach Twilio. `sender` is a number, a short code, an alphanumeric name or a messaging service's sid (MG…).

    `base_url` replaces Twilio's host, for the simulator or a proxy. `status_callback` is the public address receipts
    come back to; our attempt id is added to its query. `connections` bounds the calls under way.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str
    base_url: str | None = None
    status_callback: str | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)
    connections: int = 64

    def __post_init__(self) -> None:
        for name in ("account_sid", "auth_token", "sender"):
            if not getattr(self, name):
                raise BadSettings(f"{name}: missing; copy it from the account's console")
        for name in ("base_url", "status_callback"):
            _check_url(name, getattr(self, name))
        if self.connections < 1:
            raise BadSettings("connections: must be 1 or more")


async def created(client: Client, address: str, fields: dict[str, Any], trace: str = "") -> Outcome:
    """Create a message or a call at Twilio; whatever happens is classified, nothing is raised."""
    try:
        # One floor below messages.create_async: building its typed instance costs a fifth of the call.
        answer = await client.request_async("POST", address, data=fields, headers=traced(trace))
    except NotSent as error:
        return Outcome(Verdict.RETRY, code="not_sent", detail=str(error))
    except NoAnswer as error:
        return Outcome(Verdict.DOUBTFUL, code="no_answer", detail=str(error))
    except Refused as error:
        return classified(error)
    sid = decoded(answer.text).get("sid")
    if not isinstance(sid, str):
        return Outcome(Verdict.DOUBTFUL, code="unreadable", detail="success without an id")
    return Outcome(Verdict.ACCEPTED, provider_id=sid)


class TwilioTransport:
    """The wire to Twilio, without the guard between exercise and live."""

    def __init__(self, settings: TwilioSettings) -> None:
        mute()
        self._http = LeanHttpClient(settings.base_url, settings.timeouts, settings.connections)
        self._client = Client(settings.account_sid, settings.auth_token, http_client=self._http)
        self._messages = self._client.messages
        self._address = f"{API_HOST}/2010-04-01/Accounts/{settings.account_sid}/Messages.json"
        self._sender = _sender(settings.sender)
        self._reaches_people = settings.base_url is None
        self._callback = callback_prefix(settings.status_callback)

    async def submit(self, message: Message) -> Outcome:
        """Create the message at Twilio; whatever happens is classified, nothing is raised.

        A number no numbering plan knows never leaves for the real provider: made-up subscribers cannot become somebody's SMS."""
        if self._reaches_people and not assignable(message.to):
            return Outcome(Verdict.REJECTED, code=NOT_ASSIGNABLE, detail="no numbering plan has this number")
        return await created(self._client, self._address, self._fields(message), message.trace)

    async def find(self, message: Message, since: datetime) -> LookUp:
        """Look among the number's newest messages for this one.

        It is recognised by its reference in the body, or without one by the whole body, and by having been created
        in or after the second of `since`. No filter by DateSent: messages not yet sent have none.
        """
        try:
            listed = await self._messages.list_async(to=message.to, limit=MOST_LISTED)
        except (NotSent, NoAnswer, Refused, TwilioException, ValueError) as error:
            return Unanswered(f"{type(error).__name__}: {scrub(str(error))}")
        return _recognised(message, since.replace(microsecond=0), listed)

    async def aclose(self) -> None:
        """Close connections; a second call does nothing."""
        await self._http.close()

    def _fields(self, message: Message) -> dict[str, Any]:
        fields: dict[str, Any] = {"To": message.to, "Body": message.text, **self._by(message)}
        if self._callback is not None:
            fields["StatusCallback"] = f"{self._callback}{message.attempt}{OVERRIDES}"
        if message.valid_for is not None:
            fields["ValidityPeriod"] = min(max(message.valid_for, 1), LONGEST_VALIDITY)
        return fields

    def _by(self, message: Message) -> dict[str, str]:
        return _sender(message.sender) if message.sender else self._sender


class TwilioSms(Live):
    """The live SMS gateway."""

    def __init__(
        self, settings: TwilioSettings, capabilities: Capabilities = CAPABILITIES, name: str = "twilio"
    ) -> None:
        super().__init__(name, TwilioTransport(settings), capabilities)


def classified(error: Refused) -> Outcome:
    """What Twilio's refusal makes of a send; numbers in its words are masked."""
    told = decoded(error.body)
    code = told.get("code")
    return refused(
        error.status,
        str(code) if code is not None else None,
        scrub(f"HTTP {error.status}: {told.get('message', '')}".rstrip(": ")),
        error.retry_after,
    )


def decoded(body: str) -> dict[str, Any]:
    """The members of a JSON object; none for anything else an edge or a proxy may have said."""
    try:
        decoded = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return decoded if isinstance(decoded, dict) else {}


def _recognised(message: Message, since: datetime, listed: list[MessageInstance]) -> LookUp:
    for candidate in listed:
        created = candidate.date_created
        if not candidate.sid or created is None or created < since:
            continue
        body = candidate.body or ""
        if message.reference in body if message.reference else body == message.text:
            code = candidate.error_code
            status = STATES.get(str(candidate.status), "submitted")
            return Found(candidate.sid, status, str(code) if code else None)
    return NotFound()


def _sender(sender: str) -> dict[str, str]:
    is_service = sender.startswith("MG") and len(sender) == 34
    return {"MessagingServiceSid": sender} if is_service else {"From": sender}


def callback_prefix(url: str | None) -> str | None:
    """An address to which our attempt id can be appended."""
    if url is None:
        return None
    return f"{url}{'&' if urlsplit(url).query else '?'}{ATTEMPT}="


def _check_url(name: str, url: str | None) -> None:
    if url is None:
        return
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment:
        raise BadSettings(f"{name}: {url!r} is no http(s) address without fragment; give one such as https://host/path")
