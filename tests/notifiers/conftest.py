import asyncio
import json
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from notifiers.base import LookUp, Message, Outcome
from notifiers.simulator import Settings, Simulator
from notifiers.twilio_http import Timeouts
from notifiers.twilio_sms import TwilioSettings, TwilioSms
from tests.notifiers.listener import Listener

ACCOUNT = "AC" + "5" * 32
TOKEN = "a-token-of-the-tests"
SENDER = "+861069000001"
PHONE = "+8612012345678"
TEXT = "【示例通信】梅江区网络已于16:42恢复，如仍异常请重启设备或致电10000。"


def message(number: int = 1, **changes: Any) -> Message:
    fields: dict[str, Any] = {"attempt": f"{number:032x}", "to": PHONE, "text": TEXT, "exercise": False}
    return Message(**(fields | changes))


class House:
    """A simulator, and a gateway set up for it; every verb is one real exchange over HTTP."""

    def __init__(self, url: str, listener: Listener) -> None:
        self.url, self.listener = url, listener

    def settings(self, **changes: Any) -> TwilioSettings:
        fields: dict[str, Any] = {
            "account_sid": ACCOUNT,
            "auth_token": TOKEN,
            "sender": SENDER,
            "base_url": self.url,
            "status_callback": f"{self.listener.url}/hooks/receipts?via=twilio",
            "timeouts": Timeouts(connect=5, read=0.3),
        }
        return TwilioSettings(**(fields | changes))

    def basic(self) -> str:
        """The Authorization header that opens the simulated account."""
        return "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()

    def send(self, *messages: Message, **changes: Any) -> list[Outcome]:
        async def all_of(gateway: TwilioSms) -> list[Outcome]:
            return [await gateway.send(each) for each in messages]

        return self._with_gateway(all_of, **changes)

    def look_up(self, wanted: Message, since: datetime, **changes: Any) -> LookUp:
        return self._with_gateway(lambda gateway: gateway.look_up(wanted, since), **changes)

    def _with_gateway(self, use: Callable[[TwilioSms], Awaitable[Any]], **changes: Any) -> Any:
        async def run() -> Any:
            gateway = TwilioSms(self.settings(**changes))
            try:
                return await use(gateway)
            finally:
                await gateway.aclose()

        return asyncio.run(run())

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """One call of the simulator's own API: status and decoded JSON."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                raw = answer.read()
                return answer.status, json.loads(raw) if raw else None
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def fault(self, kind: str, rate: float = 1, **more: Any) -> None:
        status, answer = self.call("POST", "/api/faults", {"kind": kind, "rate": rate, **more})
        assert status == 201, answer

    def texts(self, number: str = PHONE) -> list[dict[str, Any]]:
        return self.call("GET", f"/api/phones/{number}/messages")[1]["items"]

    def stats(self) -> dict[str, int]:
        return self.call("GET", "/api/stats")[1]


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def house(listener: Listener) -> Iterator[House]:
    settings = Settings(TOKEN, inbound_url=f"{listener.url}/hooks/inbound", seed=7)
    with Simulator(settings) as simulator:
        yield House(simulator.url, listener)


@pytest.fixture
def long_ago() -> datetime:
    return datetime(2020, 1, 1, tzinfo=UTC)
