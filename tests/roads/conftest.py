"""An operator with two roads, or those that a test names."""

import pytest

from command.core.installation import Installation
from command.core.settings import GatewaySettings
from tests.incidents.conftest import Desk


@pytest.fixture
def desk(installation: Installation, request: pytest.FixtureRequest) -> Desk:
    gateways = (GatewaySettings(name="smsc", transport="console"), GatewaySettings(name="backup", transport="console"))
    settings = installation.settings.model_copy(update={"gateways": getattr(request, "param", gateways)})
    return Desk(Installation(settings, installation.database, installation.keyring))
