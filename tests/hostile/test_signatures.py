"""A gateway's callback is believed with the signature over exactly this address and these fields, and nothing else."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from command.core.installation import Installation
from command.core.settings import GatewaySettings
from command.messages.models import Inbound, ReceiptIn
from notifiers.simulator.signing import sign
from tests.builders import application

TOKEN = "b" * 32
GATEWAYS = tuple(GatewaySettings(name=name, transport="simulated", auth_token=TOKEN) for name in ("one", "two"))
FIELDS = {"MessageSid": "SM1", "MessageStatus": "delivered", "From": "+8612000000001", "To": "1", "Body": "ACK"}
PATH = "/hooks/twilio/one/inbound"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def house(installation: Installation) -> Installation:
    return replace(installation, settings=installation.settings.model_copy(update={"gateways": GATEWAYS}))


@pytest.fixture
def client(house: Installation) -> FlaskClient:
    return application(house).test_client()


def kept(house: Installation) -> int:
    with house.database.read() as session:
        return sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in (Inbound, ReceiptIn))


def test_a_signature_that_fits_is_believed(client: FlaskClient, house: Installation) -> None:
    good = sign(house.settings.origin + PATH, FIELDS, TOKEN)
    for _ in range(2):
        assert client.post(PATH, data=FIELDS, headers={"X-Twilio-Signature": good}).status_code == 204
    assert kept(house) == 1, "replayed, it changes nothing"


@pytest.mark.parametrize("signature", [None, "", " ", "x", "\xe9\xff", "A" * 28, "=" * 10_000])
@pytest.mark.parametrize("path", [PATH, "/hooks/twilio/one/status"])
def test_what_is_no_signature_is_refused(
    client: FlaskClient, house: Installation, path: str, signature: str | None
) -> None:
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    answer = client.post(path, data=FIELDS, headers=headers)
    assert answer.status_code == 403 and b"X-Twilio-Signature" in answer.data and b"remedy" in answer.data
    assert kept(house) == 0


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/hooks/twilio/two/inbound", {}),
        ("/hooks/twilio/one/status", {}),
        (PATH + "?attempt=1", {}),
        (PATH, {"Body": "STOP"}),
        (PATH, {"From": "+8612000000002"}),
        (PATH, {"Extra": "1"}),
    ],
)
def test_a_signature_of_something_else_is_refused(
    client: FlaskClient, house: Installation, path: str, change: dict[str, str]
) -> None:
    good = sign(house.settings.origin + PATH, FIELDS, TOKEN)
    answer = client.post(path, data=FIELDS | change, headers={"X-Twilio-Signature": good})
    assert answer.status_code == 403
    assert kept(house) == 0


def test_a_host_that_is_made_up_does_not_move_the_address_that_is_signed(
    client: FlaskClient, house: Installation
) -> None:
    forged = sign(f"https://evil.example{PATH}", FIELDS, TOKEN)
    headers = {"X-Twilio-Signature": forged, "Host": "evil.example", "X-Forwarded-Proto": "https"}
    assert client.post(PATH, data=FIELDS, headers=headers).status_code == 403


def test_a_signed_callback_of_nonsense_is_named_and_refused(client: FlaskClient, house: Installation) -> None:
    path = "/hooks/twilio/one/status"
    for fields, field in (
        ({"MessageSid": "SM1"}, "MessageStatus"),
        ({**FIELDS, "MessageStatus": "eaten"}, "MessageStatus"),
    ):
        good = sign(house.settings.origin + path, fields, TOKEN)
        answer = client.post(path, data=fields, headers={"X-Twilio-Signature": good})
        assert answer.status_code == 422 and field.encode() in answer.data
    assert kept(house) == 0
