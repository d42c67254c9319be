"""An operator with cases, for the archive."""

import pytest

from command.core.installation import Installation
from tests.incidents.conftest import Desk


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return Desk(installation)
