"""A simulated backend of the carrier's app, as `notifiers.push` speaks to it: takes signed messages once each, shows them on phones that
are on-line, and posts signed receipts. Faults strike it by kinds of their own (`push:…`), so that SMS is not struck with it."""

import asyncio
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
import orjson
from aiohttp import web

from notifiers.push import KEY, SIGNATURE, TIMESTAMP, UNKNOWN, sign, valid
from notifiers.simulator.faults import Fault
from notifiers.simulator.store import now
from notifiers.simulator.twilio_api import TwilioApi, json_answer
from notifiers.simulator.world import World

MESSAGES = "/app/messages"
KEPT = 20_000
"""Messages remembered; the oldest go first."""
TELLINGS = 5
"""Tries of one receipt."""
_TAKEN_ANYWAY = ("reset_after", "timeout_after")


@dataclass(slots=True, eq=False)
class Push:
    """One message of the app. `status` is one of the states a receipt may tell."""

    id: str
    user: str
    title: str
    text: str
    language: str
    kind: str
    incident: str
    valid_until: int
    deliver_before: int
    message: str = field(default_factory=lambda: "PM" + uuid4().hex)
    status: str = "submitted"
    code: str | None = None
    created: float = field(default_factory=now)


class AppBackend:
    """The handlers, and the tasks that tell of each message. Lives on one event loop. The secret is the simulator's token."""

    def __init__(self, world: World, twilio: TwilioApi) -> None:
        self._world, self._twilio = world, twilio
        self._messages: OrderedDict[str, Push] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def create(self, request: web.Request) -> web.StreamResponse:
        """POST /app/messages"""
        body = await request.read()
        if not self._believed(request, body):
            return _refused(401, "bad_signature")
        try:
            given = orjson.loads(body)
            push = Push(**{name: given[name] for name in _MEMBERS})
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return _refused(400, "bad_request")
        if request.headers.get(KEY) != push.id:
            return _refused(400, "bad_request")
        if (known := self._messages.get(push.id)) is not None:
            self._world.counts["pushes_again"] += 1
            return json_answer({"message": known.message, "code": "taken_before"}, 409)
        fault = self._world.faults.strike_push("create")
        if fault is not None and _ending(fault) not in _TAKEN_ANYWAY:
            return await self._struck(request, fault)
        self._take(push, str(given.get("receipts") or ""))
        if fault is not None:
            await self._cut(request, fault)
        return json_answer({"message": push.message}, 202)

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """GET /app/messages/{id}"""
        if not self._believed(request, request.path.encode()):
            return _refused(401, "bad_signature")
        push = self._messages.get(request.match_info["id"])
        if push is None:
            return _refused(404, UNKNOWN)
        return json_answer({"message": push.message, "status": push.status, "code": push.code})

    async def listed(self, _: web.Request) -> web.StreamResponse:
        """GET /api/pushes: the newest first, for tests and the demo."""
        return json_answer({"items": [asdict(each) for each in reversed(self._messages.values())]})

    def clear(self) -> None:
        """Forget all messages."""
        for task in self._tasks:
            task.cancel()
        self._messages.clear()

    async def stop(self) -> None:
        """Drop what is to be told and close the connections."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _believed(self, request: web.Request, signed: bytes) -> bool:
        return valid(self._world.settings.callback_token, request.headers, signed)

    async def _struck(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        ending = _ending(fault)
        self._world.counts["pushes_refused"] += 1
        if ending == "no_device":
            return _refused(404, "no_device")
        if ending.isdigit():
            headers = {"Retry-After": "1"} if ending == "429" else {}
            return json_answer({"code": ending}, int(ending), headers)
        await self._cut(request, fault)
        raise AssertionError("the exchange was cut")

    async def _cut(self, request: web.Request, fault: Fault) -> None:
        await self._twilio.cut(request, Fault(_ending(fault), 1.0))

    def _take(self, push: Push, receipts: str) -> None:
        self._messages[push.id] = push
        if len(self._messages) > KEPT:
            self._messages.popitem(last=False)
        self._world.counts["pushes"] += 1
        task = asyncio.create_task(self._show(push, receipts))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _show(self, push: Push, receipts: str) -> None:
        await asyncio.sleep(self._world.settings.receipt_delay)
        fault = self._world.faults.strike_push("show")
        ending = _ending(fault) if fault else ""
        push.status, push.code = ("undelivered", "not_seen") if ending == "not_seen" else ("delivered", None)
        if receipts and ending != "receipt_lost":
            for _ in range(2 if ending == "receipt_doubled" else 1):
                await self._tell(push, receipts)

    async def _tell(self, push: Push, receipts: str) -> None:
        told: dict[str, Any] = {"id": push.id, "message": push.message, "status": push.status}
        body = orjson.dumps(told | ({"code": push.code} if push.code else {}))
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15))
        for number in range(TELLINGS):
            timestamp = str(int(now()))
            signature = sign(self._world.settings.callback_token, timestamp, body)
            headers = {TIMESTAMP: timestamp, SIGNATURE: signature, "Content-Type": "application/json"}
            try:
                async with self._session.post(receipts, data=body, headers=headers) as answer:
                    if answer.status < 500:
                        self._world.counts["push_receipts_sent"] += 1
                        return
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(0.2 * 2**number)
        self._world.counts["push_receipts_failed"] += 1


_MEMBERS = ("id", "user", "title", "text", "language", "kind", "incident", "valid_until", "deliver_before")


def _ending(fault: Fault) -> str:
    return fault.kind.partition(":")[2]


def _refused(status: int, code: str) -> web.Response:
    return json_answer({"code": code}, status)
