"""The simulator's own API for calls: what was said, keys pressed, hanging up."""

from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import quote

from aiohttp import web

from notifiers.masking import mask
from notifiers.simulator.calls import Call, Switchboard
from notifiers.simulator.controls import Problem, number_of, object_of

_SHOWN = 20
_KEYS = frozenset("0123456789*#")


class Keypad:
    """The handlers of calls under /api."""

    def __init__(self, calls: Switchboard) -> None:
        self._calls = calls

    async def all(self, request: web.Request) -> web.Response:
        """GET /api/calls: the newest calls, numbers masked."""
        return web.json_response({"items": [_shown(call) for call in islice(self._calls.newest(), _SHOWN)]})

    async def of_phone(self, request: web.Request) -> web.Response:
        """GET /api/phones/{number}/calls: one phone's calls, newest first."""
        calls = self._calls.newest(number_of(request))
        return web.json_response({"items": [_shown(call) for call in islice(calls, _SHOWN)]})

    async def press(self, request: web.Request) -> web.Response:
        """POST /api/phones/{number}/press {"digits"}: press keys in the call this phone is in."""
        call = self._call(request)
        digits = (await object_of(request)).get("digits")
        if not isinstance(digits, str) or not 0 < len(digits) <= 20 or not set(digits) <= _KEYS:
            raise Problem(422, "Bad keys", "digits", "give 1 to 20 of the keys 0 to 9, * and #")
        for key in digits:
            call.pressed.put_nowait(key)
        return web.json_response({"sid": call.sid}, status=202)

    async def hang_up(self, request: web.Request) -> web.Response:
        """POST /api/phones/{number}/hang-up: end the call this phone is in."""
        call = self._call(request)
        call.pressed.put_nowait(None)
        return web.json_response({"sid": call.sid}, status=202)

    def _call(self, request: web.Request) -> Call:
        call = self._calls.active(number_of(request))
        if call is None:
            raise Problem(409, "No call", "number", "this phone is in no call now")
        return call


def _shown(call: Call) -> dict[str, Any]:
    return {
        "sid": call.sid,
        "masked": mask(call.recipient),
        "href": f"/api/phones/{quote(call.recipient)}",
        "at": datetime.fromtimestamp(call.created, UTC).isoformat(timespec="milliseconds"),
        "status": call.status,
        "over": call.over,
        "waiting": call.waiting,
        "said": call.said,
        "pressed": call.keys,
    }
