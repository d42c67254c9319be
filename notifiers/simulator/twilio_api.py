"""Twilio's Message resource, version 2010-04-01: create, list, fetch, and its errors.

Source: Twilio's public reference of the Message resource and of its error codes.
"""

import asyncio
import contextlib
import re
import socket
import struct
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

import orjson
from aiohttp import web

from notifiers.simulator.courier import Courier
from notifiers.simulator.delivery import Hook, parse_hook
from notifiers.simulator.faults import Fault
from notifiers.simulator.listing import page_of
from notifiers.simulator.resource import represent
from notifiers.simulator.store import Sms, new_sid, now
from notifiers.simulator.world import World

PREFIX = "/2010-04-01/Accounts/{account}/Messages"
HOLD = 120.0
"""Seconds an injected time-out keeps the caller waiting, unless it hangs up first."""

_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_LONGEST_BODY = 1600
_LONGEST_VALIDITY = 36_000
_STATUS_OF_CODE = {"20003": 401, "20404": 404, "20429": 429, "20500": 500, "20503": 503}
_RESET = struct.pack("ii", 1, 0)


class TwilioError(Exception):
    """An error as Twilio tells it: HTTP status, code and message."""

    def __init__(self, status: int, code: int, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after

    def response(self) -> web.Response:
        """The JSON body Twilio's clients parse."""
        body = {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after is not None else {}
        if self.status == 401:
            headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
        return json_answer(body, self.status, headers)


@dataclass(frozen=True, slots=True)
class _Order:
    to: str
    sender: str
    service: str | None
    body: str
    callback: Hook | None
    validity: int | None


class TwilioApi:
    """The handlers. A message is remembered before its answer leaves, as the provider does."""

    def __init__(self, world: World, courier: Courier) -> None:
        self._world = world
        self._courier = courier
        self._admitted: dict[str, str] = {}

    async def create(self, request: web.Request) -> web.StreamResponse:
        """POST …/Messages.json"""
        try:
            account = self.account(request)
            form = form_of(await request.read())
            fault = await self.struck(request)
            resource = self._accept(account, _order(form))
            if fault is not None:
                await self.cut(request, fault)
            return json_answer(resource, 201)
        except TwilioError as error:
            self._world.counts["rejected"] += 1
            return error.response()

    async def list(self, request: web.Request) -> web.StreamResponse:
        """GET …/Messages.json with To, From, DateSent, DateSent<, DateSent>, PageSize, Page."""
        try:
            account = self.account(request)
            return json_answer(page_of(self._world.store, account, request.path, request.query))
        except TwilioError as error:
            return error.response()

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """GET …/Messages/{sid}.json"""
        try:
            account = self.account(request)
            sms = self._world.store.get(request.match_info["sid"])
            if sms is None or sms.account != account:
                raise TwilioError(404, 20404, f"The requested resource {request.path} was not found")
            return json_answer(represent(sms))
        except TwilioError as error:
            return error.response()

    def account(self, request: web.Request) -> str:
        """The account a request may use. Raises TwilioError."""
        account = request.match_info["account"]
        header = request.headers.get("Authorization", "")
        if self._admitted.get(account) == header:
            return account
        expected = self._world.settings.account_sid
        known = _ACCOUNT.fullmatch(account) is not None and expected in (None, account)
        if not known or not _matches(header, account, self._world.settings.callback_token):
            raise TwilioError(401, 20003, "Authenticate")
        self._admitted = {account: header}
        return account

    async def struck(self, request: web.Request) -> Fault | None:
        """Apply the faults that strike before acceptance; hand back the one that strikes after it."""
        slow = self._world.faults.strike("latency")
        if slow is not None:
            await asyncio.sleep(slow.ms / 1000)
        fault = self._world.faults.strike_create()
        if fault is None or fault.kind in ("reset_after", "timeout_after"):
            return fault
        if fault.kind in ("reset_before", "timeout_before"):
            await self.cut(request, fault)
        raise _refusal(fault)

    async def cut(self, request: web.Request, fault: Fault) -> None:
        """End the exchange without an answer: at once for a reset, after a long silence for a time-out."""
        if fault.kind.startswith("timeout"):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._world.stopping.wait(), HOLD)
        _abort(request)
        raise asyncio.CancelledError

    def _accept(self, account: str, order: _Order) -> dict[str, Any]:
        sms = Sms(
            sid=new_sid(),
            account=account,
            sender=order.sender,
            recipient=order.to,
            body=order.body,
            direction="outbound-api",
            status="accepted" if order.service and not order.sender else "queued",
            created=now(),
            service=order.service,
        )
        self._world.store.add(sms)
        self._world.counts["accepted"] += 1
        resource = represent(sms)  # taken before delivery begins: the answer shows the first status
        self._courier.accept(sms, order.callback, order.validity)
        return resource


def _order(form: Mapping[str, str]) -> _Order:
    order = _Order(
        to=form.get("To", ""),
        sender=form.get("From", ""),
        service=form.get("MessagingServiceSid") or None,
        body=form.get("Body", ""),
        callback=hook_of(form.get("StatusCallback")),
        validity=_validity(form.get("ValidityPeriod")),
    )
    if not order.to:
        raise TwilioError(400, 21604, "A 'To' phone number is required.")
    if not NUMBER.fullmatch(order.to):
        raise TwilioError(400, 21211, f"The 'To' number {order.to[:40]} is not a valid phone number.")
    if not order.sender and not order.service:
        raise TwilioError(400, 21603, "A 'From' phone number is required.")
    if not order.body:
        raise TwilioError(400, 21602, "Message body is required.")
    if len(order.body) > _LONGEST_BODY:
        raise TwilioError(400, 21617, "The concatenated message body exceeds the 1600 character limit")
    return order


def hook_of(url: str | None) -> Hook | None:
    """The address of a callback. Raises TwilioError when it is none."""
    if not url:
        return None
    try:
        return parse_hook(url)
    except ValueError:
        raise TwilioError(400, 21609, f"The StatusCallback URL {url[:80]} is not a valid URL.") from None


def _validity(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _LONGEST_VALIDITY):
        raise TwilioError(400, 20001, "ValidityPeriod must be a whole number of seconds from 1 to 36000")
    return int(text)


def form_of(body: bytes) -> dict[str, str]:
    """The fields of an urlencoded form. Names and bodies repeat through a mass notice, so their decoding is kept."""
    form = {}
    for pair in body.decode("ascii", "replace").split("&"):
        name, _, value = pair.partition("=")
        name = _decoded(name)
        form[name] = _decoded(value) if name == "Body" else unquote_plus(value)
    return form


_decoded = lru_cache(maxsize=4096)(unquote_plus)


def _refusal(fault: Fault) -> TwilioError:
    if fault.code:
        return TwilioError(_STATUS_OF_CODE.get(fault.code, 400), int(fault.code), "Refused by the simulator")
    if fault.kind == "429":
        return TwilioError(429, 20429, "Too Many Requests", fault.retry_after)
    return TwilioError(int(fault.kind), 20000 + int(fault.kind), "Trouble injected by the simulator")


def _matches(header: str, account: str, token: str) -> bool:
    try:
        given = b64decode(header.removeprefix("Basic "), validate=True)
    except ValueError:
        return False
    return header.startswith("Basic ") and given == f"{account}:{token}".encode()


def _abort(request: web.Request) -> None:
    """Drop the connection with a TCP reset rather than an orderly end."""
    transport = request.transport
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()


def json_answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer in JSON."""
    return web.Response(body=orjson.dumps(body), status=status, headers=headers, content_type="application/json")
