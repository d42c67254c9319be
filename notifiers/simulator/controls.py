"""The simulator's own API: phones, replies, faults, figures. Errors are RFC 9457 problem documents."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import quote

import orjson
from aiohttp import web

from notifiers.masking import mask
from notifiers.simulator.app_backend import AppBackend
from notifiers.simulator.calls import Switchboard
from notifiers.simulator.courier import Courier
from notifiers.simulator.faults import BadFault, Fault, parse_fault
from notifiers.simulator.store import Phone, Sms, new_sid, now, segments
from notifiers.simulator.world import DEFAULT_ACCOUNT, World

_LONGEST_REPLY = 1600
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Problem(Exception):
    """A refusal that names the field and the remedy."""

    def __init__(self, status: int, title: str, field: str | None = None, remedy: str = "") -> None:
        super().__init__(title)
        self.status, self.title, self.field, self.remedy = status, title, field, remedy

    def response(self) -> web.Response:
        """The problem document (RFC 9457)."""
        body: dict[str, Any] = {"type": "about:blank", "title": self.title, "status": self.status}
        if self.field is not None:
            body["detail"] = f"{self.field}: {self.remedy}"
            body["errors"] = [{"field": self.field, "remedy": self.remedy}]
        return web.Response(body=orjson.dumps(body), status=self.status, content_type="application/problem+json")


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals into problem documents; everything else passes."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return Problem(error.status, error.reason).response()


class Controls:
    """The handlers under /api, and /healthz."""

    def __init__(self, world: World, courier: Courier, calls: Switchboard, backend: AppBackend) -> None:
        self._world = world
        self._courier = courier
        self._calls = calls
        self._backend = backend

    async def healthz(self, request: web.Request) -> web.Response:
        """GET /healthz: alive."""
        return web.json_response({"status": "ok", "simulator": True})

    async def phones(self, request: web.Request) -> web.Response:
        """GET /api/phones?q=&limit=&bubbles=: the phones used last, each with its newest texts, numbers masked."""
        limit = _whole(request, "limit", 50, 1, 200)
        bubbles = _whole(request, "bubbles", 3, 0, 20)
        query = "".join(char for char in request.query.get("q", "") if char.isdigit())
        phones = self._world.store.phones(query, limit)
        return _json({"items": [_phone(phone, bubbles) for phone in phones], "total": self._world.store.phone_count})

    async def messages(self, request: web.Request) -> web.Response:
        """GET /api/phones/{number}/messages?limit=: one phone's texts, newest first; none for a phone never seen."""
        number = number_of(request)
        limit = _whole(request, "limit", 200, 1, 1000)
        texts = islice(self._world.store.of_phone(number), limit)
        return _json({"items": [_bubble(sms) for sms in texts], "number": mask(number)})

    async def reply(self, request: web.Request) -> web.Response:
        """POST /api/phones/{number}/reply {"body", "to"?}: send a text from this phone to the application."""
        number, body = number_of(request), await object_of(request)
        text = body.get("body")
        if not isinstance(text, str) or not 0 < len(text) <= _LONGEST_REPLY:
            raise Problem(422, "Bad reply", "body", f"give a text of 1 to {_LONGEST_REPLY} characters")
        url = self._world.settings.inbound_url
        if url is None:
            raise Problem(409, "Nobody takes replies", "inbound_url", "start the simulator with --inbound-url")
        sms = self._inbound(number, text, body.get("to"))
        result = await self._courier.post(url, _inbound_params(sms))
        delivered = isinstance(result, int) and result < 400
        sms.status = "received" if delivered else "failed"
        self._world.counts["inbound_sent" if delivered else "inbound_failed"] += 1
        return _json({"sid": sms.sid, "delivered": delivered, "answer": result}, 202)

    async def faults(self, request: web.Request) -> web.Response:
        """GET /api/faults: those in force and how often each has struck."""
        return _json({"items": [_fault(fault, struck) for fault, struck in self._world.faults.items()]})

    async def set_fault(self, request: web.Request) -> web.Response:
        """POST /api/faults {"kind", "rate", "times"?, "ms"?, "retry_after"?}: put a fault in force."""
        try:
            fault = parse_fault(await object_of(request))
        except BadFault as error:
            remedy = str(error).partition(": ")[2]
            raise Problem(422, "Bad fault", error.field, remedy) from error
        self._world.faults.set(fault)
        return _json(_fault(fault, 0), 201)

    async def clear_faults(self, request: web.Request) -> web.Response:
        """DELETE /api/faults?kind=: end one kind, or all."""
        self._world.faults.clear(request.query.get("kind"))
        return web.Response(status=204)

    async def stats(self, request: web.Request) -> web.Response:
        """GET /api/stats: what was taken, refused and told since the start or the last reset."""
        names = ("accepted", "rejected", "callbacks_sent", "callbacks_failed", "callbacks_retried", "callbacks_lost")
        counts = dict.fromkeys(names, 0) | dict(self._world.counts)
        store = self._world.store
        held = {"messages": len(store), "phones": store.phone_count, "callbacks_waiting": self._courier.waiting}
        return _json(counts | held)

    async def reset(self, request: web.Request) -> web.Response:
        """POST /api/reset: forget messages, calls, pushes, phones, faults and figures."""
        self._calls.clear()
        self._backend.clear()
        self._world.reset()
        return web.Response(status=204)

    def _inbound(self, number: str, text: str, to: Any) -> Sms:
        last = next((sms for sms in self._world.store.of_phone(number) if sms.direction != "inbound"), None)
        recipient = to if isinstance(to, str) and to else (last.sender if last else "")
        if not recipient:
            raise Problem(
                409, "Nothing to reply to", "to", "this phone has received nothing; give the number it writes to"
            )
        sms = Sms(
            sid=new_sid(),
            account=last.account if last else (self._world.settings.account_sid or DEFAULT_ACCOUNT),
            sender=number,
            recipient=recipient,
            body=text,
            direction="inbound",
            status="receiving",
            created=now(),
        )
        self._world.store.add(sms)
        return sms


