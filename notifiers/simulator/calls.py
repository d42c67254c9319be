"""Twilio's Call resource, version 2010-04-01: create, fetch, and what a simulated phone does when it is rung.

Source: Twilio's public reference of the Call resource, its statuses and its status callbacks."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urljoin
from uuid import uuid4

import aiohttp
from aiohttp import web

from notifiers.simulator import twiml
from notifiers.simulator.courier import Courier
from notifiers.simulator.delivery import Hook
from notifiers.simulator.resource import VERSION, rfc2822
from notifiers.simulator.signing import sign
from notifiers.simulator.store import now
from notifiers.simulator.twilio_api import NUMBER, TwilioApi, TwilioError, hook_of, json_answer
from notifiers.simulator.world import World

CALLS = "/2010-04-01/Accounts/{account}/Calls"
KEPT = 2000
"""Calls remembered; the oldest go first."""
MOST_DOCUMENTS = 50
"""Documents one call may follow: a loop of redirects ends."""
_EVENTS = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered", "completed": "completed"}
_OVER = ("completed", "busy", "no-answer", "failed", "canceled")


@dataclass(slots=True, eq=False)
class Call:
    """One call. `said` are the sentences spoken so far; `waiting`: it listens for keys now."""

    sid: str
    account: str
    sender: str
    recipient: str
    url: str
    callback: Hook | None
    events: frozenset[str]
    status: str = "queued"
    created: float = field(default_factory=now)
    said: list[str] = field(default_factory=list)
    keys: str = ""
    waiting: bool = False
    pressed: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)

    @property
    def over(self) -> bool:
        return self.status in _OVER


class Switchboard:
    """Rings phones, follows the application's TwiML and tells of every status. Lives on one event loop."""

    def __init__(self, world: World, courier: Courier, twilio: TwilioApi) -> None:
        self._world, self._courier, self._twilio = world, courier, twilio
        self._calls: OrderedDict[str, Call] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def create(self, request: web.Request) -> web.StreamResponse:
        """POST …/Calls.json"""
        try:
            account = self._twilio.account(request)
            form = parse_qsl((await request.read()).decode("ascii", "replace"))
            fault = await self._twilio.struck(request)
            call = _ordered(account, form)
            self._begin(call)
            if fault is not None:
                await self._twilio.cut(request, fault)
            return json_answer(represent(call, "queued"), 201)
        except TwilioError as error:
            self._world.counts["rejected"] += 1
            return error.response()

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """GET …/Calls/{sid}.json"""
        try:
            account = self._twilio.account(request)
            call = self._calls.get(request.match_info["sid"])
            if call is None or call.account != account:
                raise TwilioError(404, 20404, f"The requested resource {request.path} was not found")
            return json_answer(represent(call, call.status))
        except TwilioError as error:
            return error.response()

    def newest(self, number: str | None = None) -> list[Call]:
        """Calls, newest first: all, or those to one phone."""
        return [call for call in reversed(self._calls.values()) if number in (None, call.recipient)]

    def active(self, number: str) -> Call | None:
        """The call a phone is in now."""
        return next((call for call in self.newest(number) if not call.over), None)

    def clear(self) -> None:
        """Hang up everywhere and forget all calls."""
        for task in self._tasks:
            task.cancel()
        self._calls.clear()

    async def stop(self) -> None:
        """Hang up everywhere and close the connections."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _begin(self, call: Call) -> None:
        self._calls[call.sid] = call
        if len(self._calls) > KEPT:
            self._calls.popitem(last=False)
        self._world.counts["calls"] += 1
        task = asyncio.create_task(self._ring(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ring(self, call: Call) -> None:
        for status in ("initiated", "ringing"):
            await self._tell(call, status)
        ending = self._world.faults.strike_call()
        if ending is None:
            await self._tell(call, "in-progress")
            ending = await self._talk(call)
        call.waiting = False
        await self._tell(call, ending)

    async def _talk(self, call: Call) -> str:
        """Follow the documents until one ends the call; how the call ended."""
        url, digits = call.url, ""
        for _ in range(MOST_DOCUMENTS):
            verbs = await self._document(call, url, digits)
            if verbs is None:
                return "failed"
            after = await self._follow(call, url, verbs)
            if after is None:
                return "completed"
            url, digits = after
        return "completed"

    async def _follow(self, call: Call, url: str, verbs: Sequence[twiml.Verb]) -> tuple[str, str] | None:
        """Do what a document says; the next document's address and the keys posted to it, or None where the call ends."""
        for verb in verbs:
            match verb:
                case twiml.Say():
                    call.said.append(verb.text)
                case twiml.Redirect():
                    return urljoin(url, verb.url), ""
                case twiml.Hangup():
                    return None
                case twiml.Gather():
                    call.said += [said.text for said in verb.said]
                    keys = await self._keys(call, verb)
                    if keys is None:
                        return None
                    if keys:
                        return urljoin(url, verb.action), keys
        return None

    async def _keys(self, call: Call, gather: twiml.Gather) -> str | None:
        """What is pressed in time, at most as many keys as are asked for; None: the phone was hung up."""
        limit = self._world.settings.longest_gather
        wait = gather.wait if limit is None else min(gather.wait, limit)
        keys = ""
        call.waiting = True
        try:
            while len(keys) < gather.digits:
                pressed = await asyncio.wait_for(call.pressed.get(), wait)
                if pressed is None:
                    return None
                keys += pressed
        except TimeoutError:
            pass
        finally:
            call.waiting = False
        call.keys += keys[: gather.digits]
        return keys[: gather.digits]

    async def _document(self, call: Call, url: str, digits: str) -> Sequence[twiml.Verb] | None:
        params = _params(call, call.status) | ({"Digits": digits} if digits else {})
        headers = {"X-Twilio-Signature": sign(url, params, self._world.settings.callback_token)}
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15))
        try:
            async with self._session.post(url, data=params, headers=headers) as answer:
                text = await answer.read()
                return twiml.read(text) if answer.status == 200 else None
        except (aiohttp.ClientError, TimeoutError, OSError, twiml.BadTwiml):
            self._world.counts["twiml_failed"] += 1
            return None

    async def _tell(self, call: Call, status: str) -> None:
        call.status = status
        event = _EVENTS.get(status, "completed")
        if call.callback is not None and event in call.events:
            await self._courier.tell(call.callback, _params(call, status))


