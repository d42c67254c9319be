"""What the carrier's app says of a push: believed with the signature, fresh, and of a gateway that is one."""

import json
import time

import pytest
import requests
from sqlalchemy import select

from command.messages.models import ReceiptIn
from notifiers.push import SIGNATURE, TIMESTAMP, sign
from tests.messages.conftest import Build
from tests.messages.house import TOKEN, House

TOLD = {"id": "a" * 32, "status": "delivered"}


@pytest.fixture
def house(build: Build) -> House:
    return build(others=({"name": "app", "transport": "push"},))


def post(house: House, body: bytes, *, gateway: str = "app", secret: str = TOKEN, late: int = 0) -> requests.Response:
    at = str(int(time.time()) - late)
    headers = {TIMESTAMP: at, SIGNATURE: sign(secret, at, body)}
    url = f"{house.installation.settings.origin}/hooks/push/{gateway}"
    return requests.post(url, data=body, headers=headers, timeout=30)


def stored(house: House) -> list[tuple[str, str | None, str]]:
    with house.database.read() as session:
        rows = session.execute(select(ReceiptIn.gateway, ReceiptIn.attempt, ReceiptIn.status))
        return [tuple(row) for row in rows]  # type: ignore[misc]


def test_a_signed_receipt_is_durable_when_it_is_answered(house: House) -> None:
    assert post(house, json.dumps(TOLD).encode()).status_code == 204
    assert stored(house) == [("app", "a" * 32, "delivered")]


@pytest.mark.parametrize(("secret", "late"), [("somebody-elses-secret", 0), (TOKEN, 3600), (TOKEN, -3600)])
def test_a_forged_or_stale_one_changes_nothing(house: House, secret: str, late: int) -> None:
    answer = post(house, json.dumps(TOLD).encode(), secret=secret, late=late)
    assert answer.status_code == 403 and answer.json()["field"] == SIGNATURE and stored(house) == []


@pytest.mark.parametrize("gateway", ["nobody", "twilio", "exercise"])
def test_only_a_gateway_of_the_app_is_called_so(house: House, gateway: str) -> None:
    assert post(house, json.dumps(TOLD).encode(), gateway=gateway).status_code == 404 and stored(house) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"[]", "body"),
        (b'{"status": "delivered"}', "id"),
        (b'{"id": "a", "status": "seen"}', "status"),
        (b'{"id": "a", "status": ["sent"]}', "status"),
        (b'{"id": "a", "status": "failed", "code": 5}', "code"),
    ],
)
def test_what_cannot_be_read_names_the_member(house: House, body: bytes, field: str) -> None:
    answer = post(house, body)
    assert answer.status_code == 422 and answer.json()["field"] == field and stored(house) == []
