"""Receipts taken before the application sees them, and what is left to it."""

import secrets
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from werkzeug.test import Client, TestResponse

from command.messages import hooks
from command.messages.handlers import Handlers
from command.messages.inbox import NotDurable
from command.messages.models import ReceiptIn
from notifiers.simulator.signing import sign
from tests.messages.house import TOKEN, House, app_of

FORM = "application/x-www-form-urlencoded"
GIVEN = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+8612000000001"}


class Door:
    """The hooks, and what came through the door to their views."""

    def __init__(self, house: House) -> None:
        self.house, self.came = house, 0
        self.app = app_of(house.installation, Handlers())
        self.app.before_request(self._comes)

    def _comes(self) -> None:
        self.came += 1

    def post(self, body: bytes, path: str = "", signed: dict[str, str] | None = None, **more: Any) -> TestResponse:
        path = path or f"/hooks/twilio/twilio/status?attempt={secrets.token_hex(16)}"
        url = self.house.installation.settings.origin + path
        headers = {"X-Twilio-Signature": sign(url, signed or GIVEN, TOKEN)}
        return Client(self.app).post(path, data=body, headers=headers, **({"content_type": FORM} | more))

    def stored(self) -> list[tuple[str, str | None]]:
        with self.house.database.read() as session:
            return [(row.status, row.code) for row in session.scalars(select(ReceiptIn).order_by(ReceiptIn.id))]


@pytest.fixture
def door(house: House) -> Door:
    return Door(house)


@pytest.mark.parametrize("form", [FORM, f"{FORM}; charset=UTF-8", f"{FORM}; charset=utf-8"])
def test_a_receipt_as_it_should_be_is_taken_and_the_application_does_not_see_it(door: Door, form: str) -> None:
    answer = door.post(urlencode(GIVEN).encode(), content_type=form)
    assert (answer.status_code, answer.data, door.came) == (204, b"", 0)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert door.stored() == [("delivered", None)]


def test_a_calls_status_is_taken_too(door: Door) -> None:
    given = {"CallSid": "CA1", "CallStatus": "busy", "To": "+8612000000001"}
    path = f"/hooks/twilio/twilio/call?attempt={secrets.token_hex(16)}"
    assert door.post(urlencode(given).encode(), path, given).status_code == 204
    assert (door.came, door.stored()) == (0, [("undelivered", "busy")])


def _in_parts(body: bytes) -> Iterable[bytes]:
    yield body


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"content_type": f"{FORM}; charset=utf-8; boundary=x"}, 204),
        ({"path": "/hooks/twilio/nobody/status?attempt=a"}, 404),
        ({"path": "/hooks/twilio/twilio/inbound"}, 422),
        ({"signed": GIVEN | {"To": "+8612000000002"}}, 403),
        ({"path": "/hooks/twilio/twilio/status?attempt=\u00e9"}, 403),
        ({"body": b""}, 403),
        ({"body": b"MessageSid=SM1&MessageStatus=delivered&To=%2B8612000000001&To=2"}, 204),
        (
            {"body": b"MessageSid=SM1&MessageStatus=eaten", "signed": {"MessageSid": "SM1", "MessageStatus": "eaten"}},
            422,
        ),
        ({"body": b"MessageStatus=sent", "signed": {"MessageStatus": "sent"}}, 422),
        ({"body": b"MessageSid=%ff&MessageStatus=delivered"}, 403),
        ({"body": "MessageSid=é&MessageStatus=delivered".encode()}, 403),
        ({"body": urlencode(GIVEN | {"Body": "x" * 20_000}).encode(), "signed": GIVEN | {"Body": "x" * 20_000}}, 204),
    ],
)
def test_anything_else_goes_on_to_the_view_with_its_whole_body(door: Door, change: dict[str, Any], status: int) -> None:
    answer = door.post(**({"body": urlencode(GIVEN).encode()} | change))
    assert (answer.status_code, door.came) == (status, 1)
    assert len(door.stored()) == (1 if status == 204 else 0)


def test_a_nul_is_left_to_the_application_which_refuses_it(door: Door) -> None:
    given = GIVEN | {"ErrorCode": "3\0"}
    door.post(urlencode(given).encode(), signed=given)
    assert door.came == 1


def test_what_cannot_be_stored_is_answered_503_after_one_attempt(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def fails(gateway: str, _: object) -> None:
        tried.append(gateway)
        raise NotDurable("no disk")

    monkeypatch.setattr(door.app.extensions["tocsin.inbox"], "put", fails)
    answer = door.post(urlencode(GIVEN).encode())
    assert (answer.status_code, tried) == (503, ["twilio"])
    assert answer.get_json()["code"] == hooks.Unavailable.code