def _ordered(account: str, form: Sequence[tuple[str, str]]) -> Call:
    given = dict(form)
    if not given.get("To"):
        raise TwilioError(400, 21201, "No 'To' number is specified")
    if not NUMBER.fullmatch(given["To"]):
        raise TwilioError(400, 21211, f"The 'To' number {given['To'][:40]} is not a valid phone number.")
    if not given.get("From"):
        raise TwilioError(400, 21603, "A 'From' phone number is required.")
    hook = hook_of(given.get("Url"))
    if hook is None:
        raise TwilioError(400, 21205, "Url parameter is required.")
    events = frozenset(value for name, value in form if name == "StatusCallbackEvent")
    return Call(
        sid="CA" + uuid4().hex,
        account=account,
        sender=given["From"],
        recipient=given["To"],
        url=hook.url,
        callback=hook_of(given.get("StatusCallback")),
        events=events or frozenset({"completed"}),
    )


def represent(call: Call, status: str) -> dict[str, Any]:
    """The Call resource of Twilio's reference, the members Tocsin may look at."""
    created = rfc2822(int(call.created))
    return {
        "account_sid": call.account,
        "api_version": VERSION,
        "date_created": created,
        "date_updated": created,
        "direction": "outbound-api",
        "from": call.sender,
        "sid": call.sid,
        "status": status,
        "to": call.recipient,
        "uri": f"/{VERSION}/Accounts/{call.account}/Calls/{call.sid}.json",
    }


def _params(call: Call, status: str) -> dict[str, str]:
    return {
        "AccountSid": call.account,
        "ApiVersion": VERSION,
        "CallSid": call.sid,
        "CallStatus": status,
        "Direction": "outbound-api",
        "From": call.sender,
        "To": call.recipient,
    }
