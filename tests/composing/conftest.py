"""An operator at a desk, as in the tests of incidents; and one whose roads have prices."""

from decimal import Decimal

import pytest

from command.core.installation import Installation
from command.core.settings import GatewaySettings
from tests.incidents.conftest import Desk, desk

ROADS = (
    GatewaySettings(name="smsc", transport="console", rate=10, sms_price=Decimal("0.05")),
    GatewaySettings(name="backup", transport="console", rate=5, sms_price=Decimal("0.02"), sms_currency="USD"),
)


@pytest.fixture
def priced(installation: Installation) -> Desk:
    settings = installation.settings.model_copy(update={"gateways": ROADS})
    return Desk(Installation(settings, installation.database, installation.keyring))


__all__ = ["desk", "priced"]