def _inbound_params(sms: Sms) -> dict[str, str]:
    return {
        "AccountSid": sms.account,
        "ApiVersion": "2010-04-01",
        "Body": sms.body,
        "From": sms.sender,
        "MessageSid": sms.sid,
        "NumMedia": "0",
        "NumSegments": str(segments(sms.body)),
        "SmsMessageSid": sms.sid,
        "SmsSid": sms.sid,
        "SmsStatus": "received",
        "To": sms.recipient,
    }


def _phone(phone: Phone, bubbles: int) -> dict[str, Any]:
    newest = islice(phone, bubbles)
    return {
        "masked": mask(phone.number),
        "href": f"/api/phones/{quote(phone.number)}",
        "count": len(phone),
        "messages": [_bubble(sms) for sms in newest],
    }


def _bubble(sms: Sms) -> dict[str, Any]:
    far = sms.sender if sms.direction != "inbound" else sms.recipient
    return {
        "sid": sms.sid,
        "direction": "in" if sms.direction == "inbound" else "out",
        "from": mask(sms.sender) if sms.direction == "inbound" else far,
        "body": sms.body,
        "at": datetime.fromtimestamp(sms.created, UTC).isoformat(timespec="milliseconds"),
        "status": sms.status,
        "error": sms.error,
        "segments": segments(sms.body),
    }


def _fault(fault: Fault, struck: int) -> dict[str, Any]:
    return {name: value for name, value in asdict(fault).items() if value not in (None, 0)} | {
        "rate": fault.rate,
        "struck": struck,
    }


def number_of(request: web.Request) -> str:
    """The phone an address names. Raises Problem."""
    digits = request.match_info["number"].strip().removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15):
        raise Problem(422, "Bad number", "number", "give an E.164 number such as +8612000000001")
    return f"+{digits}"


def _whole(request: web.Request, name: str, default: int, low: int, high: int) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
        raise Problem(422, "Bad query", name, f"give a whole number from {low} to {high}")
    return int(text)


async def object_of(request: web.Request) -> dict[str, Any]:
    """The JSON object of a request. Raises Problem."""
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError as error:
        raise Problem(400, "Malformed JSON", "body", f"send one JSON object in UTF-8 ({error})") from error
    if not isinstance(body, dict):
        raise Problem(400, "Not an object", "body", "send one JSON object")
    return body


def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")
